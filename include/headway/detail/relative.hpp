// SPDX-License-Identifier: MIT
//
// Arithmetic of relative reports.
#pragma once

#include <cstdint>
#include <limits>

namespace headway::detail {

/// value + change, saturating at 0 and at the largest value.
[[nodiscard]] constexpr std::uint64_t moved(std::uint64_t value, std::int64_t change) noexcept {
  if (change >= 0) {
    const std::uint64_t sum = value + static_cast<std::uint64_t>(change);
    return sum < value ? std::numeric_limits<std::uint64_t>::max() : sum;
  }
  const std::uint64_t less = std::uint64_t{0} - static_cast<std::uint64_t>(change);
  return value < less ? 0 : value - less;
}

/// The same for one thread's part of a sum, a signed number kept in an unsigned word: it may fall below
/// zero, since a thread may take back what another has counted.
[[nodiscard]] constexpr std::uint64_t moved_part(std::uint64_t part, std::int64_t change) noexcept {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(static_cast<std::int64_t>(part), change, &sum)) {
    sum = change > 0 ? std::numeric_limits<std::int64_t>::max()
                     : std::numeric_limits<std::int64_t>::min();
  }
  return static_cast<std::uint64_t>(sum);
}

}  // namespace headway::detail
