// SPDX-License-Identifier: MIT
//
// What the keys do: a line at the bottom of each screen, and a screen of its own.
#pragma once

#include <cstddef>
#include <vector>

#include "top/browser.hpp"
#include "top/painter.hpp"

namespace headway::tools {

[[nodiscard]] std::vector<Line> help_lines(Looks looks, std::size_t columns);

/// For the screen that is shown; a prompt takes its place.
[[nodiscard]] Line bottom_line(const Browser& browser, Looks looks, std::size_t columns);

}  // namespace headway::tools
