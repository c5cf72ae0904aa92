// SPDX-License-Identifier: MIT
//
// tick_cost SESSIONS TICKS: what tick_cost.py counts the instructions of. Opens SESSIONS sessions beside one that
// reports. The first 100,000 of them have a reporter that has reported once and gone quiet. Then it calls
// headway_bench_ticks() twice, for TICKS and for twice as many: one report, and one tick that delivers it, each.
//
// Dispatch is manual and the clock stands still between ticks, so that each tick does the same.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string_view>
#include <vector>

#include <headway/headway.hpp>

#include "headways.hpp"
#include "sink.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t total = std::uint64_t{1} << 40;
constexpr std::size_t most_reporters = 100'000;
constexpr auto interval = 1ms;
/// More than a lane needs to cool down.
constexpr std::uint64_t cooling_ticks = 100;

class SteppedBus {
 public:
  explicit SteppedBus(Sink& sink)
      : subscription_(bus_.subscribe(
            [&sink](const headway::Update& update) {
              sink.on_progress(update.completed, update.total, update.sequence);
            },
            // Not the values of the silent ones, which are not in order.
            {.interval = interval, .filter = {.session = active_.id()}})) {}

  void open_silent(std::size_t count) {
    sessions_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) sessions_.push_back(bus_.open_session("bench"));
    reporters_.reserve(std::min(count, most_reporters));
    for (std::size_t i = 0; i < reporters_.capacity(); ++i) {
      reporters_.push_back(sessions_[i].reporter());
      reporters_.back().report(role, stage, 1, total);
    }
    static_cast<void>(bus_.flush(10s));
  }
  void tick() noexcept {
    reporter_.report(role, stage, ++reports_, total);
    now_ += interval;
    bus_.poll();
  }
  [[nodiscard]] std::size_t hot_lanes() const { return bus_.statistics().hot_lanes; }
  [[nodiscard]] std::uint64_t reports() const noexcept { return reports_; }

 private:
  std::chrono::steady_clock::time_point now_{24h};
  headway::Bus bus_{{.dispatch = headway::Dispatch::manual, .clock = [this] { return now_; }}};
  headway::Session active_ = bus_.open_session("bench");
  headway::Reporter reporter_ = active_.reporter();
  std::uint64_t reports_ = 0;
  headway::Subscription subscription_;
  std::vector<headway::Session> sessions_;
  std::vector<headway::Reporter> reporters_;
};

}  // namespace

// Found by this name; nothing of it may move into its caller.
extern "C" [[gnu::noinline, gnu::used]] void headway_bench_ticks(SteppedBus* bus,
                                                                 std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) bus->tick();
}

namespace {

std::optional<std::uint64_t> number(std::string_view text, std::uint64_t least) {
  constexpr std::uint64_t largest = 10'000'000;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < least || value > largest) return std::nullopt;
  return value;
}

int run(std::size_t sessions, std::uint64_t ticks) {
  Sink sink;
  SteppedBus bus(sink);
  bus.open_silent(sessions);
  for (std::uint64_t i = 0; i < cooling_ticks; ++i) bus.tick();
  if (bus.hot_lanes() != 1) {
    std::cerr << "tick_cost: " << bus.hot_lanes() << " lanes are hot; it should be 1\n";
    return 1;
  }
  headway_bench_ticks(&bus, ticks);
  headway_bench_ticks(&bus, 2 * ticks);
  if (sink.last() != bus.reports() || sink.count() != bus.reports() || !sink.ordered()) {
    std::cerr << "tick_cost: the reports were not all delivered, in order\n";
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  if (argc == 3) {
    const auto sessions = bench::number(argv[1], 0);
    const auto ticks = bench::number(argv[2], 1);
    if (sessions && ticks) return bench::run(*sessions, *ticks);
  }
  std::cerr << "usage: tick_cost SESSIONS TICKS\n"
               "SESSIONS from 0 and TICKS from 1, both at most 10000000; see bench/tick_cost.py\n";
  return 2;
}
