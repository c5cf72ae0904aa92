// SPDX-License-Identifier: MIT
#include "top/frame.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include "display/escape.hpp"
#include "display/format.hpp"
#include "top/details.hpp"
#include "top/help.hpp"
#include "top/service_table.hpp"
#include "top/words.hpp"

namespace headway::tools {

namespace {

/// The list is what one came for: services get this part of the screen at most.
constexpr std::size_t service_part = 3;

double sum_of_rates(const Model& model) {
  double sum = 0.0;
  for (const ServiceView& service : model.services())
    sum += model.track(service).reports.ewma().value_or(0.0);
  return sum;
}

}  // namespace

Line Frame::totals(const Model& model, const Browser& browser, std::size_t columns) const {
  const Totals totals = model.totals();
  Painter painter(looks_, columns);
  painter.add("headway top", style::bold);
  if (browser.paused()) painter.add("  ").add(" PAUSED ", style::reverse);
  if (!model.wanted().empty()) {
    painter.add("  of ", style::dim).add(quoted(model.wanted(), looks_.unicode));
  }
  if (!browser.filter().empty()) {
    painter.add("  with ", style::dim).add(quoted(browser.filter(), looks_.unicode), style::yellow);
  }
  std::string text = "  " + counted(model.services().size(), "service") + ", " +
                     format_count(totals.open) + " open, " + format_count(totals.closed) +
                     " closed";
  if (!browser.shows_closed()) text += " (hidden)";
  if (!model.services().empty()) text += ", reports " + rate_text(sum_of_rates(model));
  painter.add(text);
  const Order& order = browser.order();
  const std::string_view direction =
      looks_.unicode ? (order.descending() ? " ▼" : " ▲") : (order.descending() ? " v" : " ^");
  painter.add("  by ", style::dim)
      .add(sort_names.at(static_cast<std::size_t>(order.by)), style::cyan)
      .add(direction, style::cyan);
  return painter.line();
}

std::vector<Line> Frame::nothing(const Model& model, const Browser& browser,
                                 std::size_t columns) const {
  std::vector<std::string> text;
  if (model.services().empty()) {
    text = how_to_be_seen(model.wanted(), looks_.unicode);
    text.emplace_back("It appears here by itself.");
  } else if (!browser.filter().empty()) {
    text = {"No session has " + quoted(browser.filter(), looks_.unicode) +
            " in its name, its note or its service. Esc shows all."};
  } else {
    text = {"No session is open."};
  }
  std::vector<Line> lines;
  lines.reserve(text.size());
  for (const std::string& line : text) {
    lines.push_back(Painter(looks_, columns).add(line).line());
  }
  return lines;
}

std::vector<Line> Frame::list(const Model& model, Browser& browser, Moment moment, std::size_t rows,
                              std::size_t columns) {
  std::vector<Line> lines;
  const std::size_t most_services = rows / service_part;
  if (!model.services().empty() && most_services > 1) {
    lines = service_lines(model, moment.wall, looks_, most_services - 1, columns);
    lines.emplace_back();
  }
  if (browser.rows().empty()) {
    for (const Line& line : nothing(model, browser, columns)) lines.push_back(line);
    return lines;
  }
  page_ = rows > lines.size() + 1 ? rows - lines.size() - 1 : 1;
  const std::size_t first = browser.first_shown(page_);
  const std::span<const SessionRow> all = browser.rows();
  const auto shown = all.subspan(first, std::min(page_, all.size() - first));
  const TableLook look{.selected = browser.selected() - first,
                       .sorted_by = browser.order().by,
                       .with_service = model.services().size() > 1,
                       .with_process = model.has_namesakes(),
                       .step = step_};
  for (Line& line : table_.lines(shown, look, moment.now, columns)) {
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<Line> Frame::lines(const Model& model, Browser& browser, const std::string& problem,
                               Moment moment, Size size) {
  if (!browser.paused()) ++step_;
  std::vector<Line> lines = {totals(model, browser, size.columns)};
  const std::size_t below = problem.empty() ? 1 : 2;
  const std::size_t room = size.rows > below + 1 ? size.rows - below - 1 : 1;
  std::vector<Line> middle;
  switch (browser.screen()) {
    case Screen::list: middle = list(model, browser, moment, room, size.columns); break;
    case Screen::details:
      middle = detail_lines(browser.rows().at(browser.selected()), moment.wall, moment.now, looks_,
                            step_, size.columns);
      break;
    case Screen::help: middle = help_lines(looks_, size.columns); break;
  }
  middle.resize(room);
  lines.insert(lines.end(), middle.begin(), middle.end());
  if (!problem.empty()) {
    Painter painter(looks_, size.columns);
    lines.push_back(painter.add(escaped(problem, looks_.unicode), style::yellow).line());
  }
  lines.push_back(bottom_line(browser, looks_, size.columns));
  lines.resize(size.rows);
  return lines;
}

}  // namespace headway::tools
