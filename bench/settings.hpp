// SPDX-License-Identifier: MIT
//
// Settings: how long to measure, from the environment, since the command line is Google Benchmark's.
//
//   const std::uint64_t samples = setting("HEADWAY_BENCH_SAMPLES", 200);
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace bench {

/// The variable's value, a whole number from 1 to 1,000,000; `otherwise` if it is not set. Ends the program with
/// a message if it is set to something else.
inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return otherwise;
  constexpr std::uint64_t largest = 1'000'000;
  const char* const end = text + std::strlen(text);
  std::uint64_t value = 0;
  const auto [stopped, error] = std::from_chars(text, end, value);
  if (error == std::errc() && stopped == end && value >= 1 && value <= largest) return value;
  std::cerr << name << " is '" << text << "'; it must be a whole number from 1 to " << largest
            << "\n";
  std::exit(2);
}

}  // namespace bench
