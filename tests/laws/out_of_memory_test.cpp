// SPDX-License-Identifier: MIT
//
// What becomes of the bus when there is no memory: making a session, a reporter or a subscription throws and
// changes nothing; a report goes through all the same. Each call is made with no allocation allowed, with one,
// with two, and so on until it succeeds.
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "allocation_counter.hpp"
#include "keys.hpp"
#include "manual_bus.hpp"
#include "recording_subscriber.hpp"

namespace headway::laws {
namespace {

class OutOfMemory : public testing::Test {
 protected:
  void SetUp() override {
    if (!allocations_are_counted) GTEST_SKIP() << "operator new is not for the test to replace";
  }

  /// The result of `make()` as soon as there is memory enough; fails the test if there always was.
  template <class Make>
  static auto when_memory_suffices(Make&& make) {
    std::optional<decltype(make())> made;
    int refusals = 0;
    for (std::int64_t enough = 0; !made; ++enough) {
      const AllocationLimit limit(enough);
      try {
        made.emplace(make());
      } catch (const std::bad_alloc&) {
        ++refusals;
      }
    }
    EXPECT_GT(refusals, 0);
    return std::move(*made);
  }
};

// Longer than a string holds by itself.
const std::string name = "a session whose name takes memory of its own";

TEST_F(OutOfMemory, NoSessionIsOpened) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1ms});
  Session session = when_memory_suffices([&] { return bus->open_session(name); });
  EXPECT_EQ(bus->statistics().sessions, 1U);
  Reporter reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 2), Status::ok);
  bus.settle();
  EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 1U);
  EXPECT_EQ(bus->snapshot().size(), 1U);
}

TEST_F(OutOfMemory, NoReporterIsMadeAndNoLaneIsLost) {
  for (const std::size_t capacity : {0U, 8U}) {
    ManualBus bus;
    Session session = bus->open_session(name, {.merge = Merge::latest});
    Reporter reporter =
        when_memory_suffices([&] { return session.reporter({.ring_capacity = capacity}); });
    SharedReporter shared =
        when_memory_suffices([&] { return session.shared_reporter({.ring_capacity = capacity}); });
    EXPECT_EQ(bus->statistics().lanes, 2U);
    ASSERT_EQ(reporter.report(source, detection, 1, 2), Status::ok);
    ASSERT_EQ(shared.report(source, application, 1, 2), Status::ok);
    bus.settle();
    EXPECT_EQ(bus->snapshot().at(0).value(source, detection).sequence, 1U);
    EXPECT_EQ(bus->snapshot().at(0).value(source, application).sequence, 1U);
  }
}

TEST_F(OutOfMemory, NoSubscriptionIsMade) {
  for (const RunOn run_on : every_run_on) {
    ManualBus bus;
    Session session = bus->open_session(name);
    const auto seen = std::make_shared<RecordingSubscriber>();
    Subscription subscription = when_memory_suffices([&] {
      return bus->subscribe(std::shared_ptr<Subscriber>(seen),
                            {.interval = 1ms, .run_on = run_on, .name = name});
    });
    EXPECT_EQ(bus->statistics().subscriptions.size(), 1U);
    EXPECT_TRUE(subscription.unsubscribe());
    bus->poll();
    EXPECT_EQ(seen.use_count(), 1) << "an attempt that failed holds on to the subscriber";
  }
}

TEST_F(OutOfMemory, ASessionIsClosedNotAtAllOrForGood) {
  const std::string detail = "a text that takes memory of its own, which the caller has paid for";
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1ms});
  Session session = bus->open_session(name);
  bus.settle();
  std::int64_t enough = 0;
  for (bool closed = false; !closed; ++enough) {
    std::string text = detail;
    try {
      const AllocationLimit limit(enough);
      session.close(Outcome::failed, std::move(text));
      closed = true;
    } catch (const std::bad_alloc&) {
    }
    EXPECT_EQ(bus->statistics().sessions, closed ? 0U : 1U);
  }
  EXPECT_LE(enough, 2) << "the text must not cost the close";
  bus.settle();
  EXPECT_EQ(bus->snapshot().at(0).outcome, Outcome::failed);
  EXPECT_EQ(seen.outcome_of(session.id()), Outcome::failed);
}

TEST_F(OutOfMemory, AThreadsFirstReportOnASharedReporterGoesThrough) {
  ManualBus bus;
  Session session = bus->open_session(name, {.merge = Merge::sum});
  SharedReporter shared = session.shared_reporter();
  for (std::int64_t enough = 0; enough < 8; ++enough) {
    Status absolute, relative;
    {
      const AllocationLimit limit(enough);
      absolute = shared.report(source, detection, 10, 20);
      relative = shared.advance(source, application, 1);
    }
    ASSERT_EQ(absolute, Status::ok);
    ASSERT_EQ(relative, Status::ok);
  }
  bus.settle();
  EXPECT_EQ(bus->snapshot().at(0).value(source, detection).sequence, 8U);
  EXPECT_EQ(bus->snapshot().at(0).value(source, application).sequence, 8U);
  EXPECT_EQ(bus->snapshot().at(0).value(source, application).completed, 8U);
}

}  // namespace
}  // namespace headway::laws
