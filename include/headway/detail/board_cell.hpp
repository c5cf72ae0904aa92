// SPDX-License-Identifier: MIT
//
// BoardCell: the merged latest value of one key, with its sequence number. Written by whoever runs the dispatch,
// read by anyone, under a sequence lock whose version is the sequence number itself: it grows with each write,
// and is all ones while a write is under way.
//
// Memory ordering: the values are stored with release and loaded with acquire. A reader that sees any of a
// write (W1) therefore also sees what was stored before it, and its second look at the sequence tells (R1).
#pragma once

#include <atomic>
#include <cstdint>

namespace headway::detail {

struct BoardValue {
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  /// How many reports it stands for. 0: none yet.
  std::uint64_t sequence = 0;
};

template <class Atomics>
class BoardCell {
 public:
  using Word = typename Atomics::template Atomic<std::uint64_t>;

  // The dispatcher's side.

  /// The sequence must be greater than it was.
  void publish(std::uint64_t completed, std::uint64_t total, std::uint64_t sequence) noexcept {
    sequence_.store(writing, std::memory_order_relaxed);
    completed_.store(completed, std::memory_order_release);  // W1
    total_.store(total, std::memory_order_release);          // W1
    sequence_.store(sequence, std::memory_order_release);    // W2
  }
  [[nodiscard]] std::uint64_t own_completed() const noexcept {
    return completed_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t own_total() const noexcept {
    return total_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t own_sequence() const noexcept {
    return sequence_.load(std::memory_order_relaxed);
  }

  // Any thread.

  /// One try. False if a write was under way.
  [[nodiscard]] bool try_read(BoardValue& value) const noexcept {
    value.sequence = sequence_.load(std::memory_order_acquire);  // pairs with W2
    value.completed = completed_.load(std::memory_order_acquire);
    value.total = total_.load(std::memory_order_acquire);
    const std::uint64_t again = sequence_.load(std::memory_order_relaxed);  // R1, pairs with W1
    return value.sequence != writing && value.sequence == again;
  }

 private:
  static constexpr std::uint64_t writing = ~std::uint64_t{0};

  Word sequence_{0};
  Word completed_{0};
  Word total_{0};
};

}  // namespace headway::detail
