// SPDX-License-Identifier: MIT
#include "top/painter.hpp"

#include <algorithm>
#include <string>

#include "display/text.hpp"

namespace headway::tools {

std::string_view ellipsis(Looks looks) { return looks.unicode ? "…" : "~"; }

Painter& Painter::add(std::string_view text, std::string_view style) {
  const std::string fitting = shortened(text, room(), ellipsis(looks_));
  line_.columns += columns_of(fitting);
  if (looks_.color && !style.empty() && !fitting.empty()) {
    line_.text.append("\x1b[").append(style).append("m").append(fitting).append("\x1b[0m");
  } else {
    line_.text += fitting;
  }
  return *this;
}

Painter& Painter::blanks(std::size_t count) {
  const std::size_t fitting = std::min(count, room());
  line_.text.append(fitting, ' ');
  line_.columns += fitting;
  return *this;
}

Painter& Painter::up_to(std::size_t column) {
  return blanks(column > line_.columns ? column - line_.columns : 0);
}

}  // namespace headway::tools
