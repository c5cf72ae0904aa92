// SPDX-License-Identifier: MIT
//
// Cell: the latest (completed, total) of one key in one lane, under a sequence lock.
//
//   provider:    cell.write(completed, total);
//   dispatcher:  CellValue value;  if (cell.try_read(value, nullptr)) ...
//
// The version is the *stamp*: the number of the fold within its lane, so that it alone tells the order of the
// lane's keys. While a write is under way it is `writing` instead. The offset is what the stamp is ahead of this
// key's own count, so that stamp - offset is the exact number of folds on this key; while a lane folds on one
// key, both grow by one and the offset stays.
//
// Memory ordering: the payload is stored with release and loaded with acquire. A reader that sees any
// word of a write (W1) therefore also sees `writing`, stored before it, or something later, and its second look
// at the version tells (R1): versions never come twice. No fence is needed, and on x86 none of it costs an
// instruction.
// Technique: sequence lock; the fence-free form follows H. Boehm, "Can Seqlocks Get Along With Programming
// Language Memory Models?" (MSPC 2012).
#pragma once

#include <atomic>
#include <cstdint>

namespace headway::detail {

struct CellValue {
  std::uint64_t version = 0;
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  std::uint64_t offset = 0;
  /// Only with Merge::latest: the session's stamp of this report.
  std::uint64_t order = 0;

  [[nodiscard]] std::uint64_t count() const noexcept { return version - offset; }
};

template <class Atomics>
class Cell {
 public:
  using Word = typename Atomics::template Atomic<std::uint64_t>;

  // Provider's side: one thread at a time.

  /// The lane's last fold was in this cell too.
  void write(std::uint64_t completed, std::uint64_t total) noexcept {
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(writing, std::memory_order_relaxed);
    completed_.store(completed, std::memory_order_release);  // W1
    total_.store(total, std::memory_order_release);          // W1
    version_.store(version + 1, std::memory_order_release);  // W2
  }

  /// The lane's last fold, in whichever cell, has the version `newest`.
  void write_after(std::uint64_t newest, std::uint64_t completed, std::uint64_t total) noexcept {
    begin_after(newest);
    completed_.store(completed, std::memory_order_release);  // W1
    total_.store(total, std::memory_order_release);          // W1
    version_.store(newest + 1, std::memory_order_release);   // W2
  }

  /// The same with a stamp of the session's.
  void write_ordered_after(std::uint64_t newest, std::uint64_t completed, std::uint64_t total,
                           Word& order_word, std::uint64_t order) noexcept {
    begin_after(newest);
    order_word.store(order, std::memory_order_release);
    completed_.store(completed, std::memory_order_release);
    total_.store(total, std::memory_order_release);
    version_.store(newest + 1, std::memory_order_release);
  }

  [[nodiscard]] std::uint64_t own_version() const noexcept {
    return version_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t own_count() const noexcept {
    return own_version() - offset_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t own_completed() const noexcept {
    return completed_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t own_total() const noexcept {
    return total_.load(std::memory_order_relaxed);
  }

  // Reader's side: any thread.

  /// Whether there is something to read; the reading itself acquires it.
  [[nodiscard]] std::uint64_t version() const noexcept {
    return version_.load(std::memory_order_relaxed);
  }

  /// One try. False if a write was under way; value.version then is what was seen of it.
  [[nodiscard]] bool try_read(CellValue& value, const Word* order_word) const noexcept {
    value.version = version_.load(std::memory_order_acquire);  // pairs with W2
    value.completed = completed_.load(std::memory_order_acquire);
    value.total = total_.load(std::memory_order_acquire);
    value.offset = offset_.load(std::memory_order_acquire);
    if (order_word != nullptr) value.order = order_word->load(std::memory_order_acquire);
    const std::uint64_t again = version_.load(std::memory_order_relaxed);  // R1, pairs with W1
    const bool whole = again == value.version && again != writing;
    value.version = again;
    return whole;
  }

  /// Back to nothing. Only while no provider holds the lane.
  void reset() noexcept {
    version_.store(0, std::memory_order_relaxed);
    completed_.store(0, std::memory_order_relaxed);
    total_.store(0, std::memory_order_relaxed);
    offset_.store(0, std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint64_t writing = ~std::uint64_t{0};

  /// Begins a write that makes the version newest + 1, and keeps the count.
  void begin_after(std::uint64_t newest) noexcept {
    const std::uint64_t count = own_count();
    version_.store(writing, std::memory_order_relaxed);
    offset_.store(newest - count, std::memory_order_release);  // W1
  }

  Word version_{0};
  Word completed_{0};
  Word total_{0};
  Word offset_{0};
};

}  // namespace headway::detail
