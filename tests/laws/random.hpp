// SPDX-License-Identifier: MIT
//
// Random: reproducible randomness. HEADWAY_SEED sets the first seed; tests print the seed they failed with.
//
//   for (std::uint64_t seed : seeds(20)) {
//     SCOPED_TRACE("HEADWAY_SEED=" + std::to_string(seed));
//     Random random(seed);
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

namespace headway::laws {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// Evenly from 0 to below - 1. Precondition: below > 0.
  template <std::unsigned_integral Unsigned>
  Unsigned below(Unsigned below) {
    return static_cast<Unsigned>(engine_() % below);
  }
  std::uint64_t below(int below) { return engine_() % static_cast<std::uint64_t>(below); }
  /// Evenly from low to high, both included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class Container>
  const auto& pick(const Container& from) {
    return from[below(from.size())];
  }
  std::uint64_t bits() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

/// `count` seeds from HEADWAY_SEED on, or from a fixed one: a plain run is the same run every time.
inline std::vector<std::uint64_t> seeds(int count) {
  std::uint64_t first = 1;
  if (const char* set = std::getenv("HEADWAY_SEED")) first = std::strtoull(set, nullptr, 10);
  std::vector<std::uint64_t> all;
  for (int i = 0; i < count; ++i) all.push_back(first + static_cast<std::uint64_t>(i));
  return all;
}

}  // namespace headway::laws
