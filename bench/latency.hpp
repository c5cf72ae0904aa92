// SPDX-License-Identifier: MIT
//
// The parts of the program `latency`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

/// Single measurements, in nanoseconds.
using Samples = std::vector<std::int64_t>;

/// Reorders the samples.
[[nodiscard]] inline double median(Samples& samples) {
  if (samples.empty()) return 0;
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return static_cast<double>(*middle);
}

/// `samples`: how many deliveries a measurement takes in, more or less.
void register_from_sleep(std::uint64_t samples);
void register_ticking(std::uint64_t samples);

}  // namespace bench
