// SPDX-License-Identifier: MIT
//
// Numbers on their way to the terminal: any progress at any time makes lines that fit, percentages that do
// not run ahead, and rates and times left that are no nonsense.
#include <cmath>
#include <limits>
#include <optional>

#include <headway/rate.hpp>

#include "display/bar.hpp"
#include "display/format.hpp"
#include "display/layout.hpp"
#include "display/tally.hpp"
#include "display/text.hpp"
#include "tests/fuzz/harmless.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace headway;
using namespace headway::tools;
using headway::fuzz::Input;
using headway::fuzz::is_harmless;

/// Something to read, on one line, in ASCII, of a sensible length.
void check_text(const std::string& text) {
  HOLDS(!text.empty() && text.size() < 100);
  HOLDS(is_harmless(text, false));
  HOLDS(text.find("nan") == std::string::npos && text.find("inf") == std::string::npos);
}

void check_formats(std::uint64_t completed, std::uint64_t total, double number) {
  check_text(format_count(completed));
  check_text(format_bytes(completed));
  for (const Unit unit : {Unit::items, Unit::bytes}) {
    check_text(format_progress(unit, completed, total));
    check_text(format_rate(unit, number));
  }
  check_text(format_duration(number));
  check_text(format_elapsed(number));
  const std::optional<double> fraction = fraction_of(completed, total);
  const std::string percent = format_percent(fraction);
  check_text(percent);
  HOLDS((percent == "?") == (total == 0));
  if (total != 0) HOLDS((percent == "100%") == (completed >= total));
}

void check_bars(double fraction, std::size_t columns, std::size_t step, bool unicode) {
  const Bar shown = bar(fraction, columns, unicode);
  HOLDS(columns_of(shown.done) + columns_of(shown.rest) == columns);
  if (fraction < 1.0 && columns > 0 && !unicode) HOLDS(!shown.rest.empty());
  const Wanderer wandering = wanderer(step, columns, unicode);
  HOLDS(columns_of(wandering.before) + columns_of(wandering.block) + columns_of(wandering.after) ==
        columns);
  HOLDS(columns_of(level(fraction, unicode)) == 1);
  HOLDS(columns_of(spinner(step, unicode)) == 1);
}

void check_estimate(const RateEstimator& rate, std::uint64_t completed, std::uint64_t total) {
  for (const std::optional<double> value : {rate.mean(), rate.ewma()}) {
    if (value) HOLDS(std::isfinite(*value) && *value >= 0.0);
  }
  const std::optional<RateEstimator::Seconds> eta = rate.eta();
  if (eta) HOLDS(total != 0 && eta->count() >= 0.0 && eta->count() < 1e9);
  if (total != 0 && completed >= total) HOLDS(eta && eta->count() == 0.0);
}

void check_lines(Layout& layout, const Tally& tally, TimePoint now, Input& input, bool unicode) {
  const std::size_t columns = 1U + input.number<std::uint8_t>();
  for (const Line& line : layout.lines(tally, now, input.number<std::uint16_t>(), columns)) {
    HOLDS(line.columns <= columns);
    HOLDS(columns_of(line.text) == line.columns);
    HOLDS(is_harmless(line.text, unicode));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const bool unicode = input.flag();
  Layout layout({.unicode = unicode, .color = false});
  Tally tally;
  RateEstimator rate;
  TimePoint now{std::chrono::hours(1)};
  for (int updates = 0; updates < 64 && !input.empty(); ++updates) {
    Update update;
    const std::size_t key = input.number<std::uint8_t>() % keys_per_session;
    update.role = role_of(key);
    update.stage = stage_of(key);
    update.unit = input.flag() ? Unit::bytes : Unit::items;
    update.completed = input.number<std::uint64_t>();
    update.total = input.number<std::uint64_t>();
    now += std::chrono::microseconds(input.number<std::uint32_t>());
    update.observed = now;
    tally.on_progress(update);
    if (input.flag()) tally.sample(now);
    rate.sample(now, update.completed, update.total);
    check_estimate(rate, update.completed, update.total);
    const double number = input.number<double>();
    // The bus and the clock make no others, and no negative rates or times.
    if (std::isfinite(number)) {
      check_formats(update.completed, update.total, std::fabs(number));
      check_bars(number, input.number<std::uint8_t>(), input.number<std::uint16_t>(), unicode);
    }
    check_lines(layout, tally, now, input, unicode);
  }
  return 0;
}
