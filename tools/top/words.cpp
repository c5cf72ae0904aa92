// SPDX-License-Identifier: MIT
#include "top/words.hpp"

#include <algorithm>
#include <array>

#include "display/escape.hpp"
#include "display/format.hpp"

namespace headway::tools {

namespace {

std::string_view style_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::completed: return style::green;
    case Outcome::failed: return style::red;
    default: return style::yellow;
  }
}

Unit unit_of(const SessionRow& row, std::size_t key) {
  return row.info().units.at(static_cast<std::size_t>(stage_of(key)));
}

}  // namespace

std::string key_name(std::size_t key) {
  constexpr std::array stages = {"detect", "enum", "apply"};
  return std::string(role_of(key) == Role::source ? "src " : "dst ") +
         stages.at(static_cast<std::size_t>(stage_of(key)));
}

Word state_of(const SessionRow& row, TimePoint now) {
  if (const auto outcome = row.info().outcome) return {to_string(*outcome), style_of(*outcome)};
  if (row.info().canceled) return {"canceling", style::yellow};
  if (row.stalled(now)) return {"stalled", style::yellow};
  const auto key = row.leading();
  const auto eta = key ? row.eta(*key) : std::nullopt;
  return eta ? Word{format_duration(*eta)} : Word{};
}

std::string folded(const ServiceView& service) {
  const std::uint64_t reports = service.statistic(board::Statistic::reports);
  if (reports == 0) return {};
  // Counters are read one after the other: the second may be ahead.
  const std::uint64_t folds = std::min(reports, service.statistic(board::Statistic::folds));
  return format_percent(static_cast<double>(folds) / static_cast<double>(reports));
}

std::string rate_text(std::optional<double> rate) {
  return rate ? format_rate(Unit::items, *rate) : std::string();
}

std::string progress_text(const SessionRow& row, std::size_t key) {
  const LatestValue& value = row.info().values.at(key);
  return format_progress(unit_of(row, key), value.completed, value.total);
}

std::string rate_text(const SessionRow& row, std::size_t key) {
  const auto rate = row.rate(key);
  return rate ? format_rate(unit_of(row, key), *rate) : std::string();
}

std::string mean_text(const SessionRow& row, std::size_t key) {
  const auto mean = row.track->values.at(key).rate.mean();
  return mean ? format_rate(unit_of(row, key), *mean) : std::string();
}

double age_of(WallTime then, WallTime wall) {
  const auto seconds = [](WallTime at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
  };
  return seconds(wall) - seconds(then);
}

std::string counted(std::size_t count, std::string_view noun) {
  return format_count(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::vector<std::string> how_to_be_seen(std::string_view wanted, bool utf8) {
  std::vector<std::string> lines;
  if (wanted.empty()) {
    lines.emplace_back("No running service of yours shows its sessions.");
  } else {
    lines.push_back("No running service that shows its sessions has " + quoted(wanted, utf8) +
                    " in its name, or as its process id.");
  }
  lines.emplace_back(
      "A service does so when it is started with HEADWAY_BOARD=1 in its environment,");
  lines.emplace_back("or makes its bus with BusOptions::board = BoardUse::shown.");
  return lines;
}

}  // namespace headway::tools
