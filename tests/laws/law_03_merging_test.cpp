// SPDX-License-Identifier: MIT
//
// Law 3, several reporters: what each merge makes of them, on every mixture of ring and fold.
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "manual_bus.hpp"
#include "random.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"

namespace headway::laws {
namespace {

using Capacities = std::pair<std::size_t, std::size_t>;

class Law3Merging : public testing::TestWithParam<Capacities> {
 protected:
  void expect(std::uint64_t completed, std::uint64_t total, std::uint64_t sequence) {
    bus.settle();
    const auto last = seen.last(session.id(), source, detection);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->completed, completed);
    EXPECT_EQ(last->total, total);
    EXPECT_EQ(last->sequence, sequence);
  }
  void open(Merge merge) {
    session = bus->open_session("s", {.merge = merge});
    a = session.reporter({.ring_capacity = GetParam().first});
    b = session.reporter({.ring_capacity = GetParam().second});
  }
  Status report(Reporter& reporter, std::uint64_t completed, std::uint64_t total) {
    return reporter.report(source, detection, completed, total);
  }

  ManualBus bus;
  RecordingSubscriber seen;
  Session session;
  Reporter a;
  Reporter b;
  Subscription subscription = bus->subscribe(seen, {.interval = 1ms});
};

INSTANTIATE_TEST_SUITE_P(RingCapacities, Law3Merging,
                         testing::Values(Capacities{0, 0}, Capacities{1, 0}, Capacities{0, 2},
                                         Capacities{2, 1}, Capacities{5, 3}, Capacities{64, 64}));

TEST_P(Law3Merging, TheSumIsOfEachReportersOwnShare) {
  open(Merge::sum);
  ASSERT_EQ(report(a, 3, 10), Status::ok);
  expect(3, 10, 1);
  ASSERT_EQ(report(b, 4, 20), Status::ok);
  expect(7, 30, 2);
  ASSERT_EQ(report(a, 1, 12), Status::ok);
  expect(5, 32, 3);
  ASSERT_EQ(b.advance(source, detection, 6), Status::ok);
  expect(11, 32, 4);
  ASSERT_EQ(a.add_total(source, detection, -2), Status::ok);
  expect(11, 30, 5);
}

TEST_P(Law3Merging, AReporterThatIsGoneKeepsItsShareOfTheSum) {
  open(Merge::sum);
  ASSERT_EQ(report(a, 5, 10), Status::ok);
  ASSERT_EQ(report(b, 7, 10), Status::ok);
  a = Reporter();
  bus.settle();
  ASSERT_EQ(report(b, 8, 10), Status::ok);
  expect(13, 20, 3);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    Reporter brief = session.reporter({.ring_capacity = GetParam().first});
    ASSERT_EQ(report(brief, 100, 1000), Status::ok);
    if (i % 2 == 0) bus.settle();
  }
  expect(513, 5020, 8);
}

TEST_P(Law3Merging, TheFurthestNeverStepsBackWhileTheTotalStays) {
  open(Merge::furthest);
  ASSERT_EQ(report(a, 5, 10), Status::ok);
  expect(5, 10, 1);
  ASSERT_EQ(report(b, 3, 10), Status::ok);
  expect(5, 10, 2);  // held back, yet counted
  ASSERT_EQ(report(a, 4, 10), Status::ok);
  expect(5, 10, 3);
  ASSERT_EQ(report(b, 9, 10), Status::ok);
  expect(9, 10, 4);
}

TEST_P(Law3Merging, TheFurthestFollowsATotalThatChanges) {
  open(Merge::furthest);
  ASSERT_EQ(report(a, 9, 10), Status::ok);
  expect(9, 10, 1);
  ASSERT_EQ(report(a, 2, 20), Status::ok);
  expect(2, 20, 2);
  ASSERT_EQ(report(b, 6, 20), Status::ok);
  expect(6, 20, 3);
}

TEST_P(Law3Merging, TheLatestFollowsRealOrderAcrossReportersThatTakeTurns) {
  for (const std::uint64_t seed : seeds(scaled(100))) {
    SCOPED_TRACE("HEADWAY_SEED=" + std::to_string(seed));
    Random random(seed);
    session = bus->open_session("s", {.merge = Merge::latest});
    a = session.reporter({.ring_capacity = GetParam().first});
    std::uint64_t value = 0;
    // The first reports are made before anybody knows of a second reporter.
    for (std::uint64_t i = random.below(5); i > 0; --i)
      ASSERT_EQ(report(a, ++value, 0), Status::ok);
    b = session.reporter({.ring_capacity = GetParam().second});
    for (int burst = 0; burst < 40; ++burst) {
      Reporter& one = random.one_in(2) ? a : b;
      for (std::uint64_t i = random.between(1, 12); i > 0; --i) {
        ++value;
        ASSERT_EQ(report(one, value, value * 3), Status::ok);
      }
      if (random.one_in(4)) {
        bus.clock().advance(1ms);
        bus->poll();
      }
      if (random.one_in(4)) expect(value, value * 3, value);
    }
    expect(value, value * 3, value);
    std::uint64_t before = 0;
    for (const Seen& update : seen.updates()) {
      if (update.session != session.id()) continue;
      ASSERT_GE(update.completed, before) << update;
      before = update.completed;
    }
    if (HasFailure()) return;
  }
}

TEST_P(Law3Merging, TheLatestKnowsOneReporterThatFoldsFromOneThatDoesNot) {
  open(Merge::latest);
  ASSERT_EQ(report(a, 1, 0), Status::ok);
  for (std::uint64_t i = 0; i < 300; ++i) ASSERT_EQ(report(a, 2 + i, 0), Status::ok);
  ASSERT_EQ(report(b, 1000, 0), Status::ok);
  ASSERT_EQ(report(a, 1001, 0), Status::ok);
  expect(1001, 0, 303);
  for (std::uint64_t i = 0; i < 300; ++i) ASSERT_EQ(report(a, 2000 + i, 0), Status::ok);
  ASSERT_EQ(report(b, 3000, 0), Status::ok);
  expect(3000, 0, 604);
}

TEST_P(Law3Merging, ASumOfRacingThreadsIsExact) {
  open(Merge::sum);
  constexpr std::uint64_t each = 5000;
  std::atomic<int> running{2};
  const auto work = [&](Reporter& reporter) {
    for (std::uint64_t i = 0; i < each; ++i) static_cast<void>(reporter.advance(source, detection));
    running.fetch_sub(1);
  };
  std::thread first([&] { work(a); });
  std::thread second([&] { work(b); });
  while (running.load() != 0) {
    bus.clock().advance(1ms);
    bus->poll();
  }
  first.join();
  second.join();
  expect(2 * each, 0, 2 * each);
  for (const Seen& update : seen.updates()) ASSERT_EQ(update.completed, update.sequence);
}

TEST(Law3ASecondReporter, OnASessionWithoutAMergeThrowsAndNamesTheThree) {
  ManualBus bus;
  auto session = bus->open_session("s");
  std::optional<Reporter> first = session.reporter();
  const auto expect_refusal = [](auto&& open) {
    try {
      open();
      FAIL() << "nothing was thrown";
    } catch (const std::invalid_argument& error) {
      const std::string what = error.what();
      EXPECT_NE(what.find("sum"), std::string::npos) << what;
      EXPECT_NE(what.find("furthest"), std::string::npos) << what;
      EXPECT_NE(what.find("latest"), std::string::npos) << what;
    }
  };
  expect_refusal([&] { static_cast<void>(session.reporter()); });
  expect_refusal([&] { static_cast<void>(session.shared_reporter()); });
  EXPECT_EQ(first->report(source, detection, 1, 2), Status::ok);
  first.reset();
  Reporter next = session.reporter();  // one after the other is fine
  EXPECT_EQ(next.report(source, detection, 2, 2), Status::ok);
  bus.settle();
  EXPECT_EQ(bus->snapshot().at(0).value(source, detection).completed, 2U);
  EXPECT_EQ(bus->snapshot().at(0).value(source, detection).sequence, 2U);
}

TEST(Law3ReportersThatFollowEachOther, AreSeenInTheirOrderWhateverLanesTheyGet) {
  for (const std::uint64_t seed : seeds(scaled(200))) {
    SCOPED_TRACE("HEADWAY_SEED=" + std::to_string(seed));
    Random random(seed);
    ManualBus bus;
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 1ms, .filter = {.role = source}});
    auto other = bus->open_session("other", {.merge = Merge::sum});
    std::vector<Reporter> others;
    for (int i = 0; i < 6; ++i) others.push_back(other.reporter());
    auto session = bus->open_session("s");
    std::uint64_t value = 0;
    for (int i = 0; i < 12; ++i) {
      Reporter next = session.reporter({.ring_capacity = random.below(std::size_t{3})});
      for (std::uint64_t n = random.between(1, 3); n > 0; --n) {
        ++value;
        ASSERT_EQ(next.report(source, detection, value, 0), Status::ok);
      }
      // Lanes of another session come free, so that a later reporter may get an earlier lane.
      if (random.one_in(2) && !others.empty()) {
        const auto which = static_cast<std::ptrdiff_t>(random.below(others.size()));
        others.erase(others.begin() + which);
      }
      if (random.one_in(3)) bus.run_for(2ms);
    }
    bus.settle();
    for (const Seen& update : seen.updates()) {
      EXPECT_EQ(update.completed, update.sequence) << update;
    }
    EXPECT_EQ(seen.last_sequence(session.id(), source, detection), value);
    if (HasFailure()) return;
  }
}

class Law3ASharedReporter : public testing::TestWithParam<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(RingCapacity, Law3ASharedReporter, testing::Values(0U, 1U, 2U, 5U, 64U));

TEST_P(Law3ASharedReporter, AddsUpRelativeReportsWhateverTheMerge) {
  for (const Merge merge : {Merge::unset, Merge::sum, Merge::furthest, Merge::latest}) {
    ManualBus bus;
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 1ms});
    auto session = bus->open_session("s", {.merge = merge});
    auto shared = session.shared_reporter({.ring_capacity = GetParam()});
    const int each = scaled(3000);
    std::atomic<int> running{4};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < each; ++i) {
          static_cast<void>(shared.add_total(source, detection, 2));
          static_cast<void>(shared.advance(source, detection));
        }
        running.fetch_sub(1);
      });
    }
    while (running.load() != 0) {
      bus.clock().advance(1ms);
      bus->poll();
    }
    for (std::thread& thread : threads) thread.join();
    bus.settle();
    const auto last = seen.last(session.id(), source, detection);
    ASSERT_TRUE(last);
    const auto all = static_cast<std::uint64_t>(each) * 4;
    EXPECT_EQ(last->completed, all);
    EXPECT_EQ(last->total, 2 * all);
    EXPECT_EQ(last->sequence, 2 * all);
  }
}

TEST_P(Law3ASharedReporter, MayGoBelowZeroInOneThreadWhileAnotherMakesUpForIt) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1ms});
  auto session = bus->open_session("s", {.merge = Merge::sum});
  auto shared = session.shared_reporter({.ring_capacity = GetParam()});
  ASSERT_EQ(shared.advance(source, detection, 10), Status::ok);
  std::thread([&] { EXPECT_EQ(shared.advance(source, detection, -4), Status::ok); }).join();
  bus.settle();
  EXPECT_EQ(seen.last(session.id(), source, detection)->completed, 6U);
  std::thread([&] { EXPECT_EQ(shared.advance(source, detection, -20), Status::ok); }).join();
  bus.settle();
  EXPECT_EQ(seen.last(session.id(), source, detection)->completed, 0U);
  ASSERT_EQ(shared.advance(source, detection, 15), Status::ok);
  bus.settle();
  EXPECT_EQ(seen.last(session.id(), source, detection)->completed, 1U);
}

TEST_P(Law3ASharedReporter, ShowsOneThreadsReportsInTheirOrder) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1ms});
  auto session = bus->open_session("s", {.merge = Merge::latest});
  auto shared = session.shared_reporter({.ring_capacity = GetParam()});
  for (std::uint64_t i = 1; i <= 500; ++i) {
    const auto key = static_cast<std::size_t>(i % keys_per_session);
    ASSERT_EQ(shared.report(role_of(key), stage_of(key), i, 500), Status::ok);
    if (i % 7 == 0) {
      bus.clock().advance(1ms);
      bus->poll();
    }
  }
  bus.settle();
  std::uint64_t before = 0;
  for (const Seen& update : seen.updates()) {
    ASSERT_GT(update.completed, before) << update;
    before = update.completed;
  }
  EXPECT_EQ(before, 500U);
}

}  // namespace
}  // namespace headway::laws
