// SPDX-License-Identifier: MIT
//
//   six_keys/  one thread reports without pause on six keys in turn: nanoseconds of each report
//
// As full_speed otherwise. Each key has its own sink, and each key's last value is checked.
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
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

constexpr std::size_t keys = headway::keys_per_session;

struct SixSinks {
  std::array<Sink, keys> of;
  /// The last of the six in a turn.
  [[nodiscard]] std::uint64_t delivered() const noexcept { return of.back().delivered(); }
};

void deliver(SixSinks& sinks, const Item& item, std::uint64_t) {
  sinks.of[item.role * 3U + item.stage].on_progress(item.completed, item.total, item.completed);
}

/// `counts`: fetch_add instead of two stores.
template <bool adds>
class SixAtomics {
 public:
  explicit SixAtomics(SixSinks& sinks) : sinks_(sinks) {}
  template <std::size_t key>
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    if constexpr (adds) {
      places_[key].completed.fetch_add(1, std::memory_order_relaxed);
    } else {
      places_[key].completed.store(completed, std::memory_order_relaxed);
      places_[key].total.store(total, std::memory_order_relaxed);
    }
  }
  void settle() { poller_.stop(); }

 private:
  struct Place {
    std::atomic<std::uint64_t> completed{0};
    std::atomic<std::uint64_t> total{1};
  };
  SixSinks& sinks_;
  alignas(apart) std::array<Place, keys> places_;
  alignas(apart) Paced poller_{
      display_interval, [this] {
        for (std::size_t key = 0; key < keys; ++key) {
          const Place& place = places_[key];
          const auto seen = place.completed.load(std::memory_order_relaxed);
          sinks_.of[key].on_progress(seen, place.total.load(std::memory_order_relaxed), seen);
        }
      }};
};

class SixOnOneBus {
 public:
  explicit SixOnOneBus(SixSinks& sinks)
      : session_(bus_.open_session("bench")),
        subscription_(bus_.subscribe(
            [&sinks](const headway::Update& update) {
              sinks.of[headway::key_index(update.role, update.stage)].on_progress(
                  update.completed, update.total, update.sequence);
            },
            {.interval = display_interval})) {}
  void settle() { static_cast<void>(bus_.flush(std::chrono::seconds(10))); }

 protected:
  headway::Bus bus_;
  headway::Session session_;
  headway::Subscription subscription_;
};

template <std::size_t ring_capacity>
class SixByReporter : public SixOnOneBus {
 public:
  explicit SixByReporter(SixSinks& sinks)
      : SixOnOneBus(sinks), reporter_(session_.reporter({.ring_capacity = ring_capacity})) {}
  template <std::size_t key>
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    reporter_.report(headway::role_of(key), headway::stage_of(key), completed, total);
  }

 private:
  headway::Reporter reporter_;
};

template <std::size_t ring_capacity>
class SixCounters : public SixOnOneBus {
 public:
  explicit SixCounters(SixSinks& sinks)
      : SixOnOneBus(sinks), reporter_(session_.reporter({.ring_capacity = ring_capacity})) {}
  template <std::size_t key>
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    counters_[key].report(completed, total);
  }

 private:
  [[nodiscard]] headway::Counter counter(std::size_t key) {
    return reporter_.at(headway::role_of(key), headway::stage_of(key));
  }
  headway::Reporter reporter_;
  std::array<headway::Counter, keys> counters_{counter(0), counter(1), counter(2),
                                               counter(3), counter(4), counter(5)};
};

template <class Queue>
class SixQueued : public Queued<Queue, SixSinks> {
 public:
  using Queued<Queue, SixSinks>::Queued;
  template <std::size_t key>
  void report(std::uint64_t completed, std::uint64_t total) {
    Queued<Queue, SixSinks>::report(key / 3, key % 3, completed, total);
  }
};

template <class Contender>
void in_turn(benchmark::State& state) {
  constexpr std::uint64_t turns = 256;
  SixSinks sinks;
  std::uint64_t completed = 0;
  {
    const auto contender = std::make_unique<Contender>(sinks);
    while (state.KeepRunningBatch(turns * keys)) {
      for (std::uint64_t i = 0; i < turns; ++i) {
        ++completed;
        contender->template report<0>(completed, whole);
        contender->template report<1>(completed, whole);
        contender->template report<2>(completed, whole);
        contender->template report<3>(completed, whole);
        contender->template report<4>(completed, whole);
        contender->template report<5>(completed, whole);
      }
    }
    contender->settle();
  }
  for (const Sink& sink : sinks.of) check(state, sink, completed, true);
}

template <class Contender>
void add(const std::string& name) {
  benchmark::RegisterBenchmark(("six_keys/" + name).c_str(), in_turn<Contender>);
}

}  // namespace

void register_six_keys() {
  add<SixAtomics<false>>("two_stores");
  add<SixAtomics<true>>("fetch_add");
  add<SixByReporter<0>>(headway_named("folding"));
  add<SixCounters<0>>(headway_named("folding_counter"));
  add<SixByReporter<64>>(headway_named("default"));
  add<SixCounters<64>>(headway_named("default_counter"));
  add<SixByReporter<4096>>(headway_named("ring_4096"));
  add<SixQueued<BoostSpsc>>("boost_spsc_queue");
  add<SixQueued<BoostQueue>>("boost_queue");
  add<SixQueued<MutexVector>>("mutex_vector");
#if defined(HEADWAY_BENCH_READERWRITERQUEUE)
  add<SixQueued<ReaderWriter>>("moodycamel_readerwriter");
#endif
#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
  add<SixQueued<Concurrent>>("moodycamel_concurrent");
#endif
#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
  add<SixQueued<AtomicQueueSpsc>>("atomic_queue_spsc");
#endif
#if defined(HEADWAY_BENCH_TBB)
  add<SixQueued<TbbBounded>>("tbb_bounded");
#endif
}

}  // namespace bench
