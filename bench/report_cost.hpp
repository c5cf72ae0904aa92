// SPDX-License-Identifier: MIT
//
// The parts of report_cost, and what they have in common.
#pragma once

#include <cstdint>
#include <memory>

#include <benchmark/benchmark.h>

#include "sink.hpp"

namespace bench {

/// `counts`: the contender promises that no report is missing from the count. (It may have made one of its
/// own, as to set the total.)
inline void check(benchmark::State& state, const Sink& sink, std::uint64_t reports, bool counts) {
  if (sink.last() != reports) state.SkipWithError("the last value was not delivered");
  if (!sink.ordered()) state.SkipWithError("values were delivered out of order");
  if (counts && sink.count() < reports) state.SkipWithError("reports were not accounted for");
}

/// What the loop reports to: the contender, or a handle that a program would keep in a variable of its own, as it
/// would a Counter.
template <class Contender>
decltype(auto) handle_of(Contender& contender) {
  if constexpr (requires { contender.handle(); }) {
    return contender.handle();
  } else {
    return (contender);
  }
}

/// One thread reports without pause.
template <class Contender>
void full_speed(benchmark::State& state) {
  Sink sink;
  std::uint64_t completed = 0;
  {
    const auto contender = std::make_unique<Contender>(sink);
    auto&& handle = handle_of(*contender);
    for (auto _ : state) handle.report(++completed, whole);
    contender->settle();
    contender->stop();
  }
  check(state, sink, completed, Contender::counts);
}

void register_ring_full();
void register_cold();
void register_six_keys();
void register_contended();
void register_one_by_one();

}  // namespace bench
