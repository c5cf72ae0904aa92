// SPDX-License-Identifier: MIT
//
// What does a bus cost beside the reports? Nothing being reported (idle.cpp), much being reported (busy.cpp and
// one_tick.cpp), in memory (memory.cpp), and with subscribers that cannot follow (overload.cpp).
//
// HEADWAY_BENCH_SECONDS sets how long each idle and busy measurement looks (default 2).
#include <chrono>

#include <benchmark/benchmark.h>

#include "settings.hpp"
#include "standing_cost.hpp"

int main(int argc, char** argv) {
  const std::chrono::seconds span(bench::setting("HEADWAY_BENCH_SECONDS", 2));
  bench::register_idle(span);
  bench::register_busy(span);
  bench::register_one_tick();
  bench::register_memory();
  bench::register_overload();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
