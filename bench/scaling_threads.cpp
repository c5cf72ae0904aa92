// SPDX-License-Identifier: MIT
//
//   producers/<contender>/threads:N       N threads report without pause, each through a handle of its own
//   shared/<contender>/threads:N          N threads report absolute values through one handle
//   shared_advance/<contender>/threads:N  N threads count on through one handle
//
// Nanoseconds of the wall clock a report, over all threads; cpu_ns is what one costs its thread. Readers and
// subscribers run every 10 ms, queues are drained every 100 us, and a full queue makes its providers wait.
// That everything reported was delivered is checked. Contenders:
//
//   two_stores, fetch_add_own      floors: atomics of each thread's own, in its own cache line
//   fetch_add                      floor: one atomic that all threads add to
//   headway_folding, _default      a Reporter each, without a ring and with the default one; _counter: a
//                                  Counter each. The session sums their shares
//   headway_shared_...             one SharedReporter; _counter: one SharedCounter
//   all others                     one queue of 65536 records; under producers moodycamel's has a token for each
//                                  thread, and it may grow: see queues.hpp
#include <string>

#include "headways.hpp"
#include "producers.hpp"
#include "queues.hpp"
#include "scaling.hpp"

namespace bench {
namespace {

template <bool with_tokens>
void add_queues(const std::string& group) {
  add_threads<QueueOfThreads<BoostQueue, with_tokens>>(group, "boost_queue");
  add_threads<QueueOfThreads<MutexVector, with_tokens>>(group, "mutex_vector");
#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
  add_threads<QueueOfThreads<SizedConcurrentMpsc<queue_capacity>, with_tokens>>(
      group, "moodycamel_concurrent");
#endif
#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
  add_threads<QueueOfThreads<SizedAtomicQueue<queue_capacity, false>, with_tokens>>(group,
                                                                                    "atomic_queue");
#endif
#if defined(HEADWAY_BENCH_TBB)
  add_threads<QueueOfThreads<TbbBounded, with_tokens>>(group, "tbb_bounded");
#endif
}

}  // namespace

void register_producers() {
  const std::string group = "producers";
  add_threads<OwnAtomics<false>>(group, "two_stores");
  add_threads<OwnAtomics<true>>(group, "fetch_add_own");
  add_threads<OneAtomic>(group, "fetch_add");
  add_threads<OwnReporters<0, false>>(group, headway_named("folding"));
  add_threads<OwnReporters<0, true>>(group, headway_named("folding_counter"));
  add_threads<OwnReporters<64, false>>(group, headway_named("default"));
  add_queues<true>(group);
}

void register_shared() {
  std::string group = "shared";
  add_threads<OneAtomic>(group, "fetch_add");
  add_threads<OneShared<0, Use::report>>(group, headway_named("shared_folding"));
  add_threads<OneShared<0, Use::counter_report>>(group, headway_named("shared_folding_counter"));
  add_threads<OneShared<64, Use::report>>(group, headway_named("shared_default"));
  add_queues<false>(group);

  group = "shared_advance";
  add_threads<OneAtomic>(group, "fetch_add");
  add_threads<OneShared<0, Use::advance>>(group, headway_named("shared_folding"));
  add_threads<OneShared<0, Use::counter_advance>>(group, headway_named("shared_folding_counter"));
  add_threads<OneShared<64, Use::advance>>(group, headway_named("shared_default"));
  add_queues<false>(group);
}

}  // namespace bench
