// SPDX-License-Identifier: MIT
#include "top/plain.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "top/service_table.hpp"
#include "top/session_table.hpp"

namespace headway::tools {

namespace {

void append(std::string& text, const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    const std::size_t end = line.text.find_last_not_of(' ');
    text.append(line.text, 0, end == std::string::npos ? 0 : end + 1).append("\n");
  }
}

}  // namespace

std::string plain_text(const Model& model, const Browser& browser, Moment moment, bool utf8,
                       std::size_t columns) {
  const Looks looks{.unicode = utf8, .color = false, .taskbar = false};
  constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
  std::string text;
  append(text, service_lines(model, moment.wall, looks, all, columns));
  if (browser.rows().empty()) return text;
  text += "\n";
  SessionTable table(looks, false);
  append(text, table.lines(browser.rows(),
                           {.with_service = model.services().size() > 1,
                            .with_process = model.has_namesakes()},
                           moment.now, columns));
  return text;
}

}  // namespace headway::tools
