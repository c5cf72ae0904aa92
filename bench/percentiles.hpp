// SPDX-License-Identifier: MIT
//
// Percentiles of samples, as counters of a benchmark: p50, p90, p99, p99_9, p99_99 and max, in nanoseconds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>

namespace bench {

/// Reorders the samples. `ns_per_unit`: what one unit of a sample is.
template <class Sample>
void count_percentiles(benchmark::State& state, std::vector<Sample>& samples,
                       double ns_per_unit = 1) {
  if (samples.empty()) return;
  std::ranges::sort(samples);
  const auto at = [&](double share) {
    const auto place = static_cast<std::size_t>(share * static_cast<double>(samples.size()));
    return static_cast<double>(samples[std::min(place, samples.size() - 1)]) * ns_per_unit;
  };
  state.counters["p50"] = at(0.50);
  state.counters["p90"] = at(0.90);
  state.counters["p99"] = at(0.99);
  state.counters["p99_9"] = at(0.999);
  state.counters["p99_99"] = at(0.9999);
  state.counters["max"] = at(1);
}

}  // namespace bench
