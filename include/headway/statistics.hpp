// SPDX-License-Identifier: MIT
//
// Statistics: what the bus has done so far. Always on; none of it costs the providers anything but the
// refused reports, which are counted where they are refused.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace headway {

/// How often something took how long.
struct DurationHistogram {
  using Nanoseconds = std::chrono::nanoseconds;

  /// Upper bounds of the buckets, included; a last bucket has what was longer than all.
  static constexpr std::array<Nanoseconds, 14> bounds = {
      std::chrono::microseconds(1),  std::chrono::microseconds(5),   std::chrono::microseconds(10),
      std::chrono::microseconds(50), std::chrono::microseconds(100), std::chrono::microseconds(500),
      std::chrono::milliseconds(1),  std::chrono::milliseconds(5),   std::chrono::milliseconds(10),
      std::chrono::milliseconds(50), std::chrono::milliseconds(100), std::chrono::milliseconds(500),
      std::chrono::seconds(1),       std::chrono::seconds(10)};

  /// By bucket; not added up.
  std::array<std::uint64_t, bounds.size() + 1> counts{};
  Nanoseconds sum{0};

  [[nodiscard]] std::uint64_t count() const noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  }
  DurationHistogram& operator+=(const DurationHistogram& other) noexcept {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    sum += other.sum;
    return *this;
  }
};

struct SubscriptionStatistics {
  std::uint64_t id = 0;
  std::string name;
  /// Calls of on_batch (or of the function), on_opened and on_closed.
  std::uint64_t callbacks = 0;
  /// Updates handed over.
  std::uint64_t updates = 0;
  std::uint64_t exceptions = 0;
  std::chrono::nanoseconds longest_callback{0};
  DurationHistogram callback_times;
  /// Upper bound of the time from a report to its callback, the longest seen.
  std::chrono::nanoseconds longest_delay{0};
  /// That bound of each delivery.
  DurationHistogram delivery_delays;
  /// Deliveries to this subscription that came more than its interval after the report.
  std::uint64_t late_deliveries = 0;
  /// Late deliveries, to any subscription, that waited for a callback of this one.
  std::uint64_t late_deliveries_caused = 0;
};

struct Statistics {
  /// Reports taken in by the dispatcher. Those still in their lanes are not in it yet.
  std::uint64_t reports = 0;
  /// Updates handed to subscribers.
  std::uint64_t updates = 0;
  /// Reports that were folded into their cell, of `reports`; the others went through a ring.
  std::uint64_t folds = 0;
  /// Refused reports, by Status.
  std::uint64_t refused_invalid = 0;
  std::uint64_t refused_aborted = 0;
  std::uint64_t refused_closed = 0;
  std::uint64_t ticks = 0;
  /// Times the dispatcher woke from sleep, whatever woke it.
  std::uint64_t wakeups = 0;
  std::uint64_t callbacks = 0;
  std::uint64_t callback_exceptions = 0;
  std::chrono::nanoseconds longest_callback{0};
  /// The subscription it belongs to; empty while there was none.
  std::string longest_callback_subscription;
  /// Over all callbacks.
  DurationHistogram callback_times;
  std::uint64_t late_deliveries = 0;
  /// Upper bound of the time from a report to its callback, over all subscriptions.
  std::chrono::nanoseconds longest_delay{0};
  /// That bound of each delivery.
  DurationHistogram delivery_delays;
  /// Lanes in use: one a Reporter, one a thread of a SharedReporter.
  std::size_t lanes = 0;
  /// Lanes that the dispatcher reads every tick.
  std::size_t hot_lanes = 0;
  /// Open sessions.
  std::size_t sessions = 0;
  /// Those that stand now, by id.
  std::vector<SubscriptionStatistics> subscriptions;

  [[nodiscard]] std::uint64_t refused() const noexcept {
    return refused_invalid + refused_aborted + refused_closed;
  }
};

}  // namespace headway
