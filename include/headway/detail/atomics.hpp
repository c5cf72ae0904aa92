// SPDX-License-Identifier: MIT
//
// The atomics policy that ships. Rings, cells, inbox, parking and lanes are templates over a policy, so
// that a model checker can run the very source that ships on atomics of its own. A policy gives
//
//   Atomic<T>        std::atomic's load, store, exchange, fetch_or, fetch_add, compare_exchange_*
//   Plain<T>         load() and store() of memory that only one thread may touch at a time
//   light_barrier()  see fences.hpp
//   Clock            now(): nanoseconds of the bus's clock
//   wake(word)       wakes a thread that sleeps on the word
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include <headway/detail/export.hpp>
#include <headway/detail/fences.hpp>

namespace headway::detail {

/// Bytes that a write by one core takes from the others.
inline constexpr std::size_t cache_line = 64;

/// Wakes the thread that sleeps on the word (futex(2), WaitOnAddress).
HEADWAY_EXPORT void wake_sleeper(std::atomic<std::uint32_t>& word) noexcept;

struct StdAtomics {
  template <class T>
  using Atomic = std::atomic<T>;

  template <class T>
  class Plain {
   public:
    [[nodiscard]] T load() const noexcept { return value_; }
    void store(T value) noexcept { value_ = value; }

   private:
    T value_{};
  };

  class Clock {
   public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit Clock(std::function<time_point()> source = {}) : source_(std::move(source)) {}
    [[nodiscard]] time_point now() const {
      return source_ ? source_() : std::chrono::steady_clock::now();
    }

   private:
    std::function<time_point()> source_;
  };

  static void light_barrier() noexcept { detail::light_barrier(); }
  static void wake(std::atomic<std::uint32_t>& word) noexcept { wake_sleeper(word); }
};

}  // namespace headway::detail
