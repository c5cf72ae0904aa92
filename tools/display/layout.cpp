// SPDX-License-Identifier: MIT
#include "display/layout.hpp"

#include <algorithm>
#include <utility>

#include "display/bar.hpp"
#include "display/escape.hpp"
#include "display/format.hpp"
#include "display/text.hpp"

namespace headway::tools {

namespace {

constexpr std::string_view dim = "2";
constexpr std::string_view green = "32";
constexpr std::string_view yellow = "33";
constexpr std::string_view cyan = "36";

constexpr std::size_t widest_bar = 40;
constexpr std::size_t good_bar = 10;
constexpr std::size_t smallest_bar = 3;
constexpr std::size_t wide_terminal = 110;
constexpr std::size_t gap = 2;

std::string label_of(const Row& row, bool wide) {
  constexpr std::array words = {"detect", "enumerate", "apply"};
  constexpr std::array short_words = {"detect", "enum", "apply"};
  const auto stage = static_cast<std::size_t>(row.stage);
  if (wide) return std::string(to_string(row.role)) + " " + words.at(stage);
  return std::string(row.role == Role::source ? "src " : "dst ") + short_words.at(stage);
}

}  // namespace

std::string Layout::colored(std::string_view text, std::string_view code) const {
  if (!looks_.color || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

Layout::Cells Layout::cells_of(const Row& row, TimePoint now, std::size_t step, bool wide) const {
  Cells cells;
  const auto fraction = row.fraction();
  const auto set = [&](Column column, std::string text) { cells.text[column] = std::move(text); };
  set(label, label_of(row, wide));
  set(percent, fraction ? format_percent(fraction) : spinner(step, looks_.unicode));
  if (row.items.reported) {
    set(items, format_progress(Unit::items, row.items.completed, row.items.total) +
                   (wide ? " items" : ""));
  }
  // 1.23/1.23 GiB of what was only looked for is no news.
  const std::uint64_t total_bytes = row.finished() ? 0 : row.bytes.total;
  if (row.bytes.reported)
    set(bytes, format_progress(Unit::bytes, row.bytes.completed, total_bytes));
  if (row.stalled(now)) {
    set(rate, "stalled");
    return cells;
  }
  const auto speed = row.finished() ? row.leading().rate.mean() : row.leading().rate.ewma();
  if (speed) set(rate, format_rate(row.leading_unit(), *speed));
  if (row.finished()) {
    const std::chrono::duration<double> taken = row.changed - row.started;
    if (taken.count() >= 0.01) set(eta, "in " + format_elapsed(taken.count()));
  } else if (const auto left = row.eta()) {
    set(eta, "ETA " + format_duration(left->count()));
  }
  return cells;
}

Line Layout::compose(const Row& row, const Cells& cells, TimePoint now, std::size_t step,
                     std::size_t bar_columns) const {
  Line line;
  const auto add = [&](const std::string& plain, std::string_view code, std::size_t space) {
    const std::size_t before = line.columns == 0 ? 0 : space;
    line.text.append(before, ' ').append(code.empty() ? plain : colored(plain, code));
    line.columns += before + columns_of(plain);
  };
  const bool stalled = row.stalled(now);
  const std::string_view tone = row.finished() ? green : stalled ? yellow : cyan;
  if (shown_[label]) add(padded_right(cells.text[label], widths_[label]), {}, 0);
  if (bar_columns > 0) {
    line.text.append(line.columns == 0 ? 0 : 1, ' ');
    line.columns += bar_columns + (line.columns == 0 ? 0 : 1);
    if (const auto fraction = row.fraction()) {
      const Bar parts = bar(*fraction, bar_columns, looks_.unicode);
      line.text += colored(parts.done, tone) + colored(parts.rest, dim);
    } else {
      const Wanderer parts = wanderer(step, bar_columns, looks_.unicode);
      line.text +=
          colored(parts.before, dim) + colored(parts.block, tone) + colored(parts.after, dim);
    }
  }
  if (shown_[percent]) add(padded_left(cells.text[percent], widths_[percent]), {}, 1);
  if (shown_[items]) add(padded_left(cells.text[items], widths_[items]), {}, gap);
  if (shown_[bytes]) add(padded_left(cells.text[bytes], widths_[bytes]), {}, gap);
  if (shown_[rate]) add(padded_left(cells.text[rate], widths_[rate]), stalled ? yellow : dim, gap);
  if (shown_[eta]) add(padded_left(cells.text[eta], widths_[eta]), dim, gap);
  return line;
}

std::vector<Line> Layout::lines(const Tally& tally, TimePoint now, std::size_t step,
                                std::size_t columns) {
  std::vector<Line> lines;
  if (columns < 4) {
    for (const Row& row : tally.rows()) {
      const auto fraction = row.fraction();
      const std::string picture =
          fraction ? level(*fraction, looks_.unicode) : spinner(step, looks_.unicode);
      lines.push_back({colored(picture, row.finished() ? green : cyan), 1});
    }
    return lines;
  }

  const bool wide = columns >= wide_terminal;
  std::vector<Cells> rows;
  std::array<bool, column_count> used{};
  if (std::exchange(wide_, wide) != wide) widths_ = {};  // other words, other widths
  for (const Row& row : tally.rows()) {
    rows.push_back(cells_of(row, now, step, wide));
    for (std::size_t i = 0; i < column_count; ++i) {
      widths_[i] = std::max(widths_[i], columns_of(rows.back().text[i]));
      if (!rows.back().text[i].empty()) used[i] = true;
    }
  }
  widths_[percent] = 4;

  // The enumerators stand in order of importance. Each needs its width and the gap before it; the bar
  // is worth more than any but the first two.
  std::size_t taken = 0;
  shown_ = {};
  for (std::size_t i = 0; i < column_count; ++i) {
    if (!used[i]) continue;
    const std::size_t needed = widths_[i] + (i == percent ? 0 : i == label ? 1 : gap);
    const std::size_t bar_needed = i == percent ? 0 : i == label ? smallest_bar + 1 : good_bar + 1;
    if (taken + needed + bar_needed > columns) continue;
    shown_[i] = true;
    taken += needed;
  }
  const std::size_t room = columns - taken;
  const std::size_t bar_columns = room > smallest_bar ? std::min(widest_bar, room - 1) : 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    lines.push_back(compose(tally.rows()[i], rows[i], now, step, bar_columns));
  }
  return lines;
}

Line Layout::footer(std::string_view note, std::size_t columns) const {
  const std::string text =
      shortened(escaped(note, looks_.unicode), columns, looks_.unicode ? "…" : "~");
  return {colored(text, dim), columns_of(text)};
}

}  // namespace headway::tools
