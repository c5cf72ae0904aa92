// SPDX-License-Identifier: MIT
//
// ManualBus: a bus without a thread and with a clock that stands still until the test moves it.
//
//   ManualBus bus;
//   auto session = bus->open_session("photos");
//   bus.run_for(250ms);   // moves the clock in steps of 1 ms and polls after each
//   bus.settle();         // everything reported so far has been delivered
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include <headway/headway.hpp>

#include "waiting.hpp"

namespace headway::laws {

class ManualClock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  [[nodiscard]] TimePoint now() const noexcept {
    return TimePoint(std::chrono::duration_cast<TimePoint::duration>(
        std::chrono::nanoseconds(nanoseconds_.load(std::memory_order_relaxed))));
  }
  void advance(std::chrono::nanoseconds by) noexcept {
    nanoseconds_.fetch_add(by.count(), std::memory_order_relaxed);
  }

 private:
  // Not near zero: an implementation that takes zero for "never" is not to be lucky.
  std::atomic<std::int64_t> nanoseconds_{std::chrono::nanoseconds(24h).count()};
};

class ManualBus {
 public:
  explicit ManualBus(BusOptions options = {})
      : clock_(std::make_shared<ManualClock>()), bus_(complete(std::move(options), clock_)) {}

  Bus* operator->() noexcept { return &bus_; }
  Bus& operator*() noexcept { return bus_; }
  ManualClock& clock() noexcept { return *clock_; }
  [[nodiscard]] ManualClock::TimePoint now() const noexcept { return clock_->now(); }

  /// Moves the clock by `span` in steps, polling after each. Returns the updates handed over.
  std::size_t run_for(std::chrono::nanoseconds span, std::chrono::nanoseconds step = 1ms) {
    std::size_t updates = 0;
    for (std::chrono::nanoseconds done{0}; done < span; done += step) {
      clock_->advance(step);
      updates += bus_.poll();
    }
    return updates;
  }

  /// Everything reported before this call is with its subscribers afterwards.
  void settle() { ASSERT_EQ(bus_.flush(watchdog), FlushResult::ok); }

 private:
  static BusOptions complete(BusOptions options, const std::shared_ptr<ManualClock>& clock) {
    options.dispatch = Dispatch::manual;
    options.clock = [clock] { return clock->now(); };
    return options;
  }

  std::shared_ptr<ManualClock> clock_;
  Bus bus_;
};

}  // namespace headway::laws
