// SPDX-License-Identifier: MIT
//
// Services as lines, one each, with what their buses say of themselves.
//
//   SERVICE      PID  OPEN       REPORTS  FOLDED  UPDATES  DELAY  LANES       UP
//   photo-sync  4711    12  24,100,000/s     99%    310/s  12 ms     16  1:02:03
//
// Reports and updates are those of a second; the delay is the longest that a report has had to wait for its callback.
#pragma once

#include <cstddef>
#include <vector>

#include "top/model.hpp"
#include "top/painter.hpp"

namespace headway::tools {

/// A line of titles and one for each service, at most `most` (>= 1) of them: the last one says how many are left out.
[[nodiscard]] std::vector<Line> service_lines(const Model& model, WallTime wall, Looks looks,
                                              std::size_t most, std::size_t room);

}  // namespace headway::tools
