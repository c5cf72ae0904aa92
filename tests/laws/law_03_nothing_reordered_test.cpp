// SPDX-License-Identifier: MIT
//
// Law 3, one reporter: what a subscriber sees is a subsequence of what was reported, across all keys, on
// every mixture of ring and fold. (Several reporters: law_03_merging_test.cpp.)
#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "law_checker.hpp"
#include "manual_bus.hpp"
#include "random.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"

namespace headway::laws {
namespace {

History history_of(const Session& session, std::optional<Outcome> closed_as = {}) {
  History history;
  history.sessions.push_back({.id = session.id(), .closed_as = closed_as});
  return history;
}

void expect_lawful(const History& history, const StreamFacts& facts,
                   const RecordingSubscriber& seen) {
  LawChecker checker(history);
  for (const std::string& complaint : checker.complaints_about_answers())
    ADD_FAILURE() << complaint;
  for (const std::string& complaint : checker.check(facts, seen.events()))
    ADD_FAILURE() << complaint;
  EXPECT_FALSE(seen.overlapped());
}

class Law3NothingReordered : public testing::TestWithParam<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(RingCapacity, Law3NothingReordered,
                         testing::Values(0U, 1U, 2U, 3U, 5U, 64U));

TEST_P(Law3NothingReordered, WhateverTheOrderOfReportsAndPolls) {
  for (const std::uint64_t seed : seeds(scaled(200))) {
    SCOPED_TRACE("HEADWAY_SEED=" + std::to_string(seed));
    Random random(seed);
    ManualBus bus;
    std::array<RecordingSubscriber, 4> seen;
    std::vector<Subscription> subscriptions;
    subscriptions.push_back(bus->subscribe(seen[0], {.interval = 1ms}));
    subscriptions.push_back(bus->subscribe(seen[1], {.interval = 7ms}));
    subscriptions.push_back(
        bus->subscribe(seen[2], {.interval = 2ms, .delivery = Delivery::recorded}));
    subscriptions.push_back(bus->subscribe(
        seen[3], {.interval = 5ms, .delivery = Delivery::recorded, .queue_capacity = 3}));
    auto session = bus->open_session("s");
    LoggedReporter reporter(session.reporter({.ring_capacity = GetParam()}), session.id());
    for (std::uint64_t i = 1; i <= 300; ++i) {
      // Wide values now and then: they take another path through a ring.
      const std::uint64_t total = random.one_in(4) ? random.bits() : i;
      ASSERT_EQ(reporter.report(random.below(keys_per_session), i, total), Status::ok);
      if (random.one_in(6)) {
        bus.clock().advance(random.below(4) * 1ms);
        bus->poll();
      }
      if (random.one_in(60)) bus.run_for(30ms);  // the lane cools in between
    }
    bus.settle();
    History history = history_of(session);
    history.providers.push_back(reporter.log);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      expect_lawful(history, {.name = "subscriber " + std::to_string(i)}, seen[i]);
    }
    if (HasFailure()) return;
  }
}

TEST_P(Law3NothingReordered, WhileOneThreadReportsAndAnotherPolls) {
  for (const std::uint64_t seed : seeds(scaled(20))) {
    SCOPED_TRACE("HEADWAY_SEED=" + std::to_string(seed));
    ManualBus bus;
    RecordingSubscriber latest;
    RecordingSubscriber recorded;
    auto first = bus->subscribe(latest, {.interval = 1ms});
    auto second = bus->subscribe(recorded, {.interval = 1ms, .delivery = Delivery::recorded});
    auto session = bus->open_session("s");
    LoggedReporter reporter(session.reporter({.ring_capacity = GetParam()}), session.id());
    std::atomic<bool> done{false};
    std::thread provider([&] {
      Random random(seed);
      for (std::uint64_t i = 1; i <= 3000; ++i) {
        static_cast<void>(
            reporter.report(random.below(keys_per_session), i, random.one_in(4) ? ~i : i));
        if (random.one_in(200)) std::this_thread::yield();
      }
      done.store(true);
    });
    while (!done.load()) {
      bus.clock().advance(1ms);
      bus->poll();
    }
    provider.join();
    bus.settle();
    History history = history_of(session);
    history.providers.push_back(reporter.log);
    expect_lawful(history, {.name = "latest"}, latest);
    expect_lawful(history, {.name = "recorded"}, recorded);
    if (HasFailure()) return;
  }
}

TEST_P(Law3NothingReordered, ALaterStageNeverMovesBeforeTheEarlierOnesLastReport) {
  for (const std::uint64_t seed : seeds(scaled(50))) {
    SCOPED_TRACE("HEADWAY_SEED=" + std::to_string(seed));
    ManualBus bus;
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 1ms});
    auto session = bus->open_session("s");
    auto reporter = session.reporter({.ring_capacity = GetParam()});
    std::atomic<bool> done{false};
    constexpr std::uint64_t per_stage = 400;
    std::thread provider([&] {
      Random random(seed);
      for (const Stage stage : {detection, enumeration, application}) {
        for (std::uint64_t i = 1; i <= per_stage; ++i) {
          static_cast<void>(reporter.report(source, stage, i, per_stage));
          if (random.one_in(50)) std::this_thread::yield();
        }
      }
      done.store(true);
    });
    while (!done.load()) {
      bus.clock().advance(1ms);
      bus->poll();
    }
    provider.join();
    bus.settle();
    std::array<std::uint64_t, 3> newest{};
    for (const Seen& update : seen.updates()) {
      const auto stage = static_cast<std::size_t>(update.stage);
      for (std::size_t earlier = 0; earlier < stage; ++earlier) {
        ASSERT_EQ(newest[earlier], per_stage) << "before " << update;
      }
      newest[stage] = update.completed;
    }
    EXPECT_EQ(newest[2], per_stage);
  }
}

TEST_P(Law3NothingReordered, NoSubscriberAndNoSnapshotEverSeesATornValue) {
  // Real threads all over: two words that belong together, read from three sides.
  std::atomic<std::uint64_t> torn{0};
  const auto whole = [](std::uint64_t completed, std::uint64_t total) {
    return total == completed * 0x9E3779B97F4A7C15ULL;
  };
  Bus bus;
  auto on_dispatcher = bus.subscribe(
      [&](const Update& u) {
        if (!whole(u.completed, u.total)) torn.fetch_add(1);
      },
      {.interval = 1ms});
  auto on_own_thread = bus.subscribe(
      [&](const Update& u) {
        if (!whole(u.completed, u.total)) torn.fetch_add(1);
      },
      {.interval = 1ms, .run_on = RunOn::own_thread});
  auto session = bus.open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  std::atomic<bool> done{false};
  std::thread provider([&] {
    for (std::uint64_t i = 1; i <= static_cast<std::uint64_t>(scaled(300000)); ++i) {
      static_cast<void>(reporter.report(destination, application, i, i * 0x9E3779B97F4A7C15ULL));
    }
    done.store(true);
  });
  std::uint64_t sequence = 0;
  while (!done.load()) {
    const auto infos = bus.snapshot();
    ASSERT_EQ(infos.size(), 1U);
    const LatestValue& value = infos[0].value(destination, application);
    if (!whole(value.completed, value.total)) torn.fetch_add(1);
    if (value.completed != value.sequence) torn.fetch_add(1);
    if (value.sequence < sequence) torn.fetch_add(1);
    sequence = value.sequence;
  }
  provider.join();
  EXPECT_EQ(bus.flush(watchdog), FlushResult::ok);
  EXPECT_EQ(torn.load(), 0U);
}

TEST_P(Law3NothingReordered, RecordsThatFitTheRingAreAllSeenInTheirOrder) {
  if (GetParam() < 64) GTEST_SKIP() << "needs room for all";
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.delivery = Delivery::recorded});
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  std::vector<std::size_t> order;
  Random random(3);
  for (std::uint64_t i = 0; i < 32; ++i) {
    order.push_back(static_cast<std::size_t>(random.below(keys_per_session)));
    ASSERT_EQ(reporter.report(role_of(order.back()), stage_of(order.back()), i, 32), Status::ok);
  }
  bus.settle();
  const auto updates = seen.updates();
  ASSERT_EQ(updates.size(), order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(updates[i].key(), order[i]);
    EXPECT_EQ(updates[i].completed, i);
  }
}

TEST(Law3AMovedReporter, KeepsItsOrder) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1ms});
  auto session = bus->open_session("s");
  Reporter here = session.reporter({.ring_capacity = 4});
  for (std::uint64_t round = 0; round < 20; ++round) {
    std::thread([&, moved = std::move(here)]() mutable {
      for (std::uint64_t i = 1; i <= 10; ++i) {
        static_cast<void>(moved.report(source, detection, round * 10 + i, 200));
      }
      here = std::move(moved);
    }).join();
    bus.clock().advance(1ms);
    bus->poll();
  }
  bus.settle();
  std::uint64_t before = 0;
  for (const Seen& update : seen.updates()) {
    EXPECT_EQ(update.completed, update.sequence);
    EXPECT_GT(update.sequence, before);
    before = update.sequence;
  }
  EXPECT_EQ(before, 200U);
}

TEST(Law3AMovedReporter, LeavesAnEmptyHandleThatAnswersClosed) {
  ManualBus bus;
  auto session = bus->open_session("s");
  Reporter first = session.reporter();
  Reporter second = std::move(first);
  EXPECT_EQ(second.report(source, detection, 1, 1), Status::ok);
  EXPECT_EQ(first.report(source, detection, 1, 1),
            Status::closed);  // NOLINT: what is moved from is asked on purpose
  EXPECT_FALSE(first.canceled());
  EXPECT_EQ(Reporter().report(source, detection, 1, 1), Status::closed);
  EXPECT_EQ(SharedReporter().report(source, detection, 1, 1), Status::closed);
  EXPECT_EQ(Session().reporter().report(source, detection, 1, 1), Status::closed);
}

}  // namespace
}  // namespace headway::laws
