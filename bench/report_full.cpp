// SPDX-License-Identifier: MIT
//
//   ring_full/  one thread reports without pause into a ring or queue that is full and is not drained
//
// Headway's reports fold then, and the last of them is delivered: the bus is of the manual kind, was polled
// once so that the lane is hot, and is polled again after the timing. A queue can only refuse: the contenders
// named `_refused` try once and lose the report, which the check shows. The floors are never full.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "floors.hpp"
#include "headways.hpp"
#include "queues.hpp"
#include "report_cost.hpp"
#include "sink.hpp"

namespace bench {
namespace {

template <template <std::size_t> class Contender, std::size_t ring_capacity>
void folds(benchmark::State& state) {
  Sink sink;
  Contender<ring_capacity> contender(sink, std::chrono::nanoseconds(1),
                                     headway::BusOptions{.dispatch = headway::Dispatch::manual});
  headway::Bus& bus = contender.bus();
  std::uint64_t completed = 0;
  contender.report(++completed, whole);
  static_cast<void>(bus.poll());
  // A record may take half the room that it is granted.
  for (std::size_t i = 0; i <= 2 * ring_capacity; ++i) contender.report(++completed, whole);
  for (auto _ : state) contender.report(++completed, whole);
  static_cast<void>(bus.poll());
  if (bus.statistics().folds < static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("not all reports folded");
  check(state, sink, completed, true);
}

template <class Queue>
void refused(benchmark::State& state) {
  const auto queue = std::make_unique<Queue>();
  std::uint64_t completed = 0;
  const auto push = [&] { return queue->push({++completed, whole, 1, 1, 2}); };
  while (push()) {
  }
  const std::uint64_t kept = completed - 1;
  for (auto _ : state) benchmark::DoNotOptimize(push());
  Sink sink;
  std::uint64_t count = 0;
  queue->drain([&](const Item& item) { deliver(sink, item, ++count); });
  check(state, sink, kept, true);
}

template <class Queue>
void add_refused(const std::string& name) {
  benchmark::RegisterBenchmark(("ring_full/" + name + "_refused").c_str(), refused<Queue>);
}

void add(const std::string& name, void (*run)(benchmark::State&)) {
  benchmark::RegisterBenchmark(("ring_full/" + name).c_str(), run);
}

}  // namespace

void register_ring_full() {
  add("two_stores", full_speed<TwoStores>);
  add("fetch_add", full_speed<FetchAdd>);
  add(headway_named("default"), folds<OwnReporter, 64>);
  add(headway_named("default_counter"), folds<OwnCounter, 64>);
  add(headway_named("ring_4096"), folds<OwnReporter, 4096>);
  add(headway_named("shared_default"), folds<Shared, 64>);
  add_refused<BoostSpsc>("boost_spsc_queue");
  add_refused<BoostQueue>("boost_queue");
  add_refused<MutexVector>("mutex_vector");
#if defined(HEADWAY_BENCH_READERWRITERQUEUE)
  add_refused<ReaderWriter>("moodycamel_readerwriter");
#endif
#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
  add_refused<Concurrent>("moodycamel_concurrent");
#endif
#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
  add_refused<AtomicQueueSpsc>("atomic_queue_spsc");
#endif
#if defined(HEADWAY_BENCH_TBB)
  add_refused<TbbBounded>("tbb_bounded");
#endif
}

}  // namespace bench
