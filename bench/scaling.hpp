// SPDX-License-Identifier: MIT
//
// The parts of the program `scaling`.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <benchmark/benchmark.h>

#include "producers.hpp"

namespace bench {

/// <group>/<contender>/threads:N for 1 to 256 threads.
template <class Contender>
void add_threads(const std::string& group, const std::string& contender) {
  for (const std::size_t threads : {1U, 2U, 4U, 16U, 64U, 256U}) {
    const std::string name = group + "/" + contender + "/threads:" + std::to_string(threads);
    benchmark::RegisterBenchmark(name.c_str(), report_from_threads<Contender>, threads)
        ->UseManualTime();
  }
}

/// Times work() alone.
template <class Work>
void time_once(benchmark::State& state, Work work) {
  const auto before = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - before;
  state.SetIterationTime(spent.count());
}

void register_producers();
void register_shared();
void register_ticks();

}  // namespace bench
