// SPDX-License-Identifier: MIT
//
// Law 5: `sequence` counts reports exactly; refused reports are counted apart; the statistics add up.
#include <array>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "manual_bus.hpp"
#include "random.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

class Law5EveryReportIsAccountedFor : public testing::TestWithParam<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(RingCapacity, Law5EveryReportIsAccountedFor,
                         testing::Values(0U, 1U, 2U, 3U, 5U, 64U, 1024U));

TEST_P(Law5EveryReportIsAccountedFor, BySequenceBySnapshotAndByStatistics) {
  for (const std::uint64_t seed : seeds(scaled(50))) {
    SCOPED_TRACE("HEADWAY_SEED=" + std::to_string(seed));
    Random random(seed);
    ManualBus bus;
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 1ms});
    auto session = bus->open_session("s");
    auto reporter = session.reporter({.ring_capacity = GetParam()});
    std::array<std::uint64_t, keys_per_session> made{};
    std::uint64_t all = 0;
    std::uint64_t invalid = 0;
    for (int i = 0; i < 500; ++i) {
      const auto key = static_cast<std::size_t>(random.below(keys_per_session + 1));
      const Status status = random.one_in(2) ? reporter.report(role_of(key), stage_of(key), 1, 1)
                                             : reporter.advance(role_of(key), stage_of(key), 1);
      if (key < keys_per_session) {
        ASSERT_EQ(status, Status::ok);
        ++made[key];
        ++all;
      } else {
        ASSERT_EQ(status, Status::invalid_argument);
        ++invalid;
      }
      if (random.one_in(20)) bus.run_for(random.below(3) * 1ms);
    }
    bus.settle();
    const SessionInfo info = bus->snapshot().at(0);
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      EXPECT_EQ(seen.last_sequence(session.id(), role_of(key), stage_of(key)), made[key]);
      EXPECT_EQ(info.values[key].sequence, made[key]);
    }
    const Statistics statistics = bus->statistics();
    EXPECT_EQ(statistics.reports, all);
    EXPECT_EQ(statistics.refused_invalid, invalid);
    EXPECT_EQ(statistics.refused(), invalid);
    EXPECT_LE(statistics.folds, all);
    if (GetParam() == 0) {
      EXPECT_EQ(statistics.folds, all);
    }
    if (GetParam() == 1024) {
      EXPECT_EQ(statistics.folds, 0U);
    }
    EXPECT_EQ(statistics.updates, seen.updates().size());
    ASSERT_EQ(statistics.subscriptions.size(), 1U);
    EXPECT_EQ(statistics.subscriptions[0].updates, seen.updates().size());
  }
}

TEST_P(Law5EveryReportIsAccountedFor, ByRacingReportersOfEveryKind) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms});
  std::uint64_t all = 0;
  for (const Merge merge : {Merge::sum, Merge::furthest, Merge::latest}) {
    auto session = bus.open_session("s", {.merge = merge});
    auto shared = session.shared_reporter({.ring_capacity = GetParam()});
    std::atomic<std::uint64_t> made{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        auto own = session.reporter({.ring_capacity = GetParam()});
        std::uint64_t mine = 0;
        for (int n = 0; n < scaled(20000); ++n) {
          const auto value = static_cast<std::uint64_t>(n);
          if (own.report(source, detection, value, 7) == Status::ok) ++mine;
          if (shared.report(source, detection, value, 7) == Status::ok) ++mine;
        }
        made.fetch_add(mine);
      });
    }
    for (std::thread& thread : threads) thread.join();
    all += made.load();
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    EXPECT_EQ(seen.last_sequence(session.id(), source, detection), made.load());
    EXPECT_EQ(bus.statistics().reports, all);
  }
}

TEST_P(Law5EveryReportIsAccountedFor, ByRefusalsOfEachKindAndByEachKindOfReporter) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  auto session = bus->open_session("s", {.merge = Merge::sum});
  auto own = session.reporter({.ring_capacity = GetParam()});
  auto shared = session.shared_reporter({.ring_capacity = GetParam()});
  ASSERT_EQ(own.report(source, detection, 1, 1), Status::ok);
  ASSERT_EQ(shared.advance(source, detection), Status::ok);
  session.cancel();
  for (int i = 0; i < 3; ++i) ASSERT_EQ(own.advance(source, detection), Status::aborted);
  for (int i = 0; i < 4; ++i) ASSERT_EQ(shared.advance(source, detection), Status::aborted);
  auto other = bus->open_session("other", {.merge = Merge::sum});
  auto others = other.reporter({.ring_capacity = GetParam()});
  auto others_shared = other.shared_reporter({.ring_capacity = GetParam()});
  other.close();
  for (int i = 0; i < 5; ++i) ASSERT_EQ(others.report(source, detection, 1, 1), Status::closed);
  for (int i = 0; i < 6; ++i) ASSERT_EQ(others_shared.advance(source, detection), Status::closed);
  bus.settle();
  EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 2U);
  const Statistics statistics = bus->statistics();
  EXPECT_EQ(statistics.reports, 2U);
  EXPECT_EQ(statistics.refused_aborted, 7U);
  EXPECT_EQ(statistics.refused_closed, 11U);
  EXPECT_EQ(statistics.refused_invalid, 0U);
  EXPECT_EQ(statistics.refused(), 18U);
}

TEST(Law5ARecordedSubscription, SeesNoStepInTheSequenceWhileNothingFolds) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1ms, .delivery = Delivery::recorded});
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = 64});
  for (std::uint64_t i = 1; i <= 640; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 640), Status::ok);
    if (i % 32 == 0) bus.run_for(2ms);
  }
  bus.settle();
  EXPECT_EQ(bus->statistics().folds, 0U);
  const auto updates = seen.updates();
  ASSERT_EQ(updates.size(), 640U);
  for (std::size_t i = 0; i < updates.size(); ++i) EXPECT_EQ(updates[i].sequence, i + 1);
}

TEST(Law5AnUpdate, ComesWheneverTheSequenceChangedEvenIfTheValueDidNot) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1ms});
  auto session = bus->open_session("s");
  auto reporter = session.reporter();
  for (std::uint64_t i = 1; i <= 5; ++i) {
    ASSERT_EQ(reporter.report(source, detection, 3, 3), Status::ok);
    bus.run_for(2ms);
    EXPECT_EQ(seen.updates().size(), i);
    EXPECT_EQ(seen.last_sequence(session.id(), source, detection), i);
  }
}

TEST(Law5TheStatistics, CountReportsThatNobodySubscribesTo) {
  ManualBus bus({.unwatched_interval = 50ms});
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = 4});
  for (std::uint64_t i = 1; i <= 100; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 100), Status::ok);
    bus.run_for(1ms);
  }
  bus.run_for(100ms);
  EXPECT_EQ(bus->statistics().reports, 100U);
  EXPECT_EQ(bus->snapshot().at(0).value(source, detection).completed, 100U);
  EXPECT_EQ(bus->snapshot().at(0).value(source, detection).sequence, 100U);
}

TEST(Law5TheStatistics, AreTheSumOfWhatTheySayOfEachSubscription) {
  ManualBus bus;
  auto one = bus->subscribe([](const Update&) {}, {.interval = 1ms});
  auto other = bus->subscribe([](const Update&) {}, {.interval = 2ms});
  auto session = bus->open_session("s");
  std::atomic<bool> over{false};
  std::thread working([&] {
    auto reporter = session.reporter();
    for (std::uint64_t i = 1; !over.load(); ++i) {
      EXPECT_EQ(reporter.report(source, detection, i, 0), Status::ok);
      bus.run_for(1ms);
    }
  });
  const AtExit end([&] {
    over.store(true);
    working.join();
  });
  Statistics all;
  while (all.updates < static_cast<std::uint64_t>(scaled(100000))) {
    all = bus->statistics();
    SubscriptionStatistics sum;
    for (const SubscriptionStatistics& each : all.subscriptions) {
      sum.updates += each.updates;
      sum.callbacks += each.callbacks;
      sum.callback_times += each.callback_times;
      sum.delivery_delays += each.delivery_delays;
    }
    ASSERT_EQ(all.updates, sum.updates);
    ASSERT_EQ(all.callbacks, sum.callbacks);
    ASSERT_EQ(all.callback_times.counts, sum.callback_times.counts);
    ASSERT_EQ(all.delivery_delays.sum, sum.delivery_delays.sum);
  }
}

}  // namespace
}  // namespace headway::laws
