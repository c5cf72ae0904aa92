// SPDX-License-Identifier: MIT
//
// What does it cost to be busy? The CPU time of the thread that calls the sink every 10 ms, while one provider reports
// at a rate: cpu_percent (of one core), cpu_us_per_s, wakeups_per_s; reports_per_s is the rate that was kept.
//
//   busy/<contender>/rate:<reports per second, or max>
//
//   headway_folding, headway_default    a reporter without a ring, one with the default ring
//   two_stores                          a thread that polls two atomics
//   sleep_loop                          the floor: an empty loop that sleeps 10 ms, beside the same provider
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>

#include "floors.hpp"
#include "headways.hpp"
#include "load.hpp"
#include "standing_cost.hpp"
#include "task.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t total = std::uint64_t{1} << 40;
constexpr std::uint64_t as_fast_as_possible = 0;
constexpr auto warm_up = 100ms;

/// What a subscription every 10 ms cannot cost less than. It delivers the last value when it is stopped.
class SleepLoop {
 public:
  explicit SleepLoop(Sink& sink)
      : sink_(sink), loop_(display_interval, [this] {
          if (loops_++ == 0) sink_.on_progress(1, total, 0);
        }) {}
  void report(std::uint64_t completed, std::uint64_t) noexcept {
    completed_.store(completed, std::memory_order_relaxed);
  }
  void settle() {}
  void stop() {
    loop_.stop();
    sink_.on_progress(completed_.load(std::memory_order_relaxed), total, 0);
  }

 private:
  Sink& sink_;
  alignas(apart) std::atomic<std::uint64_t> completed_{0};
  alignas(apart) std::uint64_t loops_ = 0;
  Paced loop_;
};

template <class Contender>
class Provider {
 public:
  /// A provider looks at the clock every 10 us, or once in 1024 reports if it need not wait.
  Provider(Contender& contender, std::uint64_t rate)
      : contender_(contender),
        batch_(rate == as_fast_as_possible ? 1024 : std::max<std::uint64_t>(rate / 100'000, 1)),
        pause_ns_(rate == as_fast_as_possible
                      ? 0
                      : static_cast<std::int64_t>(batch_ * 1'000'000'000 / rate)) {}

  void report_for(std::chrono::nanoseconds span) {
    const std::int64_t begun = now_ns();
    std::int64_t due = begun;
    for (std::int64_t now = begun; now - begun < span.count(); now = now_ns()) {
      if (now < due) continue;
      due += pause_ns_;
      for (std::uint64_t i = 0; i < batch_; ++i) contender_.report(++reports_, total);
    }
  }
  [[nodiscard]] std::uint64_t reports() const noexcept { return reports_; }

 private:
  Contender& contender_;
  std::uint64_t batch_;
  std::int64_t pause_ns_;
  std::uint64_t reports_ = 0;
};

template <class Contender>
void busy(benchmark::State& state, std::uint64_t rate, std::chrono::seconds span) {
  TaskSink sink;
  std::uint64_t reports = 0;
  {
    Contender contender(sink);
    Provider provider(contender, rate);
    provider.report_for(warm_up);
    while (sink.delivered() == 0) std::this_thread::sleep_for(1ms);
    for (auto _ : state) {
      const Task& task = sink.caller();
      const std::uint64_t before = provider.reports();
      const auto cpu = task.cpu_time();
      const std::uint64_t switches = task.context_switches();
      provider.report_for(span);
      const auto seconds = static_cast<double>(span.count());
      const double used = std::chrono::duration<double>(task.cpu_time() - cpu).count() / seconds;
      state.counters["cpu_percent"] = 100 * used;
      state.counters["cpu_us_per_s"] = 1e6 * used;
      state.counters["wakeups_per_s"] =
          static_cast<double>(task.context_switches() - switches) / seconds;
      state.counters["reports_per_s"] = static_cast<double>(provider.reports() - before) / seconds;
      state.SetIterationTime(seconds);
    }
    contender.settle();
    contender.stop();
    reports = provider.reports();
  }
  if (sink.last() != reports) state.SkipWithError("the last value was not delivered");
  if (!sink.ordered()) state.SkipWithError("values were delivered out of order");
}

template <class Contender>
void add(const char* name, std::uint64_t rate, std::chrono::seconds span) {
  const std::string title = std::string("busy/") + name +
                            "/rate:" + (rate == as_fast_as_possible ? "max" : std::to_string(rate));
  benchmark::RegisterBenchmark(title.c_str(), busy<Contender>, rate, span)
      ->UseManualTime()
      ->Iterations(1);
}

}  // namespace

void register_busy(std::chrono::seconds span) {
  constexpr std::uint64_t rates[] = {1'000, 100'000, 1'000'000, 10'000'000, as_fast_as_possible};
  for (const std::uint64_t rate : rates) {
    add<OwnReporter<0>>("headway_folding", rate, span);
    add<OwnReporter<64>>("headway_default", rate, span);
    add<TwoStores>("two_stores", rate, span);
    add<SleepLoop>("sleep_loop", rate, span);
  }
}

}  // namespace bench
