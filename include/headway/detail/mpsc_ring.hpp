// SPDX-License-Identifier: MIT
//
// MpscRing: the ring that the threads of one SharedReporter share. Claim order is the order seen.
//
// Each slot carries its turn: which index may use it next, and how far that use has come.
//
//   free(i)  -> push i may claim it        full(i) -> the record of push i is in it
//   skipped(i) -> the dispatcher went past it before push i had filled it
//
// A push claims the tail, fills the slot and commits it. A thread that is stopped between the two would
// hold up everybody behind it, so the dispatcher never waits for a commit: it marks the slot as skipped
// and goes on. The late thread finds out when its commit fails, frees the slot, and is told to fold its
// report instead. Until then the slot is not reused: the ring is full at that point and reports fold.
//
// A push that loses the race for the tail `attempts` times gives up and folds, so a push is wait-free.
//
// Memory ordering: the commit releases the slot (C1) to the drain that acquires it (C2); the drain frees
// it with release (F1) to the push that acquires it (F2). The skip needs no ordering: it takes nothing.
// Technique: D. Vyukov's bounded queue, with skipping in place of waiting.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <headway/detail/atomics.hpp>
#include <headway/detail/record.hpp>

namespace headway::detail {

template <class Atomics>
class MpscRing {
 public:
  explicit MpscRing(std::size_t capacity, std::uint64_t first = 0)
      : tail_(first),
        size_(std::bit_ceil(capacity)),
        slots_(std::make_unique<Slot[]>(static_cast<std::size_t>(size_))),
        head_(first) {
    for (std::uint64_t i = 0; i < size_; ++i) {
      slot(first + i).turn.store(turn(first + i, free), std::memory_order_relaxed);
    }
  }

  /// Any thread. False if there is no room, if others were faster, or if the dispatcher went past the
  /// slot: the caller folds.
  [[nodiscard]] bool try_push(const Record& record) noexcept {
    std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    for (int attempt = 0; attempt < attempts; ++attempt) {
      Slot& place = slot(tail);
      if (place.turn.load(std::memory_order_acquire) != turn(tail, free)) return false;  // F2
      // Release on the claim: the dispatcher that sees the tail moved may skip the slot.
      if (tail_.compare_exchange_weak(tail, tail + 1, std::memory_order_release,
                                      std::memory_order_relaxed)) {
        place.record.store(record);
        std::uint64_t expected = turn(tail, free);
        if (place.turn.compare_exchange_strong(expected, turn(tail, full),
                                               std::memory_order_release,  // C1
                                               std::memory_order_relaxed)) {
          return true;
        }
        place.turn.store(turn(tail + size_, free), std::memory_order_release);
        return false;
      }
    }
    return false;
  }

  /// Dispatcher. Hands over the records committed before the call, in claim order; returns how many.
  template <class Visitor>
  std::size_t drain(Visitor&& visit) {
    const std::uint64_t tail = tail_.load(std::memory_order_acquire);
    std::size_t records = 0;
    for (; head_ != tail; ++head_) {
      Slot& place = slot(head_);
      std::uint64_t seen = place.turn.load(std::memory_order_acquire);  // C2
      if (seen == turn(head_, free) &&
          place.turn.compare_exchange_strong(seen, turn(head_, skipped), std::memory_order_acquire,
                                             std::memory_order_acquire)) {
        continue;
      }
      visit(place.record.load());
      place.turn.store(turn(head_ + size_, free), std::memory_order_release);  // F1
      ++records;
    }
    return records;
  }

  /// Dispatcher.
  [[nodiscard]] bool empty() const noexcept {
    return tail_.load(std::memory_order_relaxed) == head_;
  }

 private:
  enum Phase : std::uint64_t { free = 0, full = 1, skipped = 2 };
  static constexpr int attempts = 4;

  struct alignas(cache_line) Slot {
    typename Atomics::template Atomic<std::uint64_t> turn{0};
    typename Atomics::template Plain<Record> record;
  };

  [[nodiscard]] static constexpr std::uint64_t turn(std::uint64_t index, Phase phase) noexcept {
    return index << 2 | phase;
  }
  [[nodiscard]] Slot& slot(std::uint64_t index) noexcept {
    return slots_[static_cast<std::size_t>(index & (size_ - 1))];
  }

  alignas(cache_line) typename Atomics::template Atomic<std::uint64_t> tail_;
  alignas(cache_line) std::uint64_t size_;
  std::unique_ptr<Slot[]> slots_;
  std::uint64_t head_;
};

}  // namespace headway::detail
