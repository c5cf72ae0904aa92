// SPDX-License-Identifier: MIT
//
// LaneWord: what the dispatcher tells a lane's provider, in one word: {epoch, fenced, life, cold}.
//
// The provider looks at it after it has stored a value, and only while it asks for attention more closely. Its
// memory ordering is told in lane.hpp; L1 and L2 are the two sides of it.
#pragma once

#include <atomic>
#include <cstdint>

namespace headway::detail {

template <class Atomics>
class LaneWord {
 public:
  // Provider.

  /// False while the dispatcher reads the lane and nothing else is up.
  [[nodiscard, gnu::always_inline]] bool asks() const noexcept {
    return (word_.load(std::memory_order_relaxed) & attention) != 0;
  }
  /// A closer look: what the functions below tell of it.
  [[nodiscard]] std::uint64_t look() noexcept {
    const std::uint64_t word = word_.load(std::memory_order_acquire);
    return (word & fenced) == 0 ? word : word_.fetch_or(0, std::memory_order_acq_rel);  // L1
  }
  [[nodiscard]] static bool is_alive(std::uint64_t word) noexcept {
    return (word & life_mask) == alive;
  }
  [[nodiscard]] static bool is_cold(std::uint64_t word) noexcept { return (word & cold) != 0; }
  /// Differs from the last one once the dispatcher has taken the lane's mark.
  [[nodiscard]] static std::uint32_t epoch_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word / one_epoch);
  }
  /// Makes the dispatcher take the lane's values once more; false if the lane is closed.
  [[nodiscard]] bool be_late(std::uint64_t word) noexcept {
    // Also from "late" to "late": only a read-modify-write is ordered before the dispatcher's next step.
    // It changes the word twice at most under the provider's hands.
    while ((word & life_mask) != closed) {
      if (word_.compare_exchange_strong(word, (word & ~std::uint64_t{life_mask}) | late,
                                        std::memory_order_acq_rel, std::memory_order_acquire)) {
        return true;
      }
    }
    return false;
  }

  // Any thread.

  [[nodiscard]] bool is_fenced() const noexcept {
    return (word_.load(std::memory_order_relaxed) & fenced) != 0;
  }

  // Dispatcher.

  void heat() noexcept { change(with_next_epoch(word_.load(std::memory_order_relaxed)) & ~cold); }
  void cool() noexcept { change(word_.load(std::memory_order_relaxed) | cold); }  // L2
  void begin_closing() noexcept { change(with_life(closing)); }                   // L2

  /// False if a provider was late.
  [[nodiscard]] bool finish_closing() noexcept {
    std::uint64_t seen = with_life(closing);
    if (word_.compare_exchange_strong(seen, with_life(closed), std::memory_order_release,
                                      std::memory_order_relaxed)) {
      return true;
    }
    // What a report that saw "late" had stored before is acquired here; one that comes later sees "closing".
    word_.exchange(with_life(closing), std::memory_order_acquire);
    return false;
  }

  /// A new life; returns the epoch. `is_fenced`: the process has no heavy barrier.
  std::uint32_t open(bool is_fenced) noexcept {
    const std::uint64_t epoch = word_.load(std::memory_order_relaxed) & ~attention;
    word_.store(epoch | cold | (is_fenced ? fenced : 0), std::memory_order_relaxed);
    return epoch_of(epoch);
  }

 private:
  static constexpr std::uint64_t cold = 1;
  enum Life : std::uint64_t { alive = 0, closing = 2, late = 4, closed = 6, life_mask = 6 };
  static constexpr std::uint64_t fenced = 8;
  static constexpr std::uint64_t attention = cold | life_mask | fenced;
  static constexpr std::uint64_t one_epoch = 16;

  [[nodiscard]] static std::uint64_t with_next_epoch(std::uint64_t word) noexcept {
    return word + one_epoch;
  }
  [[nodiscard]] std::uint64_t with_life(Life life) const noexcept {
    return (word_.load(std::memory_order_relaxed) & ~std::uint64_t{life_mask}) | life;
  }
  void change(std::uint64_t word) noexcept {
    if (is_fenced()) {
      word_.exchange(word, std::memory_order_acquire);
    } else {
      word_.store(word, std::memory_order_relaxed);
    }
  }

  typename Atomics::template Atomic<std::uint64_t> word_{cold};
};

}  // namespace headway::detail
