// SPDX-License-Identifier: MIT
#include "top/service_table.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "display/escape.hpp"
#include "display/format.hpp"
#include "top/table.hpp"
#include "top/words.hpp"

namespace headway::tools {

namespace {

constexpr std::size_t service_column_count = 9;
using ServiceCells = std::array<Cell, service_column_count>;

ServiceCells service_cells(const ServiceView& service, const ServiceTrack& track, WallTime wall,
                           bool utf8) {
  using board::Statistic;
  const auto delay = static_cast<std::int64_t>(service.statistic(Statistic::longest_delay));
  return {{{escaped(service.name, utf8)},
           {std::to_string(service.process)},
           {format_count(service.statistic(Statistic::open_sessions))},
           {rate_text(track.reports.ewma())},
           {folded(service)},
           {rate_text(track.updates.ewma())},
           {delay == 0 ? "" : format_delay(std::chrono::nanoseconds(delay))},
           {format_count(service.statistic(Statistic::lanes))},
           {service.stopped_at ? "stopped" : format_duration(age_of(service.made_at, wall))}}};
}

std::array<Column, service_column_count> service_columns() {
  return {{{.title = "SERVICE", .rank = 0, .least = 8, .gap = 0},
           {.title = "PID", .rank = 2, .least = whole, .right = true},
           {.title = "OPEN", .rank = 3, .least = whole, .right = true},
           {.title = "REPORTS", .rank = 1, .least = whole, .right = true},
           {.title = "FOLDED", .rank = 4, .least = whole, .right = true},
           {.title = "UPDATES", .rank = 5, .least = whole, .right = true},
           {.title = "DELAY", .rank = 6, .least = whole, .right = true},
           {.title = "LANES", .rank = 7, .least = whole, .right = true},
           {.title = "UP", .rank = 8, .least = whole, .right = true}}};
}

}  // namespace

std::vector<Line> service_lines(const Model& model, WallTime wall, Looks looks, std::size_t most,
                                std::size_t room) {
  const std::vector<ServiceView>& services = model.services();
  const std::size_t shown = services.size() <= most ? services.size() : most - 1;
  std::vector<ServiceCells> rows;
  std::array<Column, service_column_count> table = service_columns();
  // Titles stand even where there is nothing below them: a rate is known from the second look on.
  for (Column& column : table) column.wanted = column.title.size();
  for (std::size_t i = 0; i < shown; ++i) {
    rows.push_back(service_cells(services[i], model.track(services[i]), wall, looks.unicode));
    widen(table, rows.back());
  }
  fit(table, room);
  Painter titles(looks, room);
  paint_titles(titles, table);
  std::vector<Line> lines = {titles.line()};
  for (const ServiceCells& cells : rows) {
    Painter painter(looks, room);
    paint(painter, table, cells, 0);
    lines.push_back(painter.line());
  }
  if (shown < services.size()) {
    const std::string more = "and " + counted(services.size() - shown, "more service");
    lines.push_back(Painter(looks, room).add(more, style::dim).line());
  }
  return lines;
}

}  // namespace headway::tools
