// SPDX-License-Identifier: MIT
//
// Audit: what was found wrong, by law. All of it is counted; of each law the first few are kept in full.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

namespace headway::soak {

class Audit {
 public:
  static constexpr std::size_t laws = 14;

  void complain(std::size_t law, const std::string& what) {
    const std::scoped_lock lock(mutex_);
    Findings& found = findings_.at(law);
    if (++found.count <= kept) found.first.push_back(what);
  }

  [[nodiscard]] std::uint64_t total() const {
    const std::scoped_lock lock(mutex_);
    std::uint64_t sum = 0;
    for (const Findings& found : findings_) sum += found.count;
    return sum;
  }

  void print(std::uint64_t seed) const {
    const std::scoped_lock lock(mutex_);
    for (std::size_t law = 0; law < findings_.size(); ++law) {
      if (always_shown(law) || findings_[law].count != 0) {
        std::printf("%-28s %14llu\n", name_of(law).c_str(),
                    static_cast<unsigned long long>(findings_[law].count));
      }
      for (const std::string& what : findings_[law].first)
        std::printf("  seed %llu: %s\n", static_cast<unsigned long long>(seed), what.c_str());
    }
  }

 private:
  static constexpr std::uint64_t kept = 5;
  struct Findings {
    std::uint64_t count = 0;
    std::vector<std::string> first;
  };

  [[nodiscard]] static bool always_shown(std::size_t law) {
    return law == 3 || law == 4 || law == 5 || law == 10;
  }
  [[nodiscard]] static std::string name_of(std::size_t law) {
    return law == 0 ? "resources: violations" : "law " + std::to_string(law) + ": violations";
  }

  mutable std::mutex mutex_;
  /// By law; 0: what no law names, such as memory that grows.
  std::array<Findings, laws + 1> findings_{};
};

}  // namespace headway::soak
