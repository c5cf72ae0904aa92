// SPDX-License-Identifier: MIT
//
//   contended/<contender>/threads:N  N threads report without pause through one handle
//
// Nanoseconds of the wall clock a report; cpu_ns is the thread's own time. The floor is one relaxed fetch_add
// that all threads contend for. `_advance` counts on, the others report absolute values; `_counter` is a
// SharedCounter. The threads' first reports are not timed. Peers: see scaling, groups shared and
// shared_advance.
#include <cstddef>
#include <string>

#include <benchmark/benchmark.h>

#include "headways.hpp"
#include "producers.hpp"
#include "report_cost.hpp"

namespace bench {
namespace {

template <class Contender>
void add(const std::string& name) {
  for (const std::size_t threads : {1U, 2U, 16U}) {
    const std::string full = "contended/" + name + "/threads:" + std::to_string(threads);
    benchmark::RegisterBenchmark(full.c_str(), report_from_threads<Contender>, threads)
        ->UseManualTime();
  }
}

}  // namespace

void register_contended() {
  add<OneAtomic>("fetch_add");
  add<OneShared<0, Use::report>>(headway_named("shared_folding"));
  add<OneShared<0, Use::counter_report>>(headway_named("shared_folding_counter"));
  add<OneShared<0, Use::advance>>(headway_named("shared_folding_advance"));
  add<OneShared<0, Use::counter_advance>>(headway_named("shared_folding_counter_advance"));
  add<OneShared<64, Use::report>>(headway_named("shared_default"));
  add<OneShared<64, Use::advance>>(headway_named("shared_default_advance"));
}

}  // namespace bench
