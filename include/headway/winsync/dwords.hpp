// SPDX-License-Identifier: MIT
//
// to_dwords: a 64-bit value of the bus as the two 32-bit numbers that an ISyncCallback takes.
#pragma once

#include <bit>
#include <cstdint>

#include <headway/winsync/platform.hpp>

namespace headway::winsync {
inline namespace HEADWAY_WINSYNC_NAMES {

struct Work {
  DWORD completed = 0;
  DWORD total = 0;
  friend constexpr bool operator==(const Work&, const Work&) = default;
};

/// A 64-bit value as two DWORDs. What fits is passed on as it is. A larger total is halved until it
/// fits and `completed` with it, so that their ratio survives (to 2^-31), with three promises: complete
/// stays complete, incomplete stays incomplete, and with one total the result never steps back as
/// `completed` grows. `completed` saturates where it exceeds the total; a total of 0 (unknown) stays 0.
[[nodiscard]] constexpr Work to_dwords(std::uint64_t completed, std::uint64_t total) noexcept {
  constexpr std::uint64_t max = 0xFFFFFFFFU;
  const int width = static_cast<int>(std::bit_width(total));
  const int shift = width > 32 ? width - 32 : 0;
  const std::uint64_t scaled_total = total >> shift;
  std::uint64_t scaled = completed >> shift;
  // The halving may have made unequal values equal: that would claim 100 % early, or hide an overshoot.
  if (scaled == scaled_total && completed < total) --scaled;
  if (scaled == scaled_total && completed > total) ++scaled;
  if (scaled > max) scaled = max;
  return {static_cast<DWORD>(scaled), static_cast<DWORD>(scaled_total)};
}

}  // namespace HEADWAY_WINSYNC_NAMES
}  // namespace headway::winsync
