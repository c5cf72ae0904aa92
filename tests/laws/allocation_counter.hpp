// SPDX-License-Identifier: MIT
//
// AllocationCounter: how often this thread has called operator new since the counter was made.
//
//   AllocationCounter allocations;
//   work();
//   EXPECT_EQ(allocations.count(), 0U);
//
// The operators are replaced in allocation_counter_test.cpp. A sanitizer needs them for itself; there
// nothing is counted, and tests skip.
#pragma once

#include <cstdint>

#include "scale.hpp"

namespace headway::laws {

inline constexpr bool allocations_are_counted = !sanitized;

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

}  // namespace headway::laws
