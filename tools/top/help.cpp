// SPDX-License-Identifier: MIT
#include "top/help.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "display/escape.hpp"
#include "display/text.hpp"

namespace headway::tools {

namespace {

struct Entry {
  std::string_view keys;
  std::string_view meaning;
};

constexpr std::array help = {
    Entry{"Up  Down", "select a session; also PgUp, PgDn, Home, End"},
    Entry{"Enter", "all that is known of it"},
    Entry{"/  F4", "only sessions with a text in name, note or service"},
    Entry{"Esc", "all sessions again; also leaves a screen or a prompt"},
    Entry{"F6", "choose what to sort by"},
    Entry{"<  >", "sort by what is to the left or to the right of it"},
    Entry{"I", "sort the other way round"},
    Entry{"c", "hide or show closed sessions"},
    Entry{"Space  p  Z", "stop looking, and go on"},
    Entry{"Ctrl-L", "draw the screen again"},
    Entry{"?  h  F1", "this help"},
    Entry{"q  F10  Ctrl-C", "quit"},
    Entry{"", ""},
    Entry{"STAGE", "the latest; where both sides report, the destination's"},
    Entry{"ETA", "at the pace of the last seconds"},
    Entry{"stalled", "nothing has moved for 5 seconds"},
    Entry{"FOLDED", "reports that a newer one of their key replaced"},
    Entry{"DELAY", "the longest wait from a report to its callback, at most"},
    Entry{"LANES", "open reporters; of shared ones, one a thread"}};

constexpr std::array list_keys = {
    Entry{"F1", "Help"},  Entry{"F4", "Filter"},   Entry{"F6", "Sort"}, Entry{"Enter", "Details"},
    Entry{"c", "Closed"}, Entry{"Space", "Pause"}, Entry{"F10", "Quit"}};
constexpr std::array detail_keys = {Entry{"Esc", "Back"}, Entry{"Up/Down", "Other sessions"},
                                    Entry{"Space", "Pause"}};
constexpr std::array help_keys = {Entry{"any key", "Back"}};

std::span<const Entry> keys_of(Screen screen) {
  switch (screen) {
    case Screen::details: return detail_keys;
    case Screen::help: return help_keys;
    case Screen::list: break;
  }
  return list_keys;
}

void paint_filter(Painter& painter, const std::string& filter, bool utf8) {
  painter.add("Filter: ", style::cyan);
  // The end is where one types.
  std::string text = escaped(filter, utf8);
  while (columns_of(text) + 1 > painter.room() && !text.empty()) text.erase(0, 1);
  painter.add(text).add("_", style::reverse);
  painter.add("  Enter: keep  Esc: show all", style::dim);
}

void paint_sort(Painter& painter, const Order& order) {
  painter.add("Sort by:", style::cyan);
  for (std::size_t i = 0; i < sort_names.size(); ++i) {
    const bool chosen = i == static_cast<std::size_t>(order.by);
    const std::string name = sort_names.at(i);
    painter.add(" ").add(chosen ? "[" + name + "]" : name, chosen ? style::reverse : style::none);
  }
  painter.add("  arrows  I  Enter  Esc", style::dim);
}

}  // namespace

std::vector<Line> help_lines(Looks looks, std::size_t columns) {
  constexpr std::size_t indent = 16;
  std::vector<Line> lines;
  for (const Entry& entry : help) {
    Painter painter(looks, columns);
    painter.add(entry.keys, style::cyan).up_to(indent).add(entry.meaning);
    lines.push_back(painter.line());
  }
  return lines;
}

Line bottom_line(const Browser& browser, Looks looks, std::size_t columns) {
  Painter painter(looks, columns);
  if (browser.prompt() == Prompt::filter) {
    paint_filter(painter, browser.filter(), looks.unicode);
  } else if (browser.prompt() == Prompt::sort) {
    paint_sort(painter, browser.order());
  } else {
    for (const Entry& entry : keys_of(browser.screen())) {
      if (entry.keys.size() + entry.meaning.size() + 3 > painter.room()) break;
      painter.add(entry.keys, style::reverse).add(" ").add(entry.meaning).add("  ");
    }
  }
  return painter.line();
}

}  // namespace headway::tools
