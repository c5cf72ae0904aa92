// SPDX-License-Identifier: MIT
//
// What does it matter that a dispatcher sleeps between its ticks? The time of one tick that delivers one report, in
// nanoseconds, not averaged; dispatch is manual, so that nothing of a thread's waking is in it.
//
//   one_tick/at_once        right after another: its code and data are in the processor's caches
//   one_tick/after_sleep    10 ms after another, in which they were not used
//
// The dispatcher's own thread asks for them all at once when it wakes: see core/working_set.hpp.
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include <headway/headway.hpp>

#include "headways.hpp"
#include "percentiles.hpp"
#include "sink.hpp"
#include "standing_cost.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int ticks = 300;

void one_tick(benchmark::State& state, std::chrono::milliseconds pause) {
  Sink sink;
  headway::Bus bus({.dispatch = headway::Dispatch::manual});
  const headway::Subscription subscription = bus.subscribe(
      [&sink](const headway::Update& update) {
        sink.on_progress(update.completed, update.total, update.sequence);
      },
      {.interval = 1ns});
  headway::Session session = bus.open_session("bench");
  headway::Reporter reporter = session.reporter({.ring_capacity = 0});
  std::vector<std::int64_t> took;
  for (auto _ : state) {
    took.clear();
    for (std::uint64_t n = 1; n <= ticks; ++n) {
      reporter.report(role, stage, n, ticks);
      if (pause != 0ms) std::this_thread::sleep_for(pause);
      const auto begun = Clock::now();
      bus.poll();
      took.push_back((Clock::now() - begun).count());
    }
    if (sink.last() != ticks) state.SkipWithError("a report did not arrive");
  }
  count_percentiles(state, took);
}

}  // namespace

void register_one_tick() {
  benchmark::RegisterBenchmark("one_tick/at_once", one_tick, 0ms)->Iterations(1);
  benchmark::RegisterBenchmark("one_tick/after_sleep", one_tick, 10ms)->Iterations(1);
}

}  // namespace bench
