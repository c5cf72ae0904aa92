// SPDX-License-Identifier: MIT
//
// Frame: the whole screen of `headway top` as lines of text. No terminal is needed for it.
//
//   totals, and what keys have set
//   services
//   sessions, as many as there is room for; or one session, or help
//   what the keys do
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "top/browser.hpp"
#include "top/model.hpp"
#include "top/painter.hpp"
#include "top/session_table.hpp"

namespace headway::tools {

struct Size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// When a frame is drawn, by both clocks.
struct Moment {
  WallTime wall;
  TimePoint now;
};

class Frame {
 public:
  explicit Frame(Looks looks) : looks_(looks), table_(looks, true) {}

  /// Exactly `size.rows` lines, none wider than `size.columns`. `problem`: what the last look could not read; may be
  /// empty. The browser is told which rows are shown.
  std::vector<Line> lines(const Model& model, Browser& browser, const std::string& problem,
                          Moment moment, Size size);
  /// Rows of the list on the last screen.
  [[nodiscard]] std::size_t page() const { return page_; }

 private:
  [[nodiscard]] Line totals(const Model& model, const Browser& browser, std::size_t columns) const;
  std::vector<Line> list(const Model& model, Browser& browser, Moment moment, std::size_t rows,
                         std::size_t columns);
  [[nodiscard]] std::vector<Line> nothing(const Model& model, const Browser& browser,
                                          std::size_t columns) const;

  Looks looks_;
  SessionTable table_;
  std::size_t step_ = 0;
  std::size_t page_ = 1;
};

}  // namespace headway::tools
