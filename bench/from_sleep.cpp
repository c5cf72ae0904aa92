// SPDX-License-Identifier: MIT
//
// From report() to callback when the other side is asleep:
//
//   from_sleep/<contender>/load:idle    nothing else runs
//   from_sleep/<contender>/load:busy    one computing thread a core
//
//   headway         default options but for an interval of 1 ms (a lane then cools after 20 ms); the dispatcher is
//                   parked, the lane is cold, and the next delivery is due at once. tick_p50: until its tick began
//   futex           two stores and FUTEX_WAKE to a thread in FUTEX_WAIT, which calls the same sink: the floor
//   futex_after_ticking    the same with a thread that, as the dispatcher does, first sleeps 20 times for 1 ms after
//                   each wake: what a scheduler gives a waking thread depends on how it slept before
//   condition_variable, eventfd    as futex, with those
//   spinning        the same with a thread that never sleeps: a bound that costs a core (load:idle only)
//
// A provider that has been asleep stamps a report, makes it, and goes on working until it has been delivered;
// then all is quiet for the same time for every contender.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <benchmark/benchmark.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <headway/headway.hpp>

#include "futex.hpp"
#include "headways.hpp"
#include "latency.hpp"
#include "load.hpp"
#include "percentiles.hpp"
#include "sink.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t total = std::uint64_t{1} << 63;
/// After this a lane has been cooled; see quiet_before_cooling in the dispatcher.
constexpr auto cooling = 22ms;
/// And after this whoever is about to sleep does.
constexpr auto falling_asleep = 2ms;
constexpr auto too_long = 10s;

class ArrivalSink : public Sink {
 public:
  void on_progress(std::uint64_t completed, std::uint64_t all, std::uint64_t count) override {
    arrived_ = now_ns();
    Sink::on_progress(completed, all, count);
  }
  /// When the callback was entered. Read once delivered() has told of it.
  [[nodiscard]] std::int64_t arrived() const noexcept { return arrived_; }

 private:
  std::int64_t arrived_ = 0;
};

class Headway {
 public:
  explicit Headway(Sink& sink)
      : subscription_(bus_.subscribe(
            [&sink, this](const headway::Update& update) {
              observed_ = update.observed.time_since_epoch().count();
              sink.on_progress(update.completed, update.total, update.sequence);
            },
            {.interval = 1ms})) {}
  void report(std::uint64_t completed, std::uint64_t all) noexcept {
    reporter_.report(role, stage, completed, all);
  }
  [[nodiscard]] bool quiet() const { return bus_.statistics().hot_lanes == 0; }
  /// When the tick that made the last delivery began. Read once the sink has told of it.
  [[nodiscard]] std::int64_t observed() const noexcept { return observed_; }

 private:
  std::int64_t observed_ = 0;
  headway::Bus bus_;
  headway::Session session_ = bus_.open_session("bench");
  headway::Reporter reporter_ = session_.reporter();
  headway::Subscription subscription_;
};

/// Two stores, and a thread that calls the sink when the bell has rung. A bell has ring(), any thread; and
/// wait(), which returns after a ring that came since it last returned.
template <class Bell>
class Woken {
 public:
  explicit Woken(Sink& sink)
      : thread_([&sink, this] {
          for (bell_.wait(); !done_.load(std::memory_order_relaxed); bell_.wait()) {
            sink.on_progress(completed_.load(std::memory_order_relaxed),
                             total_.load(std::memory_order_relaxed), 0);
          }
        }) {}
  Woken(const Woken&) = delete;
  Woken& operator=(const Woken&) = delete;
  ~Woken() {
    done_.store(true, std::memory_order_relaxed);
    bell_.ring();
    thread_.join();
  }
  void report(std::uint64_t completed, std::uint64_t all) {
    completed_.store(completed, std::memory_order_relaxed);
    total_.store(all, std::memory_order_relaxed);
    bell_.ring();
  }
  [[nodiscard]] bool quiet() const {
    if constexpr (requires { bell_.quiet(); }) return bell_.quiet();
    return true;
  }

 private:
  std::atomic<std::uint64_t> completed_{0};
  std::atomic<std::uint64_t> total_{0};
  std::atomic<bool> done_{false};
  Bell bell_;
  std::thread thread_;
};

class FutexBell {
 public:
  void ring() {
    rings_.fetch_add(1, std::memory_order_release);
    futex_wake(rings_);
  }
  void wait() {
    while (rings_.load(std::memory_order_acquire) == heard_) futex_wait(rings_, heard_);
    ++heard_;
  }

 private:
  std::atomic<std::uint32_t> rings_{0};
  std::uint32_t heard_ = 0;
};

class FutexAfterTickingBell {
 public:
  void ring() { bell_.ring(); }
  void wait() {
    if (std::exchange(begun_, true)) tick();
    quiet_.store(true, std::memory_order_relaxed);
    bell_.wait();
    quiet_.store(false, std::memory_order_relaxed);
  }
  [[nodiscard]] bool quiet() const { return quiet_.load(std::memory_order_relaxed); }

 private:
  void tick() {
    constexpr timespec interval = {.tv_sec = 0, .tv_nsec = 1'000'000};
    for (int i = 0; i < 20; ++i) futex_wait(never_rung_, 0, &interval);
  }

  FutexBell bell_;
  bool begun_ = false;
  std::atomic<bool> quiet_{false};
  std::atomic<std::uint32_t> never_rung_{0};
};

class ConditionVariableBell {
 public:
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      rung_ = true;
    }
    condition_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    condition_.wait(lock, [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  bool rung_ = false;
};

class EventfdBell {
 public:
  EventfdBell() = default;
  EventfdBell(const EventfdBell&) = delete;
  EventfdBell& operator=(const EventfdBell&) = delete;
  ~EventfdBell() { close(descriptor_); }
  void ring() { static_cast<void>(eventfd_write(descriptor_, 1)); }
  void wait() {
    eventfd_t rings = 0;
    static_cast<void>(eventfd_read(descriptor_, &rings));
  }

 private:
  int descriptor_ = eventfd(0, EFD_CLOEXEC);
};

class SpinningBell {
 public:
  void ring() { rings_.fetch_add(1, std::memory_order_release); }
  void wait() {
    while (rings_.load(std::memory_order_acquire) == heard_) {
    }
    ++heard_;
  }

 private:
  std::atomic<std::uint32_t> rings_{0};
  std::uint32_t heard_ = 0;
};

/// Reports once and works until that has been delivered; then sleeps until all is quiet. False: it was not.
template <class Contender>
bool report_and_rest(Contender& contender, const Sink& sink, std::int64_t& stamp) {
  stamp = now_ns();
  contender.report(static_cast<std::uint64_t>(stamp), total);
  while (sink.delivered() != static_cast<std::uint64_t>(stamp)) {
    if (now_ns() - stamp > std::chrono::nanoseconds(too_long).count()) return false;
  }
  std::this_thread::sleep_for(cooling);
  while (!contender.quiet()) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(falling_asleep);
  return true;
}

template <class Contender>
void from_sleep(benchmark::State& state, Load load) {
  const Burners burners(load);
  ArrivalSink sink;
  Samples samples;
  Samples until_tick;
  {
    Contender contender(sink);
    std::int64_t stamp = 0;
    bool delivered = report_and_rest(contender, sink, stamp);
    for (auto _ : state) {
      delivered = delivered && report_and_rest(contender, sink, stamp);
      if (!delivered) {
        state.SkipWithError("a report was not delivered");
        break;
      }
      const std::int64_t delay = sink.arrived() - stamp;
      samples.push_back(delay);
      if constexpr (requires { contender.observed(); }) {
        until_tick.push_back(contender.observed() - stamp);
      }
      state.SetIterationTime(static_cast<double>(delay) * 1e-9);
    }
  }
  if (!sink.ordered()) state.SkipWithError("values were delivered out of order");
  count_percentiles(state, samples);
  if (!until_tick.empty()) state.counters["tick_p50"] = median(until_tick);
}

template <class Contender>
void add(const char* name, Load load, std::uint64_t samples) {
  const std::string title = std::string("from_sleep/") + name + "/load:" + name_of(load);
  benchmark::RegisterBenchmark(title.c_str(), from_sleep<Contender>, load)
      ->UseManualTime()
      ->Iterations(static_cast<benchmark::IterationCount>(samples));
}

}  // namespace

void register_from_sleep(std::uint64_t samples) {
  for (const Load load : {Load::idle, Load::busy}) {
    add<Headway>("headway", load, samples);
    add<Woken<FutexBell>>("futex", load, samples);
    add<Woken<FutexAfterTickingBell>>("futex_after_ticking", load, samples);
    add<Woken<ConditionVariableBell>>("condition_variable", load, samples);
    add<Woken<EventfdBell>>("eventfd", load, samples);
  }
  if (std::thread::hardware_concurrency() > 1) {
    add<Woken<SpinningBell>>("spinning", Load::idle, samples);
  }
}

}  // namespace bench
