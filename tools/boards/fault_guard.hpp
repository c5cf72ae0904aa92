// SPDX-License-Identifier: MIT
//
// FaultGuard: while one stands, its thread may read memory that is mapped from a file which somebody else makes
// shorter. What is no longer there reads as 0 instead of raising SIGBUS, and the guard knows.
//
//   const FaultGuard guard(mapped, bytes);
//   copy(mapped);
//   if (guard.missed()) ...  // what was copied is worth nothing
//
// Faults anywhere else are left to whoever handled SIGBUS before.
#pragma once

#include <cstddef>

namespace headway::tools {

class FaultGuard {
 public:
  /// Not within another one on the same thread.
  FaultGuard(const std::byte* begin, std::size_t bytes);
  FaultGuard(const FaultGuard&) = delete;
  FaultGuard& operator=(const FaultGuard&) = delete;
  ~FaultGuard();

  /// A page was not there; one of zeros has taken its place, for as long as the mapping stands.
  [[nodiscard]] bool missed() const noexcept;
};

}  // namespace headway::tools
