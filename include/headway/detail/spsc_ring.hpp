// SPDX-License-Identifier: MIT
//
// SpscRing: the ring of one Reporter. One provider thread pushes, the dispatcher drains in batches.
//
// What a ring costs is cache lines moved between cores, so records are small: 16 bytes, four to a line.
//
//   word 0:  completed, low 61 bits | key
//   word 1:  total
//
// A record that does not fit (completed of 2^61 or more, or one with an order stamp) is *wide* and takes a
// second slot: the first has key | wide in place of completed, the second completed and the order stamp.
//
// Memory ordering: the push releases the tail (T1) that the drain acquires (T2), which makes the slots
// visible; the drain releases the head (H1) once a batch, which the push acquires (H2) before it writes
// over them. Both sides work from a copy of the other's index; the provider looks again only when it says full.
// Technique: L. Lamport's ring (1977) with cached indexes as in FastForward and MCRingBuffer.
#pragma once

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
        limit_(first + capacity),
        capacity_(capacity),
        mask_(std::bit_ceil(capacity) - 1),
        slots_(std::make_unique<Slot[]>(static_cast<std::size_t>(mask_ + 1))),
        head_(first) {}

  /// True if a record without a stamp takes one slot.
  [[nodiscard]] static bool fits(std::uint64_t completed) noexcept {
    return (completed >> (64 - key_bits)) == 0;
  }

  /// Provider. False if there is no room, and nothing was done.
  [[nodiscard]] bool try_push(std::uint32_t key, std::uint64_t completed,
                              std::uint64_t total) noexcept {
    if (!fits(completed)) [[unlikely]] {
      return try_push_wide({completed, total, 0, key, 0});
    }
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (!has_room(tail, 1)) [[unlikely]]
      return false;
    slot(tail).put(completed << key_bits | key, total);
    tail_.store(tail + 1, std::memory_order_release);  // T1
    return true;
  }

  /// Provider. As try_push, keeping record.order too.
  [[nodiscard]] bool try_push_wide(const Record& record) noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (!has_room(tail, 2)) return false;
    slot(tail).put(std::uint64_t{record.key} << key_bits | wide, record.total);
    slot(tail + 1).put(record.completed, record.order);
    tail_.store(tail + 2, std::memory_order_release);  // T1
    return true;
  }

  /// Provider. Slots pushed so far.
  [[nodiscard]] std::uint64_t pushed() const noexcept {
    return tail_.load(std::memory_order_relaxed);
  }

  /// Dispatcher. Hands over every record pushed before the call, oldest first; returns how many.
  template <class Visitor>
  std::size_t drain(Visitor&& visit) {
    const std::uint64_t tail = tail_.load(std::memory_order_acquire);  // T2
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    std::size_t records = 0;
    for (; is_before(head, tail); ++head, ++records) {
      const std::uint64_t first = slot(head).first.load();
      Record record{first >> key_bits, slot(head).second.load(), 0,
                    static_cast<std::uint32_t>(first & wide), 0};
      if (record.key == wide) [[unlikely]] {
        record.key = static_cast<std::uint32_t>(record.completed);
        ++head;
        record.completed = slot(head).first.load();
        record.order = slot(head).second.load();
      }
      if (record.key < keys_per_session) [[likely]]
        visit(record);
    }
    head_.store(head, std::memory_order_release);  // H1
    return records;
  }

  /// Dispatcher. Slots drained so far, in the count of pushed().
  [[nodiscard]] std::uint64_t drained() const noexcept {
    return head_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool empty() const noexcept {
    return !is_before(head_.load(std::memory_order_relaxed), tail_.load(std::memory_order_relaxed));
  }

 private:
  static constexpr unsigned key_bits = 3;
  /// In place of a key.
  static constexpr std::uint64_t wide = 7;
  static_assert(keys_per_session <= wide);

  /// Not "differs from": a report made inside another one, as from a signal handler, may leave the tail behind
  /// the head, and a slot with halves of two records. Its values are wrong then; the dispatcher is not.
  [[nodiscard]] static bool is_before(std::uint64_t head, std::uint64_t tail) noexcept {
    return static_cast<std::int64_t>(tail - head) > 0;
  }

  struct alignas(16) Slot {
    typename Atomics::template Plain<std::uint64_t> first;
    typename Atomics::template Plain<std::uint64_t> second;
    void put(std::uint64_t one, std::uint64_t two) noexcept {
      first.store(one);
      second.store(two);
    }
  };

  [[nodiscard]] bool has_room(std::uint64_t tail, std::uint64_t slots) noexcept {
    if (limit_ - tail >= slots) [[likely]]
      return true;
    limit_ = head_.load(std::memory_order_acquire) + capacity_;  // H2
    return limit_ - tail >= slots;
  }
  [[nodiscard]] Slot& slot(std::uint64_t index) noexcept {
    return slots_[static_cast<std::size_t>(index & mask_)];
  }

  alignas(cache_line) typename Atomics::template Atomic<std::uint64_t> tail_;
  /// The tail at which the ring is full, as far as is known.
  std::uint64_t limit_;
  std::uint64_t capacity_;
  std::uint64_t mask_;
  std::unique_ptr<Slot[]> slots_;
  alignas(cache_line) typename Atomics::template Atomic<std::uint64_t> head_;
};

}  // namespace headway::detail
