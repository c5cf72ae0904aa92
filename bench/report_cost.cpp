// SPDX-License-Identifier: MIT
//
// What does a report cost its thread?
//
//   full_speed/  one thread reports without pause; readers and subscribers run every 10 ms, queues are
//                drained every 100 us, and a full queue makes its provider wait
//   with_room/   batches of 1024 reports, each into an empty queue or ring; only the reporting is timed
//
// Each contender delivers to the same kind of callback, and the last value (and the count, where it is
// promised) is checked at the end.
#include <chrono>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "floors.hpp"
#include "headways.hpp"
#include "queues.hpp"
#include "sink.hpp"

namespace bench {
namespace {

constexpr std::uint64_t total = std::uint64_t{1} << 40;
constexpr std::uint64_t batch = 1024;

void check(benchmark::State& state, const Sink& sink, std::uint64_t reports, bool counts) {
  if (sink.last() != reports) state.SkipWithError("the last value was not delivered");
  if (!sink.ordered()) state.SkipWithError("values were delivered out of order");
  if (counts && sink.count() < reports) state.SkipWithError("reports were not accounted for");
  state.SetItemsProcessed(static_cast<std::int64_t>(reports));
}

template <class Contender>
void full_speed(benchmark::State& state) {
  Sink sink;
  std::uint64_t completed = 0;
  {
    Contender contender(sink);
    for (auto _ : state) contender.report(++completed, total);
    contender.settle();
    contender.stop();
  }
  check(state, sink, completed, Contender::counts);
}

template <class Contender>
void with_room(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  Sink sink;
  std::uint64_t completed = 0;
  {
    Contender contender(sink);
    while (state.KeepRunningBatch(batch)) {
      const auto before = Clock::now();
      for (std::uint64_t i = 0; i < batch; ++i) contender.report(++completed, total);
      const std::chrono::duration<double> spent = Clock::now() - before;
      state.SetIterationTime(spent.count());
      contender.settle();
    }
    contender.stop();
  }
  check(state, sink, completed, Contender::counts);
}

template <class Contender>
void in_both(const char* name) {
  benchmark::RegisterBenchmark((std::string("full_speed/") + name).c_str(), full_speed<Contender>);
  benchmark::RegisterBenchmark((std::string("with_room/") + name).c_str(), with_room<Contender>)
      ->UseManualTime()
      ->Iterations(400 * batch);
}

void register_all() {
  in_both<TwoStores>("two_stores");
  in_both<FetchAdd>("fetch_add");
  in_both<MutexFunction>("mutex_function");
  in_both<OwnReporter<0>>("headway_folding");
  in_both<OwnCounter<0>>("headway_folding_counter");
  in_both<Advancing<0>>("headway_folding_advance");
  in_both<OwnReporter<64>>("headway_default");
  in_both<OwnCounter<64>>("headway_default_counter");
  in_both<OwnReporter<4096>>("headway_ring_4096");
  in_both<Shared<0>>("headway_shared_folding");
  in_both<Shared<64>>("headway_shared_default");
  in_both<Queued<BoostSpsc>>("boost_spsc_queue");
  in_both<Queued<BoostQueue>>("boost_queue");
#if defined(HEADWAY_BENCH_READERWRITERQUEUE)
  in_both<Queued<ReaderWriter>>("moodycamel_readerwriter");
#endif
#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
  in_both<Queued<Concurrent>>("moodycamel_concurrent");
#endif
#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
  in_both<Queued<AtomicQueueSpsc>>("atomic_queue_spsc");
#endif
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
