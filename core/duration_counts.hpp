// SPDX-License-Identifier: MIT
//
// DurationCounts: a DurationHistogram that one thread at a time adds to, and any may read.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <headway/statistics.hpp>

namespace headway::detail {

class DurationCounts {
 public:
  void add(std::chrono::nanoseconds duration) noexcept {
    const auto& bounds = DurationHistogram::bounds;
    const auto bucket = std::ranges::lower_bound(bounds, duration) - bounds.begin();
    auto& count = counts_[static_cast<std::size_t>(bucket)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    sum_.store(sum_.load(std::memory_order_relaxed) + duration.count(), std::memory_order_relaxed);
  }

  /// Any thread. Each number is right for itself.
  [[nodiscard]] DurationHistogram read() const noexcept {
    DurationHistogram result;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      result.counts[i] = counts_[i].load(std::memory_order_relaxed);
    }
    result.sum = std::chrono::nanoseconds(sum_.load(std::memory_order_relaxed));
    return result;
  }

 private:
  std::array<std::atomic<std::uint64_t>, DurationHistogram::bounds.size() + 1> counts_{};
  std::atomic<std::int64_t> sum_{0};
};

}  // namespace headway::detail
