// SPDX-License-Identifier: MIT
//
//   one_by_one/  each report timed by itself: counters p50, p90, p99, p99_9, p99_99 and max, in nanoseconds
//
// One thread reports without pause, as in full_speed, and reads the processor's time stamp before and after
// each report. `clock_alone` has no report in between: what the reading itself costs, which is in every
// other figure. The mean that Google Benchmark prints has the bookkeeping in it; the counters are what counts.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "floors.hpp"
#include "headways.hpp"
#include "percentiles.hpp"
#include "queues.hpp"
#include "report_cost.hpp"
#include "sink.hpp"

namespace bench {
namespace {

using Steady = std::chrono::steady_clock;

#if defined(__x86_64__)
/// Nothing of what is timed is moved out of the two readings.
std::uint64_t before() noexcept {
  _mm_lfence();
  const std::uint64_t now = __rdtsc();
  _mm_lfence();
  return now;
}
std::uint64_t after() noexcept {
  unsigned processor = 0;
  const std::uint64_t now = __rdtscp(&processor);
  _mm_lfence();
  return now;
}
#else
std::uint64_t before() noexcept {
  return static_cast<std::uint64_t>(Steady::now().time_since_epoch().count());
}
std::uint64_t after() noexcept { return before(); }
#endif

class ClockAlone {
 public:
  static constexpr bool counts = true;
  explicit ClockAlone(Sink& sink) : sink_(sink) {}
  void report(std::uint64_t completed, std::uint64_t) noexcept { last_ = completed; }
  void settle() { sink_.on_progress(last_, whole, last_); }
  void stop() {}

 private:
  Sink& sink_;
  std::uint64_t last_ = 0;
};

constexpr std::size_t samples_each = std::size_t{1} << 20;

template <class Contender>
void one_by_one(benchmark::State& state) {
  Sink sink;
  std::uint64_t completed = 0;
  std::vector<std::uint32_t> samples(samples_each);
  double ns_per_unit = 1;
  {
    const auto contender = std::make_unique<Contender>(sink);
    const auto start = Steady::now();
    const std::uint64_t first = after();
    for (auto _ : state) {
      const std::uint64_t began = before();
      contender->report(++completed, whole);
      const std::uint64_t took = after() - began;
      samples[completed - 1] =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(took, ~std::uint32_t{0}));
    }
    const std::uint64_t last = after();
    const std::chrono::duration<double, std::nano> spent = Steady::now() - start;
    ns_per_unit = spent.count() / static_cast<double>(last - first);
    contender->settle();
    contender->stop();
  }
  check(state, sink, completed, Contender::counts);
  count_percentiles(state, samples, ns_per_unit);
}

template <class Contender>
void add(const std::string& name) {
  benchmark::RegisterBenchmark(("one_by_one/" + name).c_str(), one_by_one<Contender>)
      ->Iterations(samples_each);
}

}  // namespace

void register_one_by_one() {
  add<ClockAlone>("clock_alone");
  add<TwoStores>("two_stores");
  add<FetchAdd>("fetch_add");
  add<MutexFunction>("mutex_function");
  add<OwnReporter<0>>(headway_named("folding"));
  add<OwnCounter<0>>(headway_named("folding_counter"));
  add<OwnReporter<64>>(headway_named("default"));
  add<OwnReporter<65536>>(headway_named("ring_65536"));
  add<Shared<64>>(headway_named("shared_default"));
  add<Queued<BoostSpsc>>("boost_spsc_queue");
  add<Queued<BoostQueue>>("boost_queue");
  add<Queued<MutexVector>>("mutex_vector");
#if defined(HEADWAY_BENCH_READERWRITERQUEUE)
  add<Queued<ReaderWriter>>("moodycamel_readerwriter");
#endif
#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
  add<Queued<Concurrent>>("moodycamel_concurrent");
#endif
#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
  add<Queued<AtomicQueueSpsc>>("atomic_queue_spsc");
#endif
#if defined(HEADWAY_BENCH_TBB)
  add<Queued<TbbBounded>>("tbb_bounded");
#endif
}

}  // namespace bench
