// SPDX-License-Identifier: MIT
#include "top/session_table.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "display/bar.hpp"
#include "display/escape.hpp"
#include "display/format.hpp"
#include "top/words.hpp"

namespace headway::tools {

namespace {

constexpr std::string_view marker = "> ";
constexpr std::size_t good_bar = 10;
/// With more than that nobody sees more.
constexpr std::size_t widest_bar = 30;

}  // namespace

SessionTable::Cells SessionTable::cells_of(const SessionRow& row, const TableLook& look,
                                           TimePoint now) const {
  Cells cells;
  const SessionInfo& info = row.info();
  if (look.with_service) {
    cells[service].text = escaped(row.service->name, looks_.unicode);
    if (look.with_process) cells[service].text += " " + std::to_string(row.service->process);
  }
  cells[session].text = escaped(info.name, looks_.unicode);
  // Why it failed is worth more than what it did last.
  cells[note] = {escaped(info.detail.empty() ? info.note : info.detail, looks_.unicode),
                 style::dim};
  Word state = state_of(row, now);
  cells[eta] = {std::move(state.text), state.style};
  const auto key = row.leading();
  const auto fraction = key ? row.fraction(*key) : std::nullopt;
  const bool still = !key || !row.open() || row.stalled(now);
  if (live_) {
    cells[progress].style = !state.style.empty() ? state.style
                            : fraction == 1.0    ? style::green
                                                 : style::cyan;
    cells[progress].picture = Picture{fraction, still};
  }
  if (!key) return cells;
  cells[stage].text = key_name(*key);
  if (fraction) {
    cells[percent].text = format_percent(fraction);
  } else if (live_ && !still) {
    cells[percent].text = spinner(look.step, looks_.unicode);
  }
  cells[done].text = progress_text(row, *key);
  cells[rate].text = rate_text(row, *key);
  return cells;
}

std::array<Column, SessionTable::parts> SessionTable::columns() const {
  return {{{.title = "SERVICE", .rank = 6, .least = 8, .gap = 0},
           {.title = "SESSION", .rank = 1, .least = 8},
           {.title = "STAGE", .rank = 4, .least = whole},
           {.title = "PROGRESS",
            .rank = 3,
            .least = good_bar,
            .wanted = live_ ? good_bar : 0,
            .most = live_ ? widest_bar : 0},
           {.title = "", .rank = 0, .least = 4, .wanted = 4, .gap = 1, .right = true},
           {.title = "DONE", .rank = 7, .least = whole, .right = true},
           {.title = "RATE", .rank = 5, .least = whole, .right = true},
           {.title = "ETA", .rank = 2, .least = whole, .right = true},
           {.title = "NOTE", .rank = 8, .least = 8}}};
}

Line SessionTable::line(const Cells& cells, std::span<const Column> columns, bool selected,
                        std::size_t step) const {
  // Colours within the selected row would end its own.
  Looks looks = looks_;
  looks.color = looks_.color && !selected;
  Painter painter(looks, room_);
  if (live_) painter.add(selected ? marker : "  ");
  paint(painter, columns, cells, step);
  if (!selected || !looks_.color) return painter.line();
  painter.up_to(room_);
  return Painter(looks_, room_).add(painter.line().text, style::reverse).line();
}

std::vector<Line> SessionTable::lines(std::span<const SessionRow> rows, const TableLook& look,
                                      TimePoint now, std::size_t columns) {
  std::array<Column, parts> table = this->columns();
  if (std::exchange(room_, columns) == columns) {
    for (std::size_t part = 0; part < parts; ++part) table[part].wanted = wanted_[part];
  }
  if (!look.with_service) table[service].wanted = 0;
  std::vector<Cells> cells;
  cells.reserve(rows.size());
  for (const SessionRow& row : rows) {
    cells.push_back(cells_of(row, look, now));
    widen(table, cells.back());
  }
  // What moves has a rate as soon as it has been seen for long enough: the title does not come and go.
  if (table[done].wanted > 0) {
    table[rate].wanted = std::max(table[rate].wanted, table[rate].title.size());
  }
  for (std::size_t part = 0; part < parts; ++part) wanted_[part] = table[part].wanted;
  const std::size_t before = live_ ? marker.size() : 0;
  const std::size_t room = columns > before ? columns - before : 0;
  fit(table, room);
  if (table[service].width == 0) {
    table[session].gap = 0;
    fit(table, room);
  }

  constexpr std::array<Part, sort_names.size()> sorted = {parts,    service, session,
                                                          progress, rate,    eta};
  Painter titles(looks_, columns);
  titles.blanks(before);
  paint_titles(titles, table,
               look.sorted_by ? std::optional<std::size_t>(
                                    sorted.at(static_cast<std::size_t>(*look.sorted_by)))
                              : std::nullopt);
  std::vector<Line> lines = {titles.line()};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    lines.push_back(line(cells[i], table, look.selected == i, look.step));
  }
  return lines;
}

}  // namespace headway::tools
