// SPDX-License-Identifier: MIT
//
// What does a report cost its thread?
//
//   full_speed/  one thread reports without pause; readers and subscribers run every 10 ms, queues are
//                drained every 100 us, and a full queue makes its provider wait
//   with_room/   batches of 1024 reports, each batch into an empty queue or ring (or into what folds); only the
//                reporting is timed; readers, subscribers and consumers run every 100 us
//   ring_full/   see report_full.cpp
//   cold/        see report_cold.cpp
//   six_keys/    see report_six_keys.cpp
//   contended/   see report_contended.cpp
//   one_by_one/  see report_one_by_one.cpp
//
// Each contender delivers to the same kind of callback, and the last value (and the count, where it is
// promised) is checked at the end. Contenders:
//
//   two_stores, fetch_add   floors: atomics that a thread polls
//   four_stores             what it takes at least to store two words that are never seen torn: a sequence lock
//   mutex_function          the synchronous way: a std::function called under a mutex
//   headway_folding...      a Reporter without a ring; _counter and _advance: through a Counter
//   headway_default...      a Reporter with the default options, a ring of 64
//   headway_ring_4096       a Reporter with a larger ring
//   headway_shared_...      a SharedReporter that one thread uses; _counter and _advance: a SharedCounter
//   all others              queues of 65536 records: see queues.hpp
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>

#include "floors.hpp"
#include "headways.hpp"
#include "queues.hpp"
#include "report_cost.hpp"
#include "sink.hpp"

namespace bench {
namespace {

constexpr std::uint64_t batch = 1024;

template <class Contender>
void with_room(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  Sink sink;
  std::uint64_t completed = 0;
  {
    const auto contender = std::make_unique<Contender>(sink, queue_pause);
    auto&& handle = handle_of(*contender);
    while (state.KeepRunningBatch(batch)) {
      const auto before = Clock::now();
      for (std::uint64_t i = 0; i < batch; ++i) handle.report(++completed, whole);
      const std::chrono::duration<double> spent = Clock::now() - before;
      state.SetIterationTime(spent.count());
      while (sink.delivered() != completed) std::this_thread::yield();
    }
    contender->stop();
  }
  check(state, sink, completed, Contender::counts);
}

template <class Contender>
void in_both(const std::string& name) {
  benchmark::RegisterBenchmark(("full_speed/" + name).c_str(), full_speed<Contender>);
  benchmark::RegisterBenchmark(("with_room/" + name).c_str(), with_room<Contender>)
      ->UseManualTime()
      ->Iterations(400 * batch);
}

void register_both() {
  in_both<TwoStores>("two_stores");
  in_both<FourStores>("four_stores");
  in_both<FetchAdd>("fetch_add");
  in_both<MutexFunction>("mutex_function");
  in_both<OwnReporter<0>>(headway_named("folding"));
  in_both<OwnCounter<0>>(headway_named("folding_counter"));
  in_both<Advancing<0>>(headway_named("folding_advance"));
  in_both<OwnReporter<64>>(headway_named("default"));
  in_both<OwnCounter<64>>(headway_named("default_counter"));
  in_both<Advancing<64>>(headway_named("default_advance"));
  in_both<OwnReporter<4096>>(headway_named("ring_4096"));
  in_both<OwnCounter<4096>>(headway_named("ring_4096_counter"));
  in_both<Shared<0>>(headway_named("shared_folding"));
  in_both<SharedCounting<0>>(headway_named("shared_folding_counter"));
  in_both<SharedAdvancing<0>>(headway_named("shared_folding_advance"));
  in_both<Shared<64>>(headway_named("shared_default"));
  in_both<Queued<BoostSpsc>>("boost_spsc_queue");
  in_both<Queued<BoostQueue>>("boost_queue");
  in_both<Queued<MutexVector>>("mutex_vector");
#if defined(HEADWAY_BENCH_READERWRITERQUEUE)
  in_both<Queued<ReaderWriter>>("moodycamel_readerwriter");
#endif
#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
  in_both<Queued<Concurrent>>("moodycamel_concurrent");
#endif
#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
  in_both<Queued<AtomicQueueSpsc>>("atomic_queue_spsc");
#endif
#if defined(HEADWAY_BENCH_TBB)
  in_both<Queued<TbbBounded>>("tbb_bounded");
#endif
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::register_both();
  bench::register_ring_full();
  bench::register_cold();
  bench::register_six_keys();
  bench::register_contended();
  bench::register_one_by_one();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
