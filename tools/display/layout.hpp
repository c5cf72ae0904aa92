// SPDX-License-Identifier: MIT
//
// Layout: a tally as lines of text that fit a terminal. No terminal is needed for it.
//
//   src detect   ████████████ 100%  12,034        1.23 GiB       24,100/s    in 0:03
//   dst apply    █████▍░░░░░░  42%  5,102/12,034  0.51/1.23 GiB  210 MiB/s  ETA 0:04
//
// What does not fit goes, the least telling column first; in three columns or less one character stays.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "display/tally.hpp"
#include "display/view.hpp"

namespace headway::tools {

struct Line {
  /// With colours, if they are wanted.
  std::string text;
  std::size_t columns = 0;
};

class Layout {
 public:
  explicit Layout(Looks looks) : looks_(looks) {}

  /// No line is wider than `columns` (>= 1). `step` turns the spinners.
  std::vector<Line> lines(const Tally& tally, TimePoint now, std::size_t step, std::size_t columns);
  /// What is being worked on, below the bars.
  [[nodiscard]] Line footer(std::string_view note, std::size_t columns) const;

 private:
  enum Column : std::size_t { percent, label, eta, rate, bytes, items, column_count };
  struct Cells {
    std::array<std::string, column_count> text;
  };

  [[nodiscard]] Cells cells_of(const Row& row, TimePoint now, std::size_t step, bool wide) const;
  [[nodiscard]] Line compose(const Row& row, const Cells& cells, TimePoint now, std::size_t step,
                             std::size_t bar_columns) const;
  [[nodiscard]] std::string colored(std::string_view text, std::string_view code) const;

  Looks looks_;
  /// Columns only ever widen, so that nothing jumps to and fro.
  std::array<std::size_t, column_count> widths_{};
  std::array<bool, column_count> shown_{};
  bool wide_ = false;
};

}  // namespace headway::tools
