// SPDX-License-Identifier: MIT
#include "display/tally.hpp"

#include <algorithm>
#include <tuple>

namespace headway::tools {

namespace {

constexpr std::chrono::seconds stalled_after{3};
// Before that an estimate of the time left is a guess that frightens people.
constexpr std::chrono::seconds eta_after{1};

}  // namespace

std::optional<double> Row::fraction() const {
  std::optional<double> least;
  for (const Measure* measure : {&items, &bytes}) {
    if (!measure->reported) continue;
    const std::optional<double> fraction = measure->fraction();
    if (!fraction) return std::nullopt;
    least = std::min(least.value_or(1.0), *fraction);
  }
  return least;
}

std::optional<RateEstimator::Seconds> Row::eta() const {
  if (!finished() && changed - started < eta_after) return std::nullopt;
  std::optional<RateEstimator::Seconds> longest;
  for (const Measure* measure : {&items, &bytes}) {
    if (!measure->reported) continue;
    const auto eta = measure->rate.eta();
    if (!eta) return std::nullopt;
    longest = std::max(longest.value_or(*eta), *eta);
  }
  return longest;
}

Unit Row::leading_unit() const {
  return stage == Stage::change_application && bytes.reported && bytes.total > 0 ? Unit::bytes
                                                                                 : Unit::items;
}

bool Row::stalled(TimePoint now) const { return !finished() && now - changed > stalled_after; }

void Tally::on_progress(const Update& update) {
  const auto order = [](const Row& row) { return std::tuple(row.stage, row.role); };
  const auto wanted = std::tuple(update.stage, update.role);
  auto row =
      std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return order(r) >= wanted; });
  if (row == rows_.end() || order(*row) != wanted) {
    row = rows_.insert(row, Row{.role = update.role,
                                .stage = update.stage,
                                .items = {},
                                .bytes = {},
                                .started = update.observed,
                                .changed = update.observed});
  }
  Measure& measure = update.unit == Unit::bytes ? row->bytes : row->items;
  if (!measure.reported) {
    measure.reported = true;
    measure.rate.sample(row->started, 0, update.total);
  }
  if (measure.completed != update.completed || measure.total != update.total) {
    row->changed = std::max(row->changed, update.observed);
  }
  measure.completed = update.completed;
  measure.total = update.total;
}

void Tally::sample(TimePoint now) {
  for (Row& row : rows_) {
    // A finished row keeps the rate it had, up to the moment it was done.
    const TimePoint at = row.finished() ? row.changed : now;
    if (row.items.reported) row.items.rate.sample(at, row.items.completed, row.items.total);
    if (row.bytes.reported) row.bytes.rate.sample(at, row.bytes.completed, row.bytes.total);
  }
}

const Row* Tally::row(Role role, Stage stage) const {
  const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) {
    return row.role == role && row.stage == stage;
  });
  return found == rows_.end() ? nullptr : &*found;
}

}  // namespace headway::tools
