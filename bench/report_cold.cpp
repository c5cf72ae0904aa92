// SPDX-License-Identifier: MIT
//
//   cold/headway_cold_awake   the first reports of 1024 reporters after a quiet time: each marks its lane;
//                             the dispatcher ticks for another session, so that nobody has to be woken
//   cold/headway_cold_parked  the first report on each of 16 buses after a quiet time: each marks its lane
//                             and wakes a dispatcher that is parked
//   cold/two_stores, cold/fetch_add       floors of the first: 1024 places after a quiet time
//   cold/futex_wake                       floor of the second: a store, and a raw wake of a sleeping thread
//   cold/mutex_condition_variable         peer of the second: a push under a mutex, and notify_one
//
// `_folding` has no ring; the others have the default options. The waiting is not timed.
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "futex.hpp"
#include "headways.hpp"
#include "report_cost.hpp"
#include "sink.hpp"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t many = 1024;
constexpr std::size_t sleepers = 16;
constexpr milliseconds quiet{25};

/// Calls work(i) for each i, and times it.
template <class Work>
void time_batch(benchmark::State& state, std::size_t count, Work work) {
  const auto before = Clock::now();
  for (std::size_t i = 0; i < count; ++i) work(i);
  const std::chrono::duration<double> spent = Clock::now() - before;
  state.SetIterationTime(spent.count());
}

template <std::size_t ring_capacity>
void awake(benchmark::State& state) {
  constexpr headway::ReporterOptions options{.ring_capacity = ring_capacity};
  Sink sink;
  headway::Bus bus;
  headway::Session ticking = bus.open_session("ticking");
  headway::Session session = bus.open_session("cold", {.merge = headway::Merge::sum});
  const headway::Subscription subscription = bus.subscribe(
      [&sink, id = session.id()](const headway::Update& update) {
        if (update.session == id) sink.on_progress(update.completed, 1, update.sequence);
      },
      {.interval = display_interval});
  headway::Reporter other = ticking.reporter();
  std::vector<headway::Reporter> reporters;
  for (std::size_t i = 0; i < many; ++i) reporters.push_back(session.reporter(options));
  std::uint64_t round = 0;
  std::uint64_t ticks = 0;
  while (state.KeepRunningBatch(many)) {
    do {
      other.report(role, stage, ++ticks, whole);
      std::this_thread::sleep_for(milliseconds(1));
    } while (bus.statistics().hot_lanes != 1 || ticks < 2);
    ++round;
    time_batch(state, many, [&](std::size_t i) { reporters[i].report(role, stage, round, whole); });
    // Taken, and hot, before they may cool again.
    static_cast<void>(bus.flush(std::chrono::seconds(10)));
  }
  check(state, sink, round * many, true);
}

struct alignas(apart) Place {
  std::atomic<std::uint64_t> completed{0};
  std::atomic<std::uint64_t> total{1};
};

template <bool adds>
void atomics(benchmark::State& state) {
  Sink sink;
  std::vector<Place> places(many);
  std::uint64_t round = 0;
  {
    const Paced poller(display_interval, [&] {
      std::uint64_t completed = 0;
      for (const Place& place : places)
        completed += place.completed.load(std::memory_order_relaxed);
      sink.on_progress(completed, whole, completed);
    });
    while (state.KeepRunningBatch(many)) {
      std::this_thread::sleep_for(quiet);
      ++round;
      time_batch(state, many, [&](std::size_t i) {
        if constexpr (adds) {
          places[i].completed.fetch_add(1, std::memory_order_relaxed);
        } else {
          places[i].completed.store(round, std::memory_order_relaxed);
          places[i].total.store(whole, std::memory_order_relaxed);
        }
      });
    }
  }
  check(state, sink, round * many, true);
}

/// What sleeps until it is told; each with a thread of its own.
template <class Sleeper>
void parked(benchmark::State& state) {
  std::array<Sink, sleepers> sinks;
  std::uint64_t round = 0;
  {
    std::vector<std::unique_ptr<Sleeper>> all;
    all.reserve(sleepers);
    for (Sink& sink : sinks) all.push_back(std::make_unique<Sleeper>(sink));
    while (state.KeepRunningBatch(sleepers)) {
      for (const auto& sleeper : all) sleeper->until_asleep();
      ++round;
      time_batch(state, sleepers, [&](std::size_t i) { all[i]->report(round, whole); });
      for (const Sink& sink : sinks) {
        while (sink.delivered() != round) std::this_thread::sleep_for(milliseconds(1));
      }
    }
  }
  for (const Sink& sink : sinks) check(state, sink, round, true);
}

template <std::size_t ring_capacity>
class ParkedBus : public OwnReporter<ring_capacity> {
 public:
  explicit ParkedBus(Sink& sink) : OwnReporter<ring_capacity>(sink, milliseconds(1)) {}
  void until_asleep() {
    while (this->bus().statistics().hot_lanes != 0) std::this_thread::sleep_for(milliseconds(1));
    // The lane is left in the dispatcher's last tick, which may still be under way.
    const auto ticks = [this] { return this->bus().statistics().ticks; };
    for (auto seen = ~std::uint64_t{0}; seen != ticks();) {
      seen = ticks();
      std::this_thread::sleep_for(milliseconds(2));
    }
  }
};

class ConditionVariable {
 public:
  explicit ConditionVariable(Sink& sink) : sink_(sink) {}
  ConditionVariable(const ConditionVariable&) = delete;
  ConditionVariable& operator=(const ConditionVariable&) = delete;
  ~ConditionVariable() { put(0); }
  void until_asleep() { std::this_thread::sleep_for(quiet / sleepers); }
  void report(std::uint64_t completed, std::uint64_t) { put(completed); }

 private:
  void put(std::uint64_t completed) {
    {
      const std::lock_guard lock(mutex_);
      values_.push_back(completed);
    }
    told_.notify_one();
  }
  void run() {
    std::vector<std::uint64_t> taken;
    for (;;) {
      std::unique_lock lock(mutex_);
      told_.wait(lock, [this] { return !values_.empty(); });
      taken.swap(values_);
      lock.unlock();
      for (const std::uint64_t value : taken) {
        if (value == 0) return;
        sink_.on_progress(value, whole, value);
      }
      taken.clear();
    }
  }
  Sink& sink_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<std::uint64_t> values_;
  std::jthread thread_{[this] { run(); }};
};

/// Sleeps on the value itself.
class FutexWake {
 public:
  explicit FutexWake(Sink& sink) : sink_(sink) {}
  FutexWake(const FutexWake&) = delete;
  FutexWake& operator=(const FutexWake&) = delete;
  ~FutexWake() { put(last); }
  void until_asleep() { std::this_thread::sleep_for(quiet / sleepers); }
  void report(std::uint64_t completed, std::uint64_t) {
    put(static_cast<std::uint32_t>(completed));
  }

 private:
  static constexpr std::uint32_t last = ~std::uint32_t{0};
  void put(std::uint32_t value) {
    value_.store(value, std::memory_order_release);
    futex_wake(value_);
  }
  void run() {
    for (std::uint32_t seen = 0;;) {
      const std::uint32_t now = value_.load(std::memory_order_acquire);
      if (now == last) return;
      if (now == seen) {
        futex_wait(value_, seen);
      } else {
        sink_.on_progress(now, whole, now);
        seen = now;
      }
    }
  }
  Sink& sink_;
  std::atomic<std::uint32_t> value_{0};
  std::jthread thread_{[this] { run(); }};
};

void add(const std::string& name, void (*run)(benchmark::State&), std::size_t iterations) {
  benchmark::RegisterBenchmark(("cold/" + name).c_str(), run)
      ->UseManualTime()
      ->Iterations(static_cast<benchmark::IterationCount>(iterations));
}

}  // namespace

void register_cold() {
  constexpr std::size_t rounds = 10;
  add("two_stores", atomics<false>, rounds * many);
  add("fetch_add", atomics<true>, rounds * many);
  add(headway_named("cold_awake"), awake<64>, rounds * many);
  add(headway_named("cold_awake_folding"), awake<0>, rounds * many);
  add(headway_named("cold_parked"), parked<ParkedBus<64>>, rounds * sleepers);
  add(headway_named("cold_parked_folding"), parked<ParkedBus<0>>, rounds * sleepers);
  add("mutex_condition_variable", parked<ConditionVariable>, rounds * sleepers);
  add("futex_wake", parked<FutexWake>, rounds * sleepers);
}

}  // namespace bench
