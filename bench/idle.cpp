// SPDX-License-Identifier: MIT
//
// What does it cost to be idle? Counters of the thread that calls the sink, over HEADWAY_BENCH_SECONDS:
// wakeups_per_s (context switches), cpu_us_per_s; and ticks, wakeups: how often it has ticked and woken in all.
//
//   idle/headway       100,000 open sessions, 1,000 default reporters that have reported and gone quiet
//   idle/two_stores    a thread that polls two atomics every 10 ms
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include <headway/headway.hpp>

#include "floors.hpp"
#include "headways.hpp"
#include "standing_cost.hpp"
#include "task.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t open_sessions = 100'000;
constexpr std::size_t reporters = 1'000;

class QuietBus {
 public:
  explicit QuietBus(Sink& sink)
      : subscription_(bus_.subscribe(
            [&sink](const headway::Update& update) {
              sink.on_progress(update.completed, update.total, update.sequence);
            },
            {.interval = display_interval})) {
    sessions_.reserve(open_sessions);
    for (std::size_t i = 0; i < open_sessions; ++i) sessions_.push_back(bus_.open_session("bench"));
    reporters_.reserve(reporters);
    for (std::size_t i = 0; i < reporters; ++i) reporters_.push_back(sessions_[i].reporter());
  }
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    for (headway::Reporter& reporter : reporters_) reporter.report(role, stage, completed, total);
  }
  void settle() {
    static_cast<void>(bus_.flush(10s));
    while (bus_.statistics().hot_lanes != 0) std::this_thread::sleep_for(1ms);
  }
  [[nodiscard]] std::uint64_t ticks() const { return bus_.statistics().ticks; }
  [[nodiscard]] std::uint64_t wakeups() const { return bus_.statistics().wakeups; }
  void stop() {}

 private:
  headway::Bus bus_;
  std::vector<headway::Session> sessions_;
  std::vector<headway::Reporter> reporters_;
  headway::Subscription subscription_;
};

template <class Contender>
void idle(benchmark::State& state, std::chrono::seconds span) {
  TaskSink sink;
  {
    Contender contender(sink);
    contender.report(1, 1);
    contender.settle();
    std::this_thread::sleep_for(50ms);
    for (auto _ : state) {
      const Task& task = sink.caller();
      const auto cpu = task.cpu_time();
      const std::uint64_t switches = task.context_switches();
      if constexpr (requires { contender.ticks(); }) {
        state.counters["ticks"] = -static_cast<double>(contender.ticks());
        state.counters["wakeups"] = -static_cast<double>(contender.wakeups());
      }
      std::this_thread::sleep_for(span);
      const auto seconds = static_cast<double>(span.count());
      state.counters["wakeups_per_s"] =
          static_cast<double>(task.context_switches() - switches) / seconds;
      state.counters["cpu_us_per_s"] =
          static_cast<double>((task.cpu_time() - cpu).count()) / 1000 / seconds;
      if constexpr (requires { contender.ticks(); }) {
        state.counters["ticks"] += static_cast<double>(contender.ticks());
        state.counters["wakeups"] += static_cast<double>(contender.wakeups());
      }
      state.SetIterationTime(seconds);
    }
    contender.stop();
  }
  if (sink.last() != 1) state.SkipWithError("the value was not delivered");
}

}  // namespace

void register_idle(std::chrono::seconds span) {
  benchmark::RegisterBenchmark("idle/headway", idle<QuietBus>, span)
      ->UseManualTime()
      ->Iterations(1);
  benchmark::RegisterBenchmark("idle/two_stores", idle<TwoStores>, span)
      ->UseManualTime()
      ->Iterations(1);
}

}  // namespace bench
