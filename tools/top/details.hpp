// SPDX-License-Identifier: MIT
//
// All that is known of one session, over as many lines as that takes.
#pragma once

#include <cstddef>
#include <vector>

#include "top/model.hpp"
#include "top/painter.hpp"

namespace headway::tools {

[[nodiscard]] std::vector<Line> detail_lines(const SessionRow& row, WallTime wall, TimePoint now,
                                             Looks looks, std::size_t step, std::size_t columns);

}  // namespace headway::tools
