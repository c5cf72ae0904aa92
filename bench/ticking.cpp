// SPDX-License-Identifier: MIT
//
// How long reports wait while the other side ticks:
//
//   ticking/<contender>/interval_us:<N>/load:<idle,busy>
//
// A provider reports every 2 us, so that the lane stays hot. The counters p50 to max are, for each delivery, how long
// the first of the reports that it stands for has waited: from its stamp, taken before report(), to the callback's
// entry. No report of that delivery has waited longer. overshoot_p50, overshoot_p99: those less the interval.
// newest_p50: how old the value that was handed over was. timer_slack_ns: of the thread that called.
//
//   headway           default options; the subscription has the interval
//   sleep_relative    the floor, and what the dispatcher does: a thread that sleeps in FUTEX_WAIT until its last
//                     waking plus the interval, by a relative time-out, then reads two atomics and calls the sink
//   sleep_absolute    the same by an absolute time-out
//   ..._slack_1       the same, by a thread whose timer slack is 1 ns: threads inherit it, the bus's too
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include <headway/headway.hpp>

#include "futex.hpp"
#include "headways.hpp"
#include "latency.hpp"
#include "load.hpp"
#include "percentiles.hpp"
#include "sink.hpp"

namespace bench {
namespace {

constexpr std::uint64_t total = std::uint64_t{1} << 40;
constexpr std::int64_t between_reports = 2'000;
constexpr int deliveries_before_start = 3;
constexpr std::int64_t too_long = 10'000'000'000;

/// When each report was made, by its number. The last million: more than is made between two deliveries.
class Stamps {
 public:
  void note(std::uint64_t report, std::int64_t time) noexcept {
    times_[report % kept].store(time, std::memory_order_relaxed);
  }
  [[nodiscard]] std::int64_t of(std::uint64_t report) const noexcept {
    return times_[report % kept].load(std::memory_order_relaxed);
  }
  static constexpr std::uint64_t kept = std::uint64_t{1} << 20;

 private:
  std::vector<std::atomic<std::int64_t>> times_ = std::vector<std::atomic<std::int64_t>>(kept);
};

/// Values are the reports' numbers. Once started it keeps how long the reports behind each delivery have waited.
class WaitSink : public Sink {
 public:
  explicit WaitSink(std::size_t expected) {
    longest.reserve(2 * expected);
    newest.reserve(2 * expected);
  }
  void on_progress(std::uint64_t completed, std::uint64_t all, std::uint64_t count) override {
    const std::int64_t arrived = now_ns();
    if (started_.load(std::memory_order_relaxed)) {
      const std::int64_t wait = arrived - stamps.of(last() + 1);
      longest.push_back(wait);
      newest.push_back(arrived - stamps.of(completed));
      last_wait_.store(wait, std::memory_order_relaxed);
      overrun_ |= completed - last() > Stamps::kept / 2;
    } else {
      timer_slack = timer_slack_ns();
    }
    Sink::on_progress(completed, all, count);
  }
  void start() noexcept { started_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t last_wait() const noexcept {
    return last_wait_.load(std::memory_order_relaxed);
  }
  /// True if a delivery came too late for its stamps to be known.
  [[nodiscard]] bool overrun() const noexcept { return overrun_; }

  Stamps stamps;
  // To be read when the contender has gone.
  Samples longest;
  Samples newest;
  int timer_slack = 0;

 private:
  std::atomic<bool> started_{false};
  std::atomic<std::int64_t> last_wait_{0};
  bool overrun_ = false;
};

template <int slack_ns>
class Headway {
 public:
  Headway(Sink& sink, std::chrono::nanoseconds interval)
      : subscription_(bus_.subscribe(
            [&sink](const headway::Update& update) {
              sink.on_progress(update.completed, update.total, update.sequence);
            },
            {.interval = interval})) {}
  Headway(const Headway&) = delete;
  Headway& operator=(const Headway&) = delete;
  ~Headway() { static_cast<void>(bus_.flush(std::chrono::seconds(10))); }
  void report(std::uint64_t completed) noexcept { reporter_.report(role, stage, completed, total); }

 private:
  const TimerSlack slack_{slack_ns};
  headway::Bus bus_;
  headway::Session session_ = bus_.open_session("bench");
  headway::Reporter reporter_ = session_.reporter();
  headway::Subscription subscription_;
};

enum class Deadline : std::uint8_t { relative, absolute };

template <Deadline deadline, int slack_ns>
class Sleeping {
 public:
  Sleeping(Sink& sink, std::chrono::nanoseconds interval)
      : thread_([this, &sink, interval] { poll(sink, interval.count()); }) {}
  Sleeping(const Sleeping&) = delete;
  Sleeping& operator=(const Sleeping&) = delete;
  ~Sleeping() {
    done_.store(true, std::memory_order_relaxed);
    thread_.join();
  }
  void report(std::uint64_t completed) noexcept {
    completed_.store(completed, std::memory_order_relaxed);
    total_.store(total, std::memory_order_relaxed);
  }

 private:
  void poll(Sink& sink, std::int64_t interval) {
    std::uint64_t seen = 0;
    std::int64_t woke = now_ns();
    bool last = false;
    while (!last) {
      last = done_.load(std::memory_order_relaxed);
      sleep(woke + interval);
      woke = now_ns();
      const std::uint64_t completed = completed_.load(std::memory_order_relaxed);
      if (completed == seen) continue;
      seen = completed;
      sink.on_progress(completed, total_.load(std::memory_order_relaxed), 0);
    }
  }
  void sleep(std::int64_t until) {
    if constexpr (deadline == Deadline::absolute) {
      futex_wait_until(word_, 0, as_timespec(until));
    } else {
      const timespec left = as_timespec(std::max<std::int64_t>(until - now_ns(), 0));
      futex_wait(word_, 0, &left);
    }
  }

  std::atomic<std::uint64_t> completed_{0};
  std::atomic<std::uint64_t> total_{0};
  std::atomic<bool> done_{false};
  std::atomic<std::uint32_t> word_{0};
  const TimerSlack slack_{slack_ns};
  std::thread thread_;
};

template <class Contender>
class Provider {
 public:
  Provider(Contender& contender, WaitSink& sink) : contender_(contender), sink_(sink) {}

  /// Reports at its pace until there has been a delivery. False: there was none.
  bool report_until_delivery() {
    const std::uint64_t before = sink_.delivered();
    const std::int64_t begun = now_ns();
    while (sink_.delivered() == before) {
      std::int64_t now = now_ns();
      while (now < next_) now = now_ns();
      if (now - begun > too_long) return false;
      next_ = now + between_reports;
      sink_.stamps.note(++reports_, now);
      contender_.report(reports_);
    }
    return true;
  }
  [[nodiscard]] std::uint64_t reports() const noexcept { return reports_; }

 private:
  Contender& contender_;
  WaitSink& sink_;
  std::uint64_t reports_ = 0;
  std::int64_t next_ = 0;
};

template <class Contender>
void ticking(benchmark::State& state, std::chrono::nanoseconds interval, Load load) {
  const Burners burners(load);
  WaitSink sink(static_cast<std::size_t>(state.max_iterations));
  std::uint64_t reports = 0;
  {
    Contender contender(sink, interval);
    Provider provider(contender, sink);
    bool delivered = true;
    for (int i = 0; i < deliveries_before_start; ++i) delivered &= provider.report_until_delivery();
    sink.start();
    for (auto _ : state) {
      delivered = delivered && provider.report_until_delivery();
      if (!delivered) {
        state.SkipWithError("reports were not delivered");
        break;
      }
      state.SetIterationTime(static_cast<double>(sink.last_wait()) * 1e-9);
    }
    reports = provider.reports();
  }
  if (sink.last() != reports) state.SkipWithError("the last value was not delivered");
  if (!sink.ordered()) state.SkipWithError("values were delivered out of order");
  if (sink.overrun()) state.SkipWithError("a delivery came too late to be measured");
  count_percentiles(state, sink.longest);
  const auto planned = static_cast<double>(interval.count());
  state.counters["overshoot_p50"] = state.counters["p50"] - planned;
  state.counters["overshoot_p99"] = state.counters["p99"] - planned;
  state.counters["newest_p50"] = median(sink.newest);
  state.counters["timer_slack_ns"] = sink.timer_slack;
}

struct Case {
  std::chrono::microseconds interval;
  std::uint64_t deliveries;
};

template <class Contender>
void add(const char* name, const Case& given, Load load) {
  const std::string title = std::string("ticking/") + name +
                            "/interval_us:" + std::to_string(given.interval.count()) +
                            "/load:" + name_of(load);
  benchmark::RegisterBenchmark(title.c_str(), ticking<Contender>, given.interval, load)
      ->UseManualTime()
      ->Iterations(static_cast<benchmark::IterationCount>(given.deliveries));
}

}  // namespace

void register_ticking(std::uint64_t samples) {
  using std::chrono::microseconds;
  // Some two seconds each by default: long intervals cannot have as many deliveries.
  const Case cases[] = {{microseconds(100), 10 * samples},
                        {microseconds(1'000), 5 * samples},
                        {microseconds(10'000), samples},
                        {microseconds(100'000), std::max<std::uint64_t>(samples / 10, 20)}};
  for (const Load load : {Load::idle, Load::busy}) {
    for (const Case& given : cases) {
      add<Headway<0>>("headway", given, load);
      add<Headway<1>>("headway_slack_1", given, load);
      add<Sleeping<Deadline::relative, 0>>("sleep_relative", given, load);
      add<Sleeping<Deadline::relative, 1>>("sleep_relative_slack_1", given, load);
      add<Sleeping<Deadline::absolute, 0>>("sleep_absolute", given, load);
      add<Sleeping<Deadline::absolute, 1>>("sleep_absolute_slack_1", given, load);
    }
  }
}

}  // namespace bench
