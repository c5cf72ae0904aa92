// SPDX-License-Identifier: MIT
//
// SpscRing: the ring of one Reporter. One provider thread pushes, the dispatcher drains in batches.
//
// What a ring costs is cache lines moved between cores, so records are small: 16 bytes, four to a line.
//
//   word 0:  completed, low 62 bits | key, bits 0-1
//   word 1:  total,     low 62 bits | key, bit 2 | wide
//
// A record that does not fit (a value of 2^62 or more, or one with an order stamp) is *wide* and takes a
// second slot: word 0 the order stamp, word 1 the high bits (completed << 2 | total).
//
// Memory ordering: the push releases the tail (T1) that the drain acquires (T2), which makes the slots
// visible; the drain releases the head (H1) once a batch, which the push acquires (H2) before it writes
// over them. Both sides keep a copy of the other's index and look again only when it says full or empty.
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
        known_head_(first),
        capacity_(capacity),
        mask_(std::bit_ceil(capacity) - 1),
        slots_(std::make_unique<Slot[]>(static_cast<std::size_t>(mask_ + 1))),
        head_(first) {}

  /// True if the record takes one slot.
  [[nodiscard]] static bool fits(std::uint64_t completed, std::uint64_t total) noexcept {
    return ((completed | total) >> 62) == 0;
  }

  /// Provider. False if there is no room, and nothing was done.
  [[nodiscard]] bool try_push(std::uint32_t key, std::uint64_t completed,
                              std::uint64_t total) noexcept {
    if (!fits(completed, total)) [[unlikely]] {
      return try_push_wide({completed, total, 0, key, 0});
    }
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (!has_room(tail, 1)) [[unlikely]]
      return false;
    slot(tail).put(completed << 2 | (key & 3), total << 2 | (key >> 2) << 1);
    tail_.store(tail + 1, std::memory_order_release);  // T1
    return true;
  }

  /// Provider. As try_push, keeping record.order too.
  [[nodiscard]] bool try_push_wide(const Record& record) noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (!has_room(tail, 2)) return false;
    slot(tail).put(record.completed << 2 | (record.key & 3),
                   record.total << 2 | (record.key >> 2) << 1 | 1);
    slot(tail + 1).put(record.order, (record.completed >> 62) << 2 | record.total >> 62);
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
      const std::uint64_t second = slot(head).second.load();
      Record record{first >> 2, second >> 2, 0,
                    static_cast<std::uint32_t>((first & 3) | (second & 2) << 1), 0};
      if ((second & 1) != 0) {
        ++head;
        const std::uint64_t high = slot(head).second.load();
        record.order = slot(head).first.load();
        record.completed |= (high >> 2) << 62;
        record.total |= (high & 3) << 62;
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
    if (tail + slots - known_head_ <= capacity_) [[likely]]
      return true;
    known_head_ = head_.load(std::memory_order_acquire);  // H2
    return tail + slots - known_head_ <= capacity_;
  }
  [[nodiscard]] Slot& slot(std::uint64_t index) noexcept {
    return slots_[static_cast<std::size_t>(index & mask_)];
  }

  alignas(cache_line) typename Atomics::template Atomic<std::uint64_t> tail_;
  std::uint64_t known_head_;
  std::uint64_t capacity_;
  std::uint64_t mask_;
  std::unique_ptr<Slot[]> slots_;
  alignas(cache_line) typename Atomics::template Atomic<std::uint64_t> head_;
};

}  // namespace headway::detail
