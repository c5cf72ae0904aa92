// SPDX-License-Identifier: MIT
//
// How long until the callback? From a dispatcher that sleeps (from_sleep.cpp), and from one that ticks
// (ticking.cpp), on an idle machine and on one that has something else to do on every core. Not averaged: the
// counters p50 to max are nanoseconds, and the times that Google Benchmark prints are their means.
//
// HEADWAY_BENCH_SAMPLES sets how many deliveries a measurement of from_sleep takes in (default 200, which is
// 5 seconds each); those of ticking follow from it.
#include <benchmark/benchmark.h>

#include "latency.hpp"
#include "settings.hpp"

int main(int argc, char** argv) {
  const auto samples = bench::setting("HEADWAY_BENCH_SAMPLES", 200);
  bench::register_from_sleep(samples);
  bench::register_ticking(samples);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
