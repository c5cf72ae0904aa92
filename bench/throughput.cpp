// SPDX-License-Identifier: MIT
//
// How many reports a second, from the first report to the last callback?
//
//   every_record/<contender>/capacity:N  each record has a callback of its own
//   coalescing/<contender>/capacity:N    the consumer calls back with the newest value of what it took, and
//                                        with how many reports there have been
//
// Two threads: one reports without pause, the other calls back. Wall clock from the first report until the
// last value was called back; the first use of each thread is not timed. Order, last value and count are
// checked, and in every_record that each report was called back. callbacks_per_report says how many were.
// capacity:0 stands for no ring. Contenders:
//
//   two_stores, fetch_add      atomics that are polled every 100 us: floors (two_stores has no count)
//   headway_folding            a Reporter without a ring, an interval of 100 us
//   headway_ring               a Reporter with a ring of N; 64 is the default
//   headway_recorded           Delivery::recorded, an interval of 100 us. The provider does not report more
//                              than N records ahead of the callbacks, so that none folds
//   headway_recorded_folding   the same with a provider that never waits: it folds when the ring is full,
//                              and fewer records have a callback; so it stands under coalescing
//   all others                 queues, drained every 100 us; their providers wait while the queue is full
//   ..._busy                   the consumer never sleeps, and yields between two looks (Dispatch::spin)
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include <benchmark/benchmark.h>

#include "floors.hpp"
#include "headways.hpp"
#include "queues.hpp"
#include "sink.hpp"

namespace bench {
namespace {

/// How the consumer waits.
enum class Pace : std::uint8_t { paced, busy };

constexpr std::chrono::nanoseconds pause_of(Pace pace) noexcept {
  return pace == Pace::busy ? without_pause : std::chrono::nanoseconds(queue_pause);
}

class CountingSink final : public Sink {
 public:
  void on_progress(std::uint64_t completed, std::uint64_t total, std::uint64_t count) override {
    ++callbacks_;
    Sink::on_progress(completed, total, count);
  }
  [[nodiscard]] std::uint64_t callbacks() const noexcept { return callbacks_; }

 private:
  std::uint64_t callbacks_ = 0;
};

template <Pace pace>
headway::BusOptions bus_options() {
  return {.dispatch = pace == Pace::busy ? headway::Dispatch::spin : headway::Dispatch::park};
}
/// An interval must not be 0.
constexpr std::chrono::nanoseconds interval_of(Pace pace) noexcept {
  return std::max(pause_of(pace), std::chrono::nanoseconds(1));
}

template <std::size_t ring_capacity, Pace pace>
class Coalescing : public OwnReporter<ring_capacity> {
 public:
  explicit Coalescing(Sink& sink)
      : OwnReporter<ring_capacity>(sink, interval_of(pace), bus_options<pace>()) {}
};

template <class Floor>
class Polled : public Floor {
 public:
  explicit Polled(Sink& sink) : Floor(sink, queue_pause) {}
};

/// `waits`: the provider stays within the ring.
template <std::size_t ring_capacity, Pace pace, bool waits>
class Recorded : private headway::Subscriber {
 public:
  static constexpr bool counts = true;
  explicit Recorded(Sink& sink)
      : sink_(sink),
        bus_(bus_options<pace>()),
        session_(bus_.open_session("bench")),
        subscription_(
            bus_.subscribe(static_cast<headway::Subscriber&>(*this),
                           {.interval = interval_of(pace),
                            .delivery = headway::Delivery::recorded,
                            .queue_capacity = std::max<std::size_t>(ring_capacity, 1024)})),
        reporter_(session_.reporter({.ring_capacity = ring_capacity})) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    if constexpr (waits) {
      if (completed > fits_until_) wait(completed);
    }
    reporter_.report(role, stage, completed, total);
  }
  void stop() { static_cast<void>(subscription_.unsubscribe()); }

 private:
  void on_batch(std::span<const headway::Update> updates) override {
    for (const headway::Update& update : updates) {
      sink_.on_progress(update.completed, update.total, update.sequence);
    }
  }
  void wait(std::uint64_t completed) noexcept {
    for (;;) {
      fits_until_ = sink_.delivered() + ring_capacity;
      if (completed <= fits_until_) return;
      std::this_thread::yield();
    }
  }
  Sink& sink_;
  headway::Bus bus_;
  headway::Session session_;
  headway::Subscription subscription_;
  headway::Reporter reporter_;
  std::uint64_t fits_until_ = 0;
};

/// A consumer that keeps the newest record of what it takes.
struct alignas(apart) Newest {
  Sink& sink;
  Item item{};
  std::uint64_t count = 0;
  bool any = false;
  [[nodiscard]] std::uint64_t delivered() const noexcept { return sink.delivered(); }
};
void deliver(Newest& newest, const Item& item, std::uint64_t count) {
  newest.item = item;
  newest.count = count;
  newest.any = true;
}
void end_of_drain(Newest& newest) {
  if (!std::exchange(newest.any, false)) return;
  newest.sink.on_progress(newest.item.completed, newest.item.total, newest.count);
}

template <class Queue, Pace pace>
class QueuedRecords : public Queued<Queue> {
 public:
  explicit QueuedRecords(Sink& sink) : Queued<Queue>(sink, pause_of(pace)) {}
};

template <class Queue, Pace pace>
class QueuedNewest {
 public:
  static constexpr bool counts = true;
  explicit QueuedNewest(Sink& sink) : newest_{sink} {}
  void report(std::uint64_t completed, std::uint64_t total) { queued_.report(completed, total); }
  void stop() { queued_.stop(); }

 private:
  Newest newest_;
  Queued<Queue, Newest> queued_{newest_, pause_of(pace)};
};

template <class Contender, bool every_record>
void end_to_end(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  CountingSink sink;
  std::uint64_t completed = 0;
  {
    const auto contender = std::make_unique<Contender>(sink);
    const auto until_delivered = [&] {
      while (sink.delivered() != completed) std::this_thread::yield();
    };
    contender->report(++completed, whole);
    until_delivered();
    const auto before = Clock::now();
    for (auto _ : state) contender->report(++completed, whole);
    until_delivered();
    const std::chrono::duration<double> spent = Clock::now() - before;
    state.SetIterationTime(spent.count());
    contender->stop();
  }
  if (!sink.ordered()) state.SkipWithError("values were delivered out of order");
  if (Contender::counts && sink.count() != completed) {
    state.SkipWithError("reports were not accounted for");
  }
  if (every_record && sink.callbacks() != completed) {
    state.SkipWithError("not every report had a callback");
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["callbacks_per_report"] =
      static_cast<double>(sink.callbacks()) / static_cast<double>(completed);
}

template <class Contender, bool every_record>
void add(const std::string& name, std::size_t capacity) {
  const std::string full = std::string(every_record ? "every_record/" : "coalescing/") + name +
                           "/capacity:" + std::to_string(capacity);
  benchmark::RegisterBenchmark(full.c_str(), end_to_end<Contender, every_record>)->UseManualTime();
}

template <class Queue>
void add_records(const std::string& name, std::size_t capacity) {
  add<QueuedRecords<Queue, Pace::paced>, true>(name, capacity);
  add<QueuedRecords<Queue, Pace::busy>, true>(name + "_busy", capacity);
}
template <class Queue>
void add_both(const std::string& name, std::size_t capacity) {
  add_records<Queue>(name, capacity);
  add<QueuedNewest<Queue, Pace::paced>, false>(name, capacity);
  add<QueuedNewest<Queue, Pace::busy>, false>(name + "_busy", capacity);
}

template <std::size_t capacity>
void add_capacity() {
  add<Recorded<capacity, Pace::paced, true>, true>(headway_named("recorded"), capacity);
  add<Recorded<capacity, Pace::busy, true>, true>(headway_named("recorded_busy"), capacity);
  add<Recorded<capacity, Pace::paced, false>, false>(headway_named("recorded_folding"), capacity);
  add<Coalescing<capacity, Pace::paced>, false>(headway_named("ring"), capacity);
  add<Coalescing<capacity, Pace::busy>, false>(headway_named("ring_busy"), capacity);
  add_both<SizedBoostSpsc<capacity>>("boost_spsc_queue", capacity);
  add_both<SizedMutexVector<capacity>>("mutex_vector", capacity);
  add_records<SizedBoostQueue<capacity>>("boost_queue", capacity);
#if defined(HEADWAY_BENCH_READERWRITERQUEUE)
  add_both<SizedReaderWriter<capacity>>("moodycamel_readerwriter", capacity);
#endif
#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
  add_both<SizedConcurrent<capacity>>("moodycamel_concurrent", capacity);
#endif
#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
  add_both<SizedAtomicQueue<capacity, true>>("atomic_queue_spsc", capacity);
#endif
#if defined(HEADWAY_BENCH_TBB)
  add_records<SizedTbbBounded<capacity>>("tbb_bounded", capacity);
#endif
}

void register_all() {
  add<Polled<TwoStores>, false>("two_stores", 0);
  add<Polled<FetchAdd>, false>("fetch_add", 0);
  add<Coalescing<0, Pace::paced>, false>(headway_named("folding"), 0);
  add_capacity<64>();
  add_capacity<256>();
  add_capacity<1024>();
  add_capacity<4096>();
  add_capacity<16384>();
  add_capacity<65536>();
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
