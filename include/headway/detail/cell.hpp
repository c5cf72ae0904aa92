// SPDX-License-Identifier: MIT
//
// Cell: the latest (completed, total) of one key in one lane, under a sequence lock.
//
//   provider:    cell.write(completed, total);
//   dispatcher:  CellValue value;  if (cell.read(value)) ...
//
// The version is odd while a write is under way. Halved, it is the *stamp*: the number of the fold within
// its lane, so that the version alone tells the order of the lane's keys. The offset is what the stamp is
// ahead of this key's own count, so that stamp - offset is the exact number of folds on this key; while a
// lane folds on one key, both grow by one and the offset stays.
//
// Memory ordering: the payload is stored with release and loaded with acquire. A reader that sees any
// word of a write (W1) therefore also sees the odd version stored before it, and its second look at the
// version tells (R1). No fence is needed, and on x86 none of it costs an instruction.
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

  [[nodiscard]] std::uint64_t stamp() const noexcept { return version >> 1; }
  [[nodiscard]] std::uint64_t count() const noexcept { return stamp() - offset; }
};

template <class Atomics>
class Cell {
 public:
  using Word = typename Atomics::template Atomic<std::uint64_t>;

  // Provider's side: one thread at a time.

  void write(std::uint64_t completed, std::uint64_t total) noexcept {
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    completed_.store(completed, std::memory_order_release);  // W1
    total_.store(total, std::memory_order_release);          // W1
    version_.store(version + 2, std::memory_order_release);  // W2
  }

  /// The same after rebase().
  void write_rebased(std::uint64_t completed, std::uint64_t total) noexcept {
    const std::uint64_t version = begin();
    completed_.store(completed, std::memory_order_release);  // W1
    total_.store(total, std::memory_order_release);          // W1
    version_.store(version + 2, std::memory_order_release);  // W2
  }

  void write_ordered(std::uint64_t completed, std::uint64_t total, Word& order_word,
                     std::uint64_t order) noexcept {
    const std::uint64_t version = begin();
    order_word.store(order, std::memory_order_release);
    completed_.store(completed, std::memory_order_release);
    total_.store(total, std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }

  /// Moves the version up to `newest`, the version of the lane's last fold, keeping the count. The
  /// version stays odd until the write_rebased() or write_ordered() that must follow.
  void rebase(std::uint64_t newest) noexcept {
    const std::uint64_t count = own_count();
    version_.store(newest + 1, std::memory_order_relaxed);
    offset_.store((newest >> 1) - count, std::memory_order_release);  // W1
  }

  [[nodiscard]] std::uint64_t own_version() const noexcept {
    return version_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t own_count() const noexcept {
    return (own_version() >> 1) - offset_.load(std::memory_order_relaxed);
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
    const bool whole = again == value.version && (again & 1) == 0;
    value.version = again;
    return whole;
  }

  /// For the scoreboard, whose one writer is the dispatcher: all three words at once.
  void publish(std::uint64_t completed, std::uint64_t total, std::uint64_t sequence) noexcept {
    const std::uint64_t version = begin();
    offset_.store(sequence, std::memory_order_release);
    completed_.store(completed, std::memory_order_release);
    total_.store(total, std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }
  [[nodiscard]] std::uint64_t own_sequence() const noexcept {
    return offset_.load(std::memory_order_relaxed);
  }

  /// Back to nothing. Only while no provider holds the lane.
  void reset() noexcept {
    version_.store(0, std::memory_order_relaxed);
    completed_.store(0, std::memory_order_relaxed);
    total_.store(0, std::memory_order_relaxed);
    offset_.store(0, std::memory_order_relaxed);
  }

 private:
  /// Marks a write as begun; returns the even version before it.
  std::uint64_t begin() noexcept {
    const std::uint64_t version = version_.load(std::memory_order_relaxed) & ~std::uint64_t{1};
    version_.store(version + 1, std::memory_order_relaxed);
    return version;
  }

  Word version_{0};
  Word completed_{0};
  Word total_{0};
  Word offset_{0};
};

}  // namespace headway::detail
