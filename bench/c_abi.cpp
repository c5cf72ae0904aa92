// SPDX-License-Identifier: MIT
//
// What does a report cost through headway/headway.h, beside the C++ call?
//
//   c_report/    one thread reports without pause, as in report_cost's full_speed; the bus and its subscriber are the
//                same: what differs is the call
//
// The last value and the count are checked at the end. Contenders, each in C++ and, with `_c`, through C:
//
//   headway_folding    a reporter without a ring
//   headway_default    one with the default ring of 64
//   headway_ring_4096  one with a larger ring
//   headway_advance    folding, and the report advances by one
//   headway_shared     a shared reporter without a ring that one thread uses
//
// In a static build a call is a call; with the shared library (-DBUILD_SHARED_LIBS=ON) it goes through the procedure
// linkage table of the program.
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include <benchmark/benchmark.h>

#include <headway/headway.h>

#include "headways.hpp"
#include "report_cost.hpp"
#include "sink.hpp"

namespace bench {
namespace {

void demand(headway_status status) {
  if (status != HEADWAY_OK) throw std::runtime_error(headway_last_error());
}

/// OneBus, through C.
class OneBusOfC {
 public:
  static constexpr bool counts = true;
  explicit OneBusOfC(Sink& sink) {
    demand(headway_bus_create(nullptr, &bus_));
    headway_callbacks callbacks = HEADWAY_CALLBACKS_INIT;
    callbacks.progress = [](void* user, const headway_update* update) {
      static_cast<Sink*>(user)->on_progress(update->completed, update->total, update->sequence);
    };
    headway_subscription_options options = HEADWAY_SUBSCRIPTION_OPTIONS_INIT;
    options.interval_ns = std::chrono::nanoseconds(display_interval).count();
    demand(headway_subscribe(bus_, &callbacks, &sink, &options, &subscription_));
    demand(headway_session_open(bus_, "bench", nullptr, &session_));
  }
  OneBusOfC(const OneBusOfC&) = delete;
  OneBusOfC& operator=(const OneBusOfC&) = delete;
  ~OneBusOfC() {
    headway_subscription_destroy(subscription_);
    headway_session_destroy(session_);
    headway_bus_destroy(bus_);
  }
  void settle() { demand(headway_bus_flush(bus_, HEADWAY_NO_DEADLINE)); }
  void stop() { settle(); }

 protected:
  [[nodiscard]] headway_session* session() const noexcept { return session_; }

 private:
  headway_bus* bus_ = nullptr;
  headway_session* session_ = nullptr;
  headway_subscription* subscription_ = nullptr;
};

constexpr headway_role role_of_c = HEADWAY_ROLE_DESTINATION;
constexpr headway_stage stage_of_c = HEADWAY_STAGE_CHANGE_APPLICATION;

constexpr headway_reporter_options with_ring(std::size_t capacity) {
  return {sizeof(headway_reporter_options),
          capacity == 0 ? HEADWAY_NONE : static_cast<std::uint32_t>(capacity), 0};
}

/// What a program keeps in a variable of its own.
struct HandleOfC {
  headway_reporter* reporter;
  void report(std::uint64_t completed, std::uint64_t total) const noexcept {
    headway_report(reporter, role_of_c, stage_of_c, completed, total);
  }
};
struct AdvancingHandleOfC {
  headway_reporter* reporter;
  void report(std::uint64_t, std::uint64_t) const noexcept {
    headway_advance(reporter, role_of_c, stage_of_c, 1);
  }
};
struct SharedHandleOfC {
  headway_shared_reporter* reporter;
  void report(std::uint64_t completed, std::uint64_t total) const noexcept {
    headway_shared_report(reporter, role_of_c, stage_of_c, completed, total);
  }
};

template <std::size_t ring_capacity, class Handle = HandleOfC>
class ReporterOfC : public OneBusOfC {
 public:
  explicit ReporterOfC(Sink& sink) : OneBusOfC(sink) {
    const headway_reporter_options options = with_ring(ring_capacity);
    demand(headway_reporter_create(session(), &options, &reporter_));
    // For those that only advance.
    demand(headway_add_total(reporter_, role_of_c, stage_of_c, 1));
  }
  ReporterOfC(const ReporterOfC&) = delete;
  ReporterOfC& operator=(const ReporterOfC&) = delete;
  ~ReporterOfC() { headway_reporter_destroy(reporter_); }
  [[nodiscard]] Handle handle() const noexcept { return {reporter_}; }

 private:
  headway_reporter* reporter_ = nullptr;
};

class SharedReporterOfC : public OneBusOfC {
 public:
  explicit SharedReporterOfC(Sink& sink) : OneBusOfC(sink) {
    const headway_reporter_options options = with_ring(0);
    demand(headway_shared_reporter_create(session(), &options, &reporter_));
  }
  SharedReporterOfC(const SharedReporterOfC&) = delete;
  SharedReporterOfC& operator=(const SharedReporterOfC&) = delete;
  ~SharedReporterOfC() { headway_shared_reporter_destroy(reporter_); }
  [[nodiscard]] SharedHandleOfC handle() const noexcept { return {reporter_}; }

 private:
  headway_shared_reporter* reporter_ = nullptr;
};

/// Advances as headway_advance() does: by the reporter's call, which checks role and stage each time.
class AdvancingReporter : public OneBus {
 public:
  explicit AdvancingReporter(Sink& sink)
      : OneBus(sink), reporter_(session_.reporter({.ring_capacity = 0})) {
    reporter_.add_total(role, stage, 1);
  }
  void report(std::uint64_t, std::uint64_t) noexcept { reporter_.advance(role, stage); }

 private:
  headway::Reporter reporter_;
};

template <class Contender>
void add(const std::string& name) {
  benchmark::RegisterBenchmark(("c_report/" + headway_named(name)).c_str(), full_speed<Contender>);
}

void register_c_report() {
  add<OwnReporter<0>>("folding");
  add<ReporterOfC<0>>("folding_c");
  add<OwnReporter<64>>("default");
  add<ReporterOfC<64>>("default_c");
  add<OwnReporter<4096>>("ring_4096");
  add<ReporterOfC<4096>>("ring_4096_c");
  add<AdvancingReporter>("advance");
  add<ReporterOfC<0, AdvancingHandleOfC>>("advance_c");
  add<Shared<0>>("shared");
  add<SharedReporterOfC>("shared_c");
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
