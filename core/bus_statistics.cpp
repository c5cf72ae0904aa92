// SPDX-License-Identifier: MIT
//
// What the bus knows of itself: callbacks that took long, deliveries that came late, and the sums of it all.
#include <utility>
#include <vector>

#include "core/bus_state.hpp"
#include "core/working_set.hpp"

namespace headway::detail {

HEADWAY_TICK_CODE void BusState::note_callback(SubscriptionState& subscription,
                                               std::chrono::nanoseconds took) {
  if (subscription.options.run_on == RunOn::dispatcher) {
    dispatcher_.courier().note_callback(subscription, took);
  }
  if (took.count() <= longest_callback_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(mutex_);
  if (took.count() <= longest_callback_.load(std::memory_order_relaxed)) return;
  longest_callback_.store(took.count(), std::memory_order_relaxed);
  longest_callback_subscription_ = subscription.options.name;
}

void BusState::note_late(SubscriptionState& victim, std::chrono::nanoseconds excess) {
  dispatcher_.courier().blame_for(victim, excess);
}

Statistics BusState::count(const SubscriptionStatistics& standing) const {
  Statistics numbers;
  const auto& counters = dispatcher_.counters;
  numbers.reports = counters.reports.load(std::memory_order_relaxed);
  numbers.folds = counters.folds.load(std::memory_order_relaxed);
  numbers.ticks = counters.ticks.load(std::memory_order_relaxed);
  numbers.wakeups = counters.wakeups.load(std::memory_order_relaxed);
  numbers.hot_lanes = counters.hot_lanes.load(std::memory_order_relaxed);
  numbers.refused_invalid = intake_.refused_invalid.load(std::memory_order_relaxed);
  numbers.refused_aborted = intake_.refused_aborted.load(std::memory_order_relaxed);
  numbers.refused_closed = intake_.refused_closed.load(std::memory_order_relaxed);
  numbers.lanes = lanes_.used();
  numbers.sessions = open_sessions_;
  numbers.longest_callback =
      std::chrono::nanoseconds(longest_callback_.load(std::memory_order_relaxed));
  SubscriptionStatistics sum = gone_;
  for (const auto& subscription : leaving_) add(sum, subscription->numbers());
  add(sum, standing);
  numbers.callbacks = sum.callbacks;
  numbers.callback_times = sum.callback_times;
  numbers.delivery_delays = sum.delivery_delays;
  numbers.updates = sum.updates;
  numbers.callback_exceptions = sum.exceptions;
  numbers.late_deliveries = sum.late_deliveries;
  numbers.longest_delay = sum.longest_delay;
  return numbers;
}

Statistics BusState::statistics() const {
  const std::lock_guard lock(mutex_);
  // Each counter is read once: what is said of all is the sum of what is said of each.
  std::vector<SubscriptionStatistics> each;
  SubscriptionStatistics standing;
  for (const auto& subscription : subscriptions_) {
    each.push_back(subscription->statistics());
    add(standing, each.back());
  }
  Statistics numbers = count(standing);
  numbers.longest_callback_subscription = longest_callback_subscription_;
  numbers.subscriptions = std::move(each);
  return numbers;
}

}  // namespace headway::detail
