// SPDX-License-Identifier: MIT
//
// Law 6, on a clock that the test moves: at most one delivery per interval, nothing waits longer than one,
// the first report after silence is delivered at once, and late deliveries have a name.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "manual_bus.hpp"
#include "random.hpp"
#include "recording_subscriber.hpp"

namespace headway::laws {
namespace {

using TimePoint = ManualClock::TimePoint;

/// Notes when each batch came, and up to which sequence, by the bus's clock.
struct Deliveries {
  explicit Deliveries(ManualBus& bus) {
    seen.at_batch = [this, &bus](std::span<const Update> updates) {
      at.push_back(bus.now());
      for (const Update& update : updates) {
        for (; delivered < update.sequence; ++delivered) when.push_back(bus.now());
      }
    };
  }
  RecordingSubscriber seen;
  std::vector<TimePoint> at;
  /// By sequence, from 0: when that report, or a newer one, was delivered.
  std::vector<TimePoint> when;
  std::uint64_t delivered = 0;

  void expect_at_most_one_per(std::chrono::nanoseconds interval) const {
    for (std::size_t i = 1; i < at.size(); ++i) {
      EXPECT_GE(at[i] - at[i - 1], interval) << "batch " << i;
    }
  }
  void expect_no_longer_than(std::chrono::nanoseconds interval,
                             const std::vector<TimePoint>& made) const {
    ASSERT_EQ(when.size(), made.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
      EXPECT_LE(when[i] - made[i], interval) << "report " << i + 1;
    }
  }
};

class Law6BoundedLatency : public testing::TestWithParam<std::tuple<std::size_t, Delivery>> {
 protected:
  [[nodiscard]] SubscriptionOptions every(std::chrono::nanoseconds interval) const {
    return {.interval = interval, .delivery = std::get<1>(GetParam())};
  }
  [[nodiscard]] ReporterOptions ring() const { return {.ring_capacity = std::get<0>(GetParam())}; }
};

INSTANTIATE_TEST_SUITE_P(RingCapacity, Law6BoundedLatency,
                         testing::Combine(testing::Values(0U, 2U, 64U),
                                          testing::ValuesIn(every_delivery)),
                         [](const auto& each) {
                           return "Capacity" + std::to_string(std::get<0>(each.param)) +
                                  name_of(std::get<1>(each.param));
                         });

TEST_P(Law6BoundedLatency, AFloodIsDeliveredOncePerIntervalAndNoReportWaitsLonger) {
  ManualBus bus;
  Deliveries fast(bus);
  Deliveries slow(bus);
  auto first = bus->subscribe(fast.seen, every(10ms));
  auto second = bus->subscribe(slow.seen, every(250ms));
  auto session = bus->open_session("s");
  auto reporter = session.reporter(ring());
  std::vector<TimePoint> made;
  for (int i = 0; i < 2000; ++i) {
    made.push_back(bus.now());
    ASSERT_EQ(reporter.report(source, detection, made.size(), 0), Status::ok);
    bus->poll();
    bus.run_for(1ms);
  }
  bus.run_for(300ms);
  fast.expect_at_most_one_per(10ms);
  slow.expect_at_most_one_per(250ms);
  fast.expect_no_longer_than(10ms, made);
  slow.expect_no_longer_than(250ms, made);
  EXPECT_GE(fast.at.size(), 190U);
  EXPECT_GE(slow.at.size(), 8U);
}

TEST_P(Law6BoundedLatency, HoldsForReportsAtRandomTimes) {
  for (const std::uint64_t seed : seeds(20)) {
    SCOPED_TRACE("HEADWAY_SEED=" + std::to_string(seed));
    Random random(seed);
    ManualBus bus;
    Deliveries quick(bus);
    Deliveries lazy(bus);
    auto first = bus->subscribe(quick.seen, every(7ms));
    auto second = bus->subscribe(lazy.seen, every(100ms));
    auto session = bus->open_session("s");
    auto reporter = session.reporter(ring());
    std::vector<TimePoint> made;
    for (int i = 0; i < 100; ++i) {
      for (std::uint64_t burst = random.between(1, 4); burst > 0; --burst) {
        made.push_back(bus.now());
        ASSERT_EQ(reporter.report(source, detection, made.size(), 0), Status::ok);
      }
      bus->poll();
      // Now and then longer than every interval and than the cooling of a lane.
      bus.run_for(random.one_in(8) ? random.between(100, 200) * 1ms : random.between(1, 15) * 1ms);
    }
    bus.run_for(200ms);
    quick.expect_at_most_one_per(7ms);
    lazy.expect_at_most_one_per(100ms);
    quick.expect_no_longer_than(7ms, made);
    lazy.expect_no_longer_than(100ms, made);
    if (HasFailure()) return;
  }
}

TEST_P(Law6BoundedLatency, TheFirstReportAfterSilenceIsDeliveredAtOnce) {
  ManualBus bus;
  Deliveries minute(bus);
  auto subscription = bus->subscribe(minute.seen, every(1min));
  auto session = bus->open_session("s");
  auto reporter = session.reporter(ring());
  for (std::uint64_t i = 1; i <= 5; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 5), Status::ok);
    bus->poll();  // the clock has not moved since the report
    EXPECT_EQ(minute.seen.last_sequence(session.id(), source, detection), i);
    bus.run_for(10min, 1s);
  }
}

TEST_P(Law6BoundedLatency, HoldsOnWhenTheClockHasJumped) {
  ManualBus bus;
  Deliveries quick(bus);
  auto subscription = bus->subscribe(quick.seen, every(10ms));
  auto session = bus->open_session("s");
  auto reporter = session.reporter(ring());
  std::uint64_t made = 0;
  // A machine that was suspended, and a clock of the user's that is set back.
  for (const std::chrono::nanoseconds jump : {24h, -1h, -10h, 0h}) {
    for (int i = 0; i < 2; ++i) {
      ASSERT_EQ(reporter.report(source, detection, ++made, 0), Status::ok);
      bus->poll();
    }
    bus.clock().advance(jump);
    ASSERT_EQ(reporter.report(source, detection, ++made, 0), Status::ok);
    bus.run_for(11ms);
    EXPECT_EQ(quick.seen.last_sequence(session.id(), source, detection), made);
  }
}

TEST_P(Law6BoundedLatency, AReportInsideTheIntervalWaitsForItsEndAndNoLonger) {
  ManualBus bus;
  Deliveries tenth(bus);
  auto subscription = bus->subscribe(tenth.seen, every(100ms));
  auto session = bus->open_session("s");
  auto reporter = session.reporter(ring());
  ASSERT_EQ(reporter.report(source, detection, 1, 2), Status::ok);
  bus->poll();
  ASSERT_EQ(tenth.at.size(), 1U);
  bus.run_for(30ms);
  ASSERT_EQ(reporter.report(source, detection, 2, 2), Status::ok);
  bus.run_for(69ms);
  EXPECT_EQ(tenth.at.size(), 1U);
  bus.run_for(1ms);
  EXPECT_EQ(tenth.at.size(), 2U);
  EXPECT_EQ(tenth.delivered, 2U);
}

TEST_P(Law6BoundedLatency, AFlushDeliversAtOnceWhateverTheInterval) {
  ManualBus bus;
  Deliveries hourly(bus);
  auto subscription = bus->subscribe(hourly.seen, every(1h));
  auto session = bus->open_session("s");
  auto reporter = session.reporter(ring());
  for (std::uint64_t i = 1; i <= 5; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 5), Status::ok);
    bus.settle();
    EXPECT_EQ(hourly.delivered, i);
  }
}

TEST(Law6ACaller, ThatComesLateGetsOneBatch) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 10ms, .run_on = RunOn::caller});
  auto session = bus->open_session("s");
  auto reporter = session.reporter();
  for (std::uint64_t i = 1; i <= 100; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 100), Status::ok);
    bus.run_for(1ms);
  }
  bus.run_for(20ms);
  EXPECT_EQ(seen.batches(), 0U);
  subscription.poll();
  EXPECT_EQ(seen.batches(), 1U);
  EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 100U);
}

TEST(Law6LateDeliveries, NameTheSubscriptionThatCausedThem) {
  ManualBus bus;
  auto session = bus->open_session("s");
  auto reporter = session.reporter();
  bool slow_now = false;
  const auto slow_callback = [&](const Update&) {
    if (!slow_now) return;
    slow_now = false;
    ASSERT_EQ(reporter.report(source, detection, 2, 2), Status::ok);
    bus.clock().advance(500ms);
  };
  RecordingSubscriber before;
  RecordingSubscriber after;
  auto first = bus->subscribe(before, {.interval = 100ms, .name = "before"});
  auto second = bus->subscribe(slow_callback, {.interval = 100ms, .name = "slow"});
  auto third = bus->subscribe(after, {.interval = 100ms, .name = "after"});
  slow_now = true;
  ASSERT_EQ(reporter.report(source, detection, 1, 2), Status::ok);
  bus->poll();
  bus.run_for(200ms);
  EXPECT_EQ(before.last_sequence(session.id(), source, detection), 2U);
  EXPECT_EQ(after.last_sequence(session.id(), source, detection), 2U);
  const Statistics statistics = bus->statistics();
  EXPECT_GE(statistics.late_deliveries, 2U);
  EXPECT_GE(statistics.longest_delay, 500ms);
  EXPECT_GE(statistics.longest_callback, 500ms);
  EXPECT_EQ(statistics.longest_callback_subscription, "slow");
  std::map<std::string, SubscriptionStatistics> by_name;
  for (const SubscriptionStatistics& each : statistics.subscriptions) by_name[each.name] = each;
  ASSERT_EQ(by_name.size(), 3U);
  EXPECT_GE(by_name["before"].late_deliveries, 1U);
  EXPECT_GE(by_name["after"].late_deliveries, 1U);
  EXPECT_GE(by_name["slow"].late_deliveries_caused, 2U);
  EXPECT_EQ(by_name["before"].late_deliveries_caused, 0U);
  EXPECT_EQ(by_name["after"].late_deliveries_caused, 0U);
  EXPECT_LT(by_name["before"].longest_callback, 500ms);
}

TEST(Law6LateDeliveries, AreNotCountedWhereNothingIsLate) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 10ms});
  auto session = bus->open_session("s");
  auto reporter = session.reporter();
  for (std::uint64_t i = 1; i <= 500; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 500), Status::ok);
    bus->poll();
    bus.run_for(i % 50 == 0 ? 100ms : 1ms);
  }
  bus.run_for(50ms);
  EXPECT_EQ(bus->statistics().late_deliveries, 0U);
  EXPECT_LE(bus->statistics().longest_delay, 10ms);
}

}  // namespace
}  // namespace headway::laws
