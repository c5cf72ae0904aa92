// SPDX-License-Identifier: MIT
//
// What does a report cost through headway/headway.h, beside the C++ call?
//
//   c_report/   one thread reports in batches to a bus of the manual kind, which is polled between two batches: no
//               other thread runs, and only the thread's CPU time of the reports is taken
//
// The last value and the count are checked at the end. Ways to report:
//
//   folding         a reporter without a ring
//   ring            one with a ring that has room for the batch: each report goes through it
//   shared          a shared reporter without a ring that one thread uses
//   advance         a reporter without a ring, and the report advances by a chunk
//
// each of them by
//
//   headway_..._looped   C++, in a loop that does nothing else: what of the call is the same each time, such as
//                        the check of role and stage and the way to the cell, the compiler does once before it
//   headway_...          C++, where the compiler knows no more of reporter, role, stage and chunk than it does at a
//                        call that stands by itself: what a program pays
//   headway_..._c        C, which is called the same in both
//
// In a static build a call is a call; with the shared library (-DBUILD_SHARED_LIBS=ON) it goes through the program's
// global offset table.
#include <time.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <benchmark/benchmark.h>

#include <headway/headway.h>

#include "floors.hpp"
#include "headways.hpp"
#include "report_cost.hpp"
#include "sink.hpp"

namespace bench {
namespace {

constexpr std::uint64_t batch = 4096;
/// A record may take half the room that it is granted.
constexpr std::uint32_t room = 4 * batch;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class Cpp : public OneBus {
 public:
  explicit Cpp(Sink& sink)
      : OneBus(sink, std::chrono::nanoseconds(1), {.dispatch = headway::Dispatch::manual}) {}
  void poll() { static_cast<void>(bus_.poll()); }
  [[nodiscard]] std::uint64_t folds() const { return bus_.statistics().folds; }
};

void demand(headway_status status) {
  if (status != HEADWAY_OK) throw std::runtime_error(headway_last_error());
}

/// The same through C.
class C {
 public:
  explicit C(Sink& sink) {
    headway_bus_options manual = HEADWAY_BUS_OPTIONS_INIT;
    manual.dispatch = HEADWAY_DISPATCH_MANUAL;
    demand(headway_bus_create(&manual, &bus_));
    headway_callbacks callbacks = HEADWAY_CALLBACKS_INIT;
    callbacks.progress = [](void* user, const headway_update* update) {
      static_cast<Sink*>(user)->on_progress(update->completed, update->total, update->sequence);
    };
    headway_subscription_options options = HEADWAY_SUBSCRIPTION_OPTIONS_INIT;
    options.interval_ns = 1;
    demand(headway_subscribe(bus_, &callbacks, &sink, &options, &subscription_));
    demand(headway_session_open(bus_, "bench", nullptr, &session_));
  }
  C(const C&) = delete;
  C& operator=(const C&) = delete;
  ~C() {
    headway_subscription_destroy(subscription_);
    headway_session_destroy(session_);
    headway_bus_destroy(bus_);
  }
  void poll() { demand(headway_bus_poll(bus_, nullptr)); }
  [[nodiscard]] std::uint64_t folds() const {
    const headway_statistics* statistics = nullptr;
    demand(headway_bus_statistics(bus_, &statistics));
    const std::uint64_t folds = statistics->folds;
    headway_statistics_free(statistics);
    return folds;
  }

 protected:
  headway_bus* bus_ = nullptr;
  headway_session* session_ = nullptr;
  headway_subscription* subscription_ = nullptr;
};

/// Which of the reporting calls is made.
enum class Call { report, advance };
/// So that what was completed is the number of the report.
constexpr std::int64_t chunk = 1;

template <class Reporter, std::uint32_t ring, Call call>
class Looped : public Cpp {
 public:
  explicit Looped(Sink& sink) : Cpp(sink), reporter_(make()) {
    if (call == Call::advance) reporter_.add_total(role, stage, 1);
  }
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    report_as(role, stage, chunk, completed, total);
  }

 protected:
  void report_as(headway::Role as, headway::Stage at, std::int64_t more, std::uint64_t completed,
                 std::uint64_t total) noexcept {
    if constexpr (call == Call::advance) {
      reporter_.advance(as, at, more);
    } else {
      reporter_.report(as, at, completed, total);
    }
  }

 private:
  Reporter make() {
    if constexpr (std::is_same_v<Reporter, headway::SharedReporter>) {
      return session_.shared_reporter({.ring_capacity = ring});
    } else {
      return session_.reporter({.ring_capacity = ring});
    }
  }
  Reporter reporter_;
};

/// Each report stands by itself.
template <class Reporter, std::uint32_t ring, Call call>
class Single : public Looped<Reporter, ring, call> {
 public:
  using Looped<Reporter, ring, call>::Looped;
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    // What is in memory is read again, too.
    benchmark::DoNotOptimize(role_);
    benchmark::DoNotOptimize(stage_);
    if (call == Call::advance) benchmark::DoNotOptimize(chunk_);
    this->report_as(role_, stage_, chunk_, completed, total);
  }

 private:
  headway::Role role_ = role;
  headway::Stage stage_ = stage;
  std::int64_t chunk_ = chunk;
};

template <class Reporter, std::uint32_t ring, Call call>
class ThroughC : public C {
 public:
  explicit ThroughC(Sink& sink) : C(sink) {
    const headway_reporter_options options = {sizeof options, ring == 0 ? HEADWAY_NONE : ring, 0};
    if constexpr (std::is_same_v<Reporter, headway_shared_reporter>) {
      demand(headway_shared_reporter_create(session_, &options, &reporter_));
    } else {
      demand(headway_reporter_create(session_, &options, &reporter_));
      if (call == Call::advance) demand(headway_add_total(reporter_, role_, stage_, 1));
    }
  }
  ThroughC(const ThroughC&) = delete;
  ThroughC& operator=(const ThroughC&) = delete;
  ~ThroughC() {
    if constexpr (std::is_same_v<Reporter, headway_shared_reporter>) {
      headway_shared_reporter_destroy(reporter_);
    } else {
      headway_reporter_destroy(reporter_);
    }
  }
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    benchmark::DoNotOptimize(role_);
    benchmark::DoNotOptimize(stage_);
    if constexpr (call == Call::advance) {
      benchmark::DoNotOptimize(chunk_);
      headway_advance(reporter_, role_, stage_, chunk_);
    } else if constexpr (std::is_same_v<Reporter, headway_shared_reporter>) {
      headway_shared_report(reporter_, role_, stage_, completed, total);
    } else {
      headway_report(reporter_, role_, stage_, completed, total);
    }
  }

 private:
  Reporter* reporter_ = nullptr;
  headway_role role_ = HEADWAY_ROLE_DESTINATION;
  headway_stage stage_ = HEADWAY_STAGE_CHANGE_APPLICATION;
  std::int64_t chunk_ = chunk;
};

template <class Contender, std::uint32_t ring, Call call>
void reports(benchmark::State& state) {
  Sink sink;
  Contender contender(sink);
  // The first report is another matter: it makes the dispatcher read the reporter.
  contender.report(1, whole);
  contender.poll();
  std::uint64_t completed = 1;
  while (state.KeepRunningBatch(batch)) {
    const double before = cpu_seconds();
    for (std::uint64_t i = 0; i < batch; ++i) contender.report(++completed, whole);
    state.SetIterationTime(cpu_seconds() - before);
    contender.poll();
  }
  if (ring != 0 && contender.folds() > batch) state.SkipWithError("not all went through the ring");
  check(state, sink, completed, true);
}

template <class OfCpp, class OfC, std::uint32_t ring = 0, Call call = Call::report>
void add(const std::string& name) {
  const auto one = [&](const char* way, void (*run)(benchmark::State&)) {
    benchmark::RegisterBenchmark(("c_report/" + headway_named(name) + way).c_str(), run)
        ->UseManualTime();
  };
  one("_looped", reports<Looped<OfCpp, ring, call>, ring, call>);
  one("", reports<Single<OfCpp, ring, call>, ring, call>);
  one("_c", reports<ThroughC<OfC, ring, call>, ring, call>);
}

void register_c_report() {
  add<headway::Reporter, headway_reporter>("folding");
  add<headway::Reporter, headway_reporter, room>("ring");
  add<headway::Reporter, headway_reporter, 0, Call::advance>("advance");
  add<headway::SharedReporter, headway_shared_reporter>("shared");
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::register_c_report();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
