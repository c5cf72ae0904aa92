// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace headway::detail {

/// One report on its way through a ring.
struct Record {
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  /// Only with Merge::latest: the session's stamp of this report.
  std::uint64_t order = 0;
  std::uint32_t key = 0;
  /// Of the lane that reported; in shared rings only.
  std::uint32_t lane = 0;
};

}  // namespace headway::detail
