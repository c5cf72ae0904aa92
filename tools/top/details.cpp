// SPDX-License-Identifier: MIT
#include "top/details.hpp"

#include <array>
#include <string>
#include <utility>

#include "display/escape.hpp"
#include "display/format.hpp"
#include "display/text.hpp"
#include "top/table.hpp"
#include "top/words.hpp"

namespace headway::tools {

namespace {

constexpr std::size_t label_columns = 10;

class Details {
 public:
  Details(Looks looks, std::size_t columns) : looks_(looks), columns_(columns) {}

  /// Raw bytes, over several lines if they are long.
  void fact(std::string_view label, std::string_view text, std::string_view style = style::none) {
    std::string rest = escaped(text, looks_.unicode);
    do {
      Painter painter(looks_, columns_);
      painter.add(label, style::dim).up_to(label_columns);
      label = {};
      const std::size_t length = prefix(rest, std::max<std::size_t>(1, painter.room()));
      lines_.push_back(painter.add(rest.substr(0, length), style).line());
      rest.erase(0, length);
    } while (!rest.empty() && columns_ > label_columns);
  }
  void add(Line line) { lines_.push_back(std::move(line)); }

  [[nodiscard]] std::vector<Line> take() { return std::move(lines_); }

 private:
  /// Bytes of the longest beginning that fits; at least one character.
  static std::size_t prefix(std::string_view text, std::size_t columns) {
    std::size_t length = 0;
    std::size_t used = 0;
    while (length < text.size()) {
      char32_t code = 0;
      const std::size_t next = std::max<std::size_t>(1, decode_utf8(text.substr(length), code));
      used += columns_of(text.substr(length, next));
      if (used > columns && length > 0) break;
      length += next;
    }
    return length;
  }

  Looks looks_;
  std::size_t columns_;
  std::vector<Line> lines_;
};

constexpr std::size_t key_column_count = 8;
using Cells = std::array<Cell, key_column_count>;

std::array<Column, key_column_count> columns() {
  return {{{.title = "KEY", .rank = 0, .least = whole, .gap = 0},
           {.title = "PROGRESS", .rank = 2, .least = 10, .wanted = 10, .most = 30},
           {.title = "", .rank = 1, .least = 4, .wanted = 4, .gap = 1, .right = true},
           {.title = "DONE", .rank = 3, .least = whole, .right = true},
           {.title = "RATE", .rank = 4, .least = whole, .right = true},
           {.title = "MEAN", .rank = 7, .least = whole, .right = true},
           {.title = "ETA", .rank = 5, .least = whole, .right = true},
           {.title = "REPORTS", .rank = 6, .least = whole, .right = true}}};
}

Cells cells_of(const SessionRow& row, std::size_t key, TimePoint now) {
  const auto fraction = row.fraction(key);
  const auto eta = row.eta(key);
  const std::string_view tone = fraction == 1.0    ? style::green
                                : row.stalled(now) ? style::yellow
                                                   : style::cyan;
  return {{{key_name(key)},
           {.style = tone, .picture = Picture{fraction, !row.open() || row.stalled(now)}},
           {fraction ? format_percent(fraction) : ""},
           {progress_text(row, key)},
           {rate_text(row, key)},
           {mean_text(row, key)},
           {eta ? format_duration(*eta) : ""},
           {format_count(row.info().values.at(key).sequence)}}};
}

void add_values(Details& details, const SessionRow& row, TimePoint now, Looks looks,
                std::size_t step, std::size_t room) {
  std::array<Column, key_column_count> table = columns();
  std::vector<Cells> rows;
  for (const Stage stage :
       {Stage::change_detection, Stage::change_enumeration, Stage::change_application}) {
    for (const Role role : {Role::source, Role::destination}) {
      const std::size_t key = key_index(role, stage);
      if (row.info().values[key].sequence == 0) continue;
      rows.push_back(cells_of(row, key, now));
      widen(table, rows.back());
    }
  }
  if (rows.empty()) return details.fact("", "nothing has been reported");
  fit(table, room);
  Painter titles(looks, room);
  paint_titles(titles, table);
  details.add(titles.line());
  for (const Cells& cells : rows) {
    Painter painter(looks, room);
    paint(painter, table, cells, step);
    details.add(painter.line());
  }
}

}  // namespace

std::vector<Line> detail_lines(const SessionRow& row, WallTime wall, TimePoint now, Looks looks,
                               std::size_t step, std::size_t columns) {
  const SessionInfo& info = row.info();
  const ServiceView& service = *row.service;
  Details details(looks, columns);
  details.fact("session", info.name, style::bold);
  details.fact("service", service.name + ", process " + std::to_string(service.process) +
                              ", Headway " + service.headway_version);
  details.fact("opened", format_time(row.session->opened_at, 0) + ", " +
                             format_duration(age_of(row.session->opened_at, wall)) + " ago");
  if (row.session->closed_at) {
    details.fact("closed", format_time(*row.session->closed_at, 0) + ", " +
                               format_duration(age_of(*row.session->closed_at, wall)) + " ago");
  }
  const Word state = state_of(row, now);
  if (!row.open() || !state.style.empty()) {
    details.fact("state", state.text, state.style);
  } else {
    details.fact("state", "open");
  }
  if (!info.detail.empty()) details.fact("detail", info.detail);
  if (!info.note.empty()) details.fact("note", info.note);
  details.fact("id", std::to_string(info.id.value()));
  details.add({});
  add_values(details, row, now, looks, step, columns);
  return details.take();
}

}  // namespace headway::tools
