// SPDX-License-Identifier: MIT
//
// AllocationCounter: how often this thread has called operator new since the counter was made.
// AllocationLimit: this thread's operator new fails after so many more calls, while the limit lives.
//
//   AllocationCounter allocations;
//   work();
//   EXPECT_EQ(allocations.count(), 0U);
//
// The operators are replaced in allocation_counter_test.cpp. A sanitizer needs them for itself, and
// a DLL calls operators of its own; there nothing is counted, and tests skip.
#pragma once

#include <cstdint>

#include "scale.hpp"

namespace headway::laws {

#if HEADWAY_LAWS_SANITIZED || (defined(_WIN32) && !defined(HEADWAY_STATIC))
#define HEADWAY_LAWS_COUNT_ALLOCATIONS 0
#else
#define HEADWAY_LAWS_COUNT_ALLOCATIONS 1
#endif
inline constexpr bool allocations_are_counted = HEADWAY_LAWS_COUNT_ALLOCATIONS != 0;

/// Calls of operator new by this thread.
[[nodiscard]] std::uint64_t allocations_of_this_thread() noexcept;

class AllocationCounter {
 public:
  [[nodiscard]] std::uint64_t count() const noexcept {
    return allocations_of_this_thread() - before_;
  }

 private:
  std::uint64_t before_ = allocations_of_this_thread();
};

/// Allocations that this thread may still make; negative: as many as it likes.
void limit_allocations_of_this_thread(std::int64_t left) noexcept;

class AllocationLimit {
 public:
  explicit AllocationLimit(std::int64_t left) noexcept { limit_allocations_of_this_thread(left); }
  AllocationLimit(const AllocationLimit&) = delete;
  AllocationLimit& operator=(const AllocationLimit&) = delete;
  ~AllocationLimit() { limit_allocations_of_this_thread(-1); }
};

}  // namespace headway::laws
