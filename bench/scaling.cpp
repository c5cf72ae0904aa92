// SPDX-License-Identifier: MIT
//
// How does it scale?
//
//   producers/, shared/, shared_advance/  with the threads that report: see scaling_threads.cpp
//   sessions/, subscribers/, keys/        with what a tick has to do: see scaling_ticks.cpp
#include "scaling.hpp"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
  bench::register_producers();
  bench::register_shared();
  bench::register_ticks();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
