// SPDX-License-Identifier: MIT
//
// SpscRing: the ring of one Reporter. One provider thread pushes, the dispatcher drains in batches.
//
// What a ring costs is cache lines moved between cores, so records are small: one word of 8 bytes while the total
// of its key stays what it was, and two when it changes. What it was, provider and dispatcher know.
//
//   completed, low 60 bits | key | 0
//   completed, low 60 bits | key | 1     total
//
// A record that does not fit (completed of 2^60 or more, or one with an order stamp) is *wide* and takes four:
//
//   key | 15     completed     total     order stamp
//
// Memory ordering: the push releases the tail (T1) that the drain acquires (T2), which makes the slots
// visible; the drain releases the head (H1) once a batch, which the push acquires (H2) before it writes
// over them. Both sides work from a copy of the other's index; the provider looks again only when it says full.
// Technique: L. Lamport's ring (1977) with cached indexes as in FastForward and MCRingBuffer.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <headway/detail/atomics.hpp>
#include <headway/detail/record.hpp>
#include <headway/vocabulary.hpp>

namespace headway::detail {

template <class Atomics>
class SpscRing {
 public:
  /// `first` is where the indexes start; tests begin just below the wrap.
  explicit SpscRing(std::size_t capacity, std::uint64_t first = 0)
      : tail_(first),
        limit_(first + 2 * capacity),
        capacity_(2 * std::uint64_t{capacity}),
        mask_(std::bit_ceil(capacity_) - 1),
        words_(std::make_unique<PlainWord[]>(static_cast<std::size_t>(mask_ + 1))),
        head_(first) {}

  /// Provider: the key's total is what it was. False if there is no room, and nothing was done.
  [[nodiscard]] bool try_push(std::uint32_t key, std::uint64_t completed) noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (!has_room(tail, 1) || !fits(completed)) [[unlikely]]
      return false;
    word(tail).store(completed << code_bits | key << 1);
    tail_.store(tail + 1, std::memory_order_release);  // T1
    return true;
  }
  [[nodiscard]] bool try_push(std::uint32_t key, std::uint64_t completed,
                              std::uint64_t total) noexcept {
    if (!fits(completed)) return try_push_wide({completed, total, 0, key, 0});
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (!has_room(tail, 2)) return false;
    word(tail).store(completed << code_bits | key << 1 | 1);
    word(tail + 1).store(total);
    tail_.store(tail + 2, std::memory_order_release);  // T1
    return true;
  }

  /// Provider. As try_push, keeping record.order too.
  [[nodiscard]] bool try_push_wide(const Record& record) noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (!has_room(tail, 4)) return false;
    word(tail).store(std::uint64_t{record.key} << code_bits | wide);
    word(tail + 1).store(record.completed);
    word(tail + 2).store(record.total);
    word(tail + 3).store(record.order);
    tail_.store(tail + 4, std::memory_order_release);  // T1
    return true;
  }

  /// Dispatcher. Hands over every record pushed before the call, oldest first; returns how many. `totals`: the last
  /// one of each key; brought up to date, and to be kept so where totals change by other ways than the ring.
  template <class Visitor>
  std::size_t drain(std::array<std::uint64_t, keys_per_session>& totals, Visitor&& visit) {
    const std::uint64_t tail = tail_.load(std::memory_order_acquire);  // T2
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    std::size_t records = 0;
    for (; is_before(head, tail); ++head, ++records) {
      const std::uint64_t first = word(head).load();
      const std::uint64_t code = first & wide;
      Record record{first >> code_bits, 0, 0, static_cast<std::uint32_t>(code >> 1), 0};
      if (code == wide) [[unlikely]] {
        record.key = static_cast<std::uint32_t>(record.completed);
        record.completed = word(head + 1).load();
        record.total = word(head + 2).load();
        record.order = word(head + 3).load();
        head += 3;
      }
      if (record.key >= keys_per_session) [[unlikely]]
        continue;
      if (code != wide) record.total = (code & 1) != 0 ? word(++head).load() : totals[record.key];
      totals[record.key] = record.total;
      visit(record);
    }
    head_.store(head, std::memory_order_release);  // H1
    return records;
  }

  /// Dispatcher.
  [[nodiscard]] bool empty() const noexcept {
    return !is_before(head_.load(std::memory_order_relaxed), tail_.load(std::memory_order_relaxed));
  }

 private:
  using PlainWord = typename Atomics::template Plain<std::uint64_t>;

  /// The code of a record: its key and whether a total follows, or `wide`.
  static constexpr unsigned code_bits = 4;
  static constexpr std::uint64_t wide = 15;
  static_assert(2 * keys_per_session <= wide);

  /// Not "differs from": a report made inside another one, as from a signal handler, may leave the tail behind
  /// the head, and a slot with halves of two records. Its values are wrong then; the dispatcher is not.
  [[nodiscard]] static bool is_before(std::uint64_t head, std::uint64_t tail) noexcept {
    return static_cast<std::int64_t>(tail - head) > 0;
  }

  /// False for a record that must be wide.
  [[nodiscard]] static bool fits(std::uint64_t completed) noexcept {
    return (completed >> (64 - code_bits)) == 0;
  }
  [[nodiscard]] bool has_room(std::uint64_t tail, std::uint64_t words) noexcept {
    if (limit_ - tail >= words) [[likely]]
      return true;
    limit_ = head_.load(std::memory_order_acquire) + capacity_;  // H2
    return limit_ - tail >= words;
  }
  [[nodiscard]] PlainWord& word(std::uint64_t index) noexcept {
    return words_[static_cast<std::size_t>(index & mask_)];
  }

  alignas(cache_line) typename Atomics::template Atomic<std::uint64_t> tail_;
  /// The tail at which the ring is full, as far as is known.
  std::uint64_t limit_;
  /// In words: two for each record.
  std::uint64_t capacity_;
  std::uint64_t mask_;
  std::unique_ptr<PlainWord[]> words_;
  alignas(cache_line) typename Atomics::template Atomic<std::uint64_t> head_;
};

}  // namespace headway::detail
