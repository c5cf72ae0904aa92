// SPDX-License-Identifier: MIT
#include "top/table.hpp"

#include <algorithm>
#include <vector>

#include "display/bar.hpp"
#include "display/text.hpp"

namespace headway::tools {

namespace {

void draw_bar(Painter& painter, const Picture& picture, std::size_t width, std::string_view style,
              std::size_t step) {
  const bool unicode = painter.looks().unicode;
  if (picture.fraction || picture.still) {
    const Bar parts = bar(picture.fraction.value_or(0.0), width, unicode);
    painter.add(parts.done, style).add(parts.rest, style::dim);
  } else {
    const Wanderer parts = wanderer(step, width, unicode);
    painter.add(parts.before, style::dim).add(parts.block, style).add(parts.after, style::dim);
  }
}

void paint_text(Painter& painter, const Column& column, std::string_view text,
                std::string_view style) {
  const std::string fitting = shortened(text, column.width, ellipsis(painter.looks()));
  const std::size_t blanks = column.width - columns_of(fitting);
  if (column.right) painter.blanks(blanks);
  painter.add(fitting, style);
  if (!column.right) painter.blanks(blanks);
}

}  // namespace

void widen(std::span<Column> columns, std::span<const Cell> cells) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (cells[i].text.empty()) continue;
    columns[i].wanted =
        std::max({columns[i].wanted, columns_of(cells[i].text), columns[i].title.size()});
  }
}

void fit(std::span<Column> columns, std::size_t room) {
  std::vector<Column*> by_rank;
  for (Column& column : columns) by_rank.push_back(&column);
  std::ranges::sort(by_rank, {}, &Column::rank);

  std::size_t taken = 0;
  for (Column* column : by_rank) {
    const std::size_t least = std::min(column->least, column->wanted);
    const bool fits = least > 0 && taken + column->gap + least <= room;
    column->width = fits ? least : 0;
    taken += fits ? column->gap + least : 0;
  }
  const auto grow = [&](std::size_t Column::*limit) {
    for (Column* column : by_rank) {
      if (column->width == 0 || column->*limit <= column->width) continue;
      const std::size_t more = std::min(column->*limit - column->width, room - taken);
      column->width += more;
      taken += more;
    }
  };
  grow(&Column::wanted);
  grow(&Column::most);
}

void paint(Painter& painter, std::span<const Column> columns, std::span<const Cell> cells,
           std::size_t step) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].width == 0) continue;
    painter.blanks(columns[i].gap);
    if (cells[i].picture) {
      draw_bar(painter, *cells[i].picture, columns[i].width, cells[i].style, step);
    } else {
      paint_text(painter, columns[i], cells[i].text, cells[i].style);
    }
  }
}

void paint_titles(Painter& painter, std::span<const Column> columns,
                  std::optional<std::size_t> marked) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].width == 0) continue;
    painter.blanks(columns[i].gap);
    paint_text(painter, columns[i], columns[i].title, marked == i ? style::cyan : style::dim);
  }
}

}  // namespace headway::tools
