// SPDX-License-Identifier: MIT
//
// Law 4: the last report on each key is delivered, whatever happens after it.
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
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
#include "waiting.hpp"

namespace headway::laws {
namespace {

TEST(Law4TheLastWordAlwaysArrives, WhenTheRingIsFull) {
  for (const std::size_t capacity : {1U, 2U, 3U, 4U, 64U}) {
    for (const int more : {-1, 0, 1, 100}) {
      ManualBus bus;
      RecordingSubscriber seen;
      auto subscription = bus->subscribe(seen, {.interval = 10ms});
      auto session = bus->open_session("s");
      auto reporter = session.reporter({.ring_capacity = capacity});
      const std::uint64_t count = static_cast<std::uint64_t>(static_cast<int>(capacity) + more);
      for (std::uint64_t i = 1; i <= count; ++i) {
        ASSERT_EQ(reporter.report(source, detection, i, count), Status::ok);
      }
      bus.run_for(20ms);
      EXPECT_EQ(seen.last_sequence(session.id(), source, detection), count);
      // And once more, now that the lane knows the dispatcher.
      for (std::uint64_t i = 1; i <= 3 * count; ++i) {
        ASSERT_EQ(reporter.report(source, detection, i, count), Status::ok);
      }
      bus.run_for(20ms);
      EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 4 * count);
    }
  }
}

TEST(Law4TheLastWordAlwaysArrives, WhenTheProviderFallsSilent) {
  // No flush, no close, no further report: only the dispatcher's own promise, around the moment when it
  // cools the lane (20 ms of quiet).
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms});
  auto session = bus.open_session("s", {.merge = Merge::sum});
  auto own = session.reporter({.ring_capacity = 2});
  auto folding = session.reporter({.ring_capacity = 0});
  auto shared = session.shared_reporter({.ring_capacity = 2});
  Random random(4);
  std::uint64_t sequence = 0;
  const auto report = [&](std::uint64_t which) {
    switch (which) {
      case 0: return own.report(source, detection, sequence, 0);
      case 1: return folding.report(source, detection, sequence, 0);
      default: return shared.advance(source, detection);
    }
  };
  for (int i = 0; i < scaled(400); ++i) {
    const std::uint64_t which = random.below(3);
    for (std::uint64_t burst = random.between(1, 5); burst > 0; --burst) {
      ++sequence;
      ASSERT_EQ(report(which), Status::ok);
    }
    ASSERT_TRUE(eventually([&] {
      return seen.last_sequence(session.id(), source, detection) == sequence;
    })) << "report "
        << sequence << " of kind " << which << " never came";
    const auto pause = random.one_in(3) ? random.between(18000, 23000) : random.below(1500);
    std::this_thread::sleep_for(std::chrono::microseconds(pause));
  }
}

TEST(Law4TheLastWordAlwaysArrives, WhenTheProviderFallsSilentInsideTheInterval) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 100ms});
  auto session = bus->open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 2), Status::ok);
  bus->poll();
  ASSERT_EQ(reporter.report(source, detection, 2, 2), Status::ok);
  bus.run_for(100ms);
  EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 2U);
}

TEST(Law4TheLastWordAlwaysArrives, WhenTheThreadHasEndedAndItsReporterIsGone) {
  for (const std::size_t capacity : {0U, 1U, 64U}) {
    ManualBus bus;
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 10ms});
    auto session = bus->open_session("s", {.merge = Merge::sum});
    auto shared = session.shared_reporter({.ring_capacity = capacity});
    for (std::uint64_t round = 1; round <= 5; ++round) {
      std::thread([&] {
        auto own = session.reporter({.ring_capacity = capacity});
        for (std::uint64_t i = 1; i <= 10; ++i) {
          EXPECT_EQ(own.report(source, detection, i, 10), Status::ok);
          EXPECT_EQ(shared.advance(source, enumeration), Status::ok);
        }
      }).join();
      bus.run_for(20ms);
      const auto last = seen.last(session.id(), source, detection);
      ASSERT_TRUE(last);
      EXPECT_EQ(last->completed, 10 * round);
      EXPECT_EQ(last->sequence, 10 * round);
      EXPECT_EQ(seen.last_sequence(session.id(), source, enumeration), 10 * round);
    }
  }
}

TEST(Law4TheLastWordAlwaysArrives, WhenTheSessionIsClosedAtOnce) {
  for (const std::size_t capacity : {0U, 2U, 64U}) {
    ManualBus bus;
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen);
    auto session = bus->open_session("s");
    auto reporter = session.reporter({.ring_capacity = capacity});
    for (std::uint64_t i = 1; i <= 30; ++i) {
      ASSERT_EQ(reporter.report(source, detection, i, 30), Status::ok);
    }
    session.close();
    bus->poll();  // a close is delivered at once, whatever the interval
    EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 30U);
    ASSERT_FALSE(seen.events().empty());
    EXPECT_EQ(seen.events().back().kind, Seen::Kind::closed);
  }
}

class Law4TheLastWordArrives : public testing::TestWithParam<std::tuple<RunOn, Delivery>> {
 protected:
  [[nodiscard]] SubscriptionOptions options() const {
    return {.interval = 1h, .run_on = std::get<0>(GetParam()), .delivery = std::get<1>(GetParam())};
  }
  static std::uint64_t report_all(Reporter& reporter) {
    std::uint64_t count = 0;
    for (std::uint64_t i = 1; i <= 600; ++i) {
      const auto key = static_cast<std::size_t>(i % keys_per_session);
      if (reporter.report(role_of(key), stage_of(key), i, 600) == Status::ok) ++count;
    }
    return count;
  }
  static void expect_all(const RecordingSubscriber& seen, SessionId id) {
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      EXPECT_EQ(seen.last_sequence(id, role_of(key), stage_of(key)), 100U) << "key " << key;
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Subscriptions, Law4TheLastWordArrives,
                         testing::Combine(testing::ValuesIn(every_run_on),
                                          testing::ValuesIn(every_delivery)),
                         [](const auto& each) {
                           return name_of(std::get<0>(each.param)) +
                                  name_of(std::get<1>(each.param));
                         });

TEST_P(Law4TheLastWordArrives, WhenTheBusIsStopped) {
  for (const bool manual : {false, true}) {
    RecordingSubscriber seen;
    Bus bus({.dispatch = manual ? Dispatch::manual : Dispatch::park});
    auto subscription = bus.subscribe(seen, options());
    auto session = bus.open_session("s");
    auto reporter = session.reporter({.ring_capacity = 8});
    ASSERT_EQ(report_all(reporter), 600U);
    const StopReport report = bus.stop(watchdog);
    EXPECT_TRUE(report.stuck.empty());
    drain(subscription);
    expect_all(seen, session.id());
    ASSERT_FALSE(seen.closed().empty());
    EXPECT_EQ(seen.closed()[0].outcome, Outcome::abandoned);
  }
}

TEST_P(Law4TheLastWordArrives, WhenTheBusIsDestroyed) {
  RecordingSubscriber seen;
  Subscription subscription;
  SessionId id;
  {
    Bus bus;
    subscription = bus.subscribe(seen, options());
    auto session = bus.open_session("s");
    id = session.id();
    auto reporter = session.reporter({.ring_capacity = 8});
    ASSERT_EQ(report_all(reporter), 600U);
  }
  drain(subscription);
  expect_all(seen, id);
}

TEST_P(Law4TheLastWordArrives, AfterAHundredfoldOverloadOfAStalledDispatcher) {
  constexpr int providers = 8;
  constexpr std::size_t capacity = 16;
  const std::uint64_t each = 100 * capacity / keys_per_session * keys_per_session;
  Gate gate;
  RecordingSubscriber seen;
  Bus bus;
  auto stalling = bus.subscribe([&](const Update&) { gate.pass(); }, {.interval = 1ms});
  auto subscription = bus.subscribe(
      seen,
      {.interval = 1ms, .run_on = std::get<0>(GetParam()), .delivery = std::get<1>(GetParam())});
  const AtExit open([&] { gate.open(); });
  auto sum = bus.open_session("sum", {.merge = Merge::sum});
  auto latest = bus.open_session("latest", {.merge = Merge::latest});
  auto shared = latest.shared_reporter({.ring_capacity = capacity});
  std::vector<Reporter> reporters;
  for (int i = 0; i < providers; ++i)
    reporters.push_back(sum.reporter({.ring_capacity = capacity}));
  ASSERT_EQ(reporters[0].report(source, detection, 0, 0), Status::ok);
  ASSERT_TRUE(gate.await_arrival());
  std::vector<std::thread> threads;
  for (int i = 0; i < providers; ++i) {
    threads.emplace_back([&, i] {
      for (std::uint64_t n = 1; n <= each; ++n) {
        const auto key = static_cast<std::size_t>(n % keys_per_session);
        EXPECT_EQ(
            reporters[static_cast<std::size_t>(i)].report(role_of(key), stage_of(key), n, each),
            Status::ok);
        EXPECT_EQ(shared.report(role_of(key), stage_of(key), n, each), Status::ok);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  gate.open();
  stalling.unsubscribe();
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    const std::uint64_t reports = providers * each / keys_per_session + (key == 0 ? 1 : 0);
    const std::uint64_t newest = key == 0 ? each : each - keys_per_session + key;
    EXPECT_TRUE(eventually([&] {
      subscription.poll();
      return seen.last_sequence(sum.id(), role_of(key), stage_of(key)) == reports &&
             seen.last_sequence(latest.id(), role_of(key), stage_of(key)) ==
                 providers * each / keys_per_session;
    })) << "key "
        << key << ": " << seen.last_sequence(sum.id(), role_of(key), stage_of(key)) << " of "
        << reports;
    EXPECT_EQ(seen.last(sum.id(), role_of(key), stage_of(key))->completed, providers * newest);
    EXPECT_EQ(seen.last(latest.id(), role_of(key), stage_of(key))->completed, newest);
  }
}

}  // namespace
}  // namespace headway::laws
