// SPDX-License-Identifier: MIT
//
// Tables: columns that share the room there is, and rows of cells in them.
//
//   std::vector<Column> columns = {{.title = "NAME", .rank = 0, .least = 8}, {.title = "ETA", .rank = 1, .least = whole}};
//   for (const Row& row : rows) widen(columns, row);
//   fit(columns, painter.room());
//   paint(painter, columns, row, step);
//
// Each column has a width that it can do with, one that it would like and one that it can make use of. In the order of
// their ranks they get the first; what does not fit goes. What is left is given out in the same order.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "top/painter.hpp"

namespace headway::tools {

/// For Column::least: shown whole or not at all.
inline constexpr std::size_t whole = ~std::size_t{0};

struct Column {
  std::string_view title;
  /// 0 is the most important; no two are the same.
  std::size_t rank = 0;
  std::size_t least = 0;
  /// The widest cell. 0: there is nothing to show, and the column goes.
  std::size_t wanted = 0;
  /// What it takes if all have what they want.
  std::size_t most = 0;
  /// Blanks before it.
  std::size_t gap = 2;
  /// Numbers end at the same place.
  bool right = false;
  /// What fit() gives it; 0: left out.
  std::size_t width = 0;
};

struct Picture {
  /// nullopt: a block that wanders, or with `still` an empty track.
  std::optional<double> fraction;
  bool still = false;
};

struct Cell {
  /// Harmless, as escaped() makes it.
  std::string text{};
  std::string_view style = style::none;
  /// A bar in place of the text, in its style.
  std::optional<Picture> picture{};
};

/// Makes room for what stands in the cells, if that is anything, and then for the titles.
void widen(std::span<Column> columns, std::span<const Cell> cells);

/// Sets the widths. With the gaps they do not need more than `room`.
void fit(std::span<Column> columns, std::size_t room);

/// `step` moves the blocks that wander.
void paint(Painter& painter, std::span<const Column> columns, std::span<const Cell> cells,
           std::size_t step);

/// `marked`: index of the column whose title stands out.
void paint_titles(Painter& painter, std::span<const Column> columns,
                  std::optional<std::size_t> marked = std::nullopt);

}  // namespace headway::tools
