// SPDX-License-Identifier: MIT
//
// Law 2: a report takes no lock, allocates nothing, throws nothing, and waits for nobody: not for a
// subscriber that is stuck, not for a dispatcher that stands still, not for whoever opens sessions.
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "allocation_counter.hpp"
#include "keys.hpp"
#include "manual_bus.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

template <class AnyReporter>
inline constexpr bool promises_not_to_throw =
    noexcept(std::declval<AnyReporter&>().report(source, detection, 0U, 0U)) && noexcept(
        std::declval<AnyReporter&>().advance(
            source, detection,
            0)) && noexcept(std::declval<AnyReporter&>()
                                .add_total(source, detection,
                                           0)) && noexcept(std::declval<AnyReporter&>().canceled());
static_assert(promises_not_to_throw<Reporter>);
static_assert(promises_not_to_throw<SharedReporter>);

template <class AnyCounter>
inline constexpr bool counter_promises_not_to_throw =
    noexcept(std::declval<AnyCounter&>().report(0U, 0U)) && noexcept(
        std::declval<AnyCounter&>().advance(
            0)) && noexcept(std::declval<AnyCounter&>()
                                .add_total(0)) && noexcept(std::declval<AnyCounter&>().canceled());
static_assert(
    counter_promises_not_to_throw<decltype(std::declval<Reporter&>().at(source, detection))>);
static_assert(
    counter_promises_not_to_throw<decltype(std::declval<SharedReporter&>().at(source, detection))>);

/// Reports until `enough`; true if every answer was ok.
template <class AnyReporter>
bool report_many(AnyReporter& reporter, int count) {
  bool all_ok = true;
  for (int i = 1; i <= count; ++i) {
    const auto key = static_cast<std::size_t>(i) % keys_per_session;
    all_ok &= reporter.report(role_of(key), stage_of(key), static_cast<std::uint64_t>(i),
                              static_cast<std::uint64_t>(count)) == Status::ok;
  }
  return all_ok;
}

/// Runs `report_many` on a thread of its own and says whether it came to its end with ok throughout,
/// while whatever the test holds up stays held up.
template <class AnyReporter>
::testing::AssertionResult reports_come_to_an_end(AnyReporter& reporter, int count) {
  std::atomic<int> result{0};
  std::thread provider([&] { result.store(report_many(reporter, count) ? 1 : 2); });
  const bool ended = eventually([&] { return result.load() != 0; });
  if (!ended) {
    provider.detach();
    return ::testing::AssertionFailure() << "a report waits";
  }
  provider.join();
  if (result.load() != 1) return ::testing::AssertionFailure() << "a report was refused";
  return ::testing::AssertionSuccess();
}

class Law2AReportNeverWaits : public testing::TestWithParam<RunOn> {};

INSTANTIATE_TEST_SUITE_P(RunOn, Law2AReportNeverWaits,
                         testing::Values(RunOn::dispatcher, RunOn::own_thread),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(Law2AReportNeverWaits, ForASubscriberThatIsStuckInACallback) {
  Gate gate;
  Bus bus;
  auto subscription =
      bus.subscribe([&](const Update&) { gate.pass(); }, {.interval = 1ms, .run_on = GetParam()});
  const AtExit open([&] { gate.open(); });
  auto session = bus.open_session("s", {.merge = Merge::sum});
  auto small = session.reporter({.ring_capacity = 2});
  auto folding = session.reporter({.ring_capacity = 0});
  auto shared = session.shared_reporter({.ring_capacity = 4});
  ASSERT_EQ(small.report(source, detection, 1, 1), Status::ok);
  ASSERT_TRUE(gate.await_arrival());
  EXPECT_TRUE(reports_come_to_an_end(small, scaled(100000)));
  EXPECT_TRUE(reports_come_to_an_end(folding, scaled(100000)));
  EXPECT_TRUE(reports_come_to_an_end(shared, scaled(100000)));
}

TEST(Law2AReportNeverWaits, ForADispatcherThatStandsStillInTheMiddleOfItsWork) {
  // The dispatcher asks for the time wherever it works, perhaps holding the lock of the control path.
  Gate gate;
  std::atomic<bool> hold{false};
  const auto provider_side = std::this_thread::get_id();
  std::atomic<std::thread::id> second_provider{};
  Bus bus({.clock = [&] {
    const auto self = std::this_thread::get_id();
    if (hold.load() && self != provider_side && self != second_provider.load()) gate.pass();
    return std::chrono::steady_clock::now();
  }});
  const AtExit open([&] { gate.open(); });
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms});
  auto session = bus.open_session("s", {.merge = Merge::sum});
  auto reporter = session.reporter({.ring_capacity = 2});
  auto cold = session.reporter({.ring_capacity = 0});
  hold.store(true);
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  ASSERT_TRUE(gate.await_arrival());
  std::atomic<int> done{0};
  std::thread provider([&] {
    second_provider.store(std::this_thread::get_id());
    const bool hot_ok = report_many(reporter, scaled(100000));
    const bool cold_ok = report_many(cold, scaled(100000));
    done.store(hot_ok && cold_ok ? 1 : 2);
  });
  EXPECT_TRUE(eventually([&] { return done.load() != 0; }));
  EXPECT_EQ(done.load(), 1);
  hold.store(false);
  gate.open();
  provider.join();
}

TEST(Law2AReportNeverWaits, ForThreadsThatKeepTheControlPathBusy) {
  Bus bus;
  std::atomic<bool> stop{false};
  auto session = bus.open_session("s", {.merge = Merge::sum});
  auto reporter = session.reporter({.ring_capacity = 1});
  auto shared = session.shared_reporter({.ring_capacity = 0});
  std::vector<std::thread> busy;
  busy.emplace_back([&] {
    while (!stop.load()) {
      auto other = bus.open_session("other");
      auto others_reporter = other.reporter();
      static_cast<void>(others_reporter.report(source, detection, 1, 1));
      other.close();
    }
  });
  busy.emplace_back([&] {
    while (!stop.load()) {
      auto subscription = bus.subscribe([](const Update&) {}, {.interval = 1ms});
      static_cast<void>(bus.snapshot());
      static_cast<void>(bus.statistics());
      session.note("busy");
    }
  });
  EXPECT_TRUE(reports_come_to_an_end(reporter, scaled(300000)));
  EXPECT_TRUE(reports_come_to_an_end(shared, scaled(300000)));
  stop.store(true);
  for (std::thread& thread : busy) thread.join();
}

TEST(Law2AReportNeverWaits, ForAPollerOfAManualBusThatNeverComes) {
  ManualBus bus;
  auto subscription = bus->subscribe([](const Update&) {});
  auto session = bus->open_session("s", {.merge = Merge::latest});
  auto reporter = session.reporter({.ring_capacity = 3});
  auto second = session.reporter({.ring_capacity = 0});
  auto shared = session.shared_reporter({.ring_capacity = 1});
  EXPECT_TRUE(reports_come_to_an_end(reporter, scaled(100000)));
  EXPECT_TRUE(reports_come_to_an_end(second, scaled(100000)));
  EXPECT_TRUE(reports_come_to_an_end(shared, scaled(100000)));
}

template <class AnyReporter>
std::uint64_t allocations_of_everything(AnyReporter& reporter, int rounds) {
  const AllocationCounter allocations;
  for (int i = 0; i < rounds; ++i) {
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      const auto value = static_cast<std::uint64_t>(i);
      static_cast<void>(reporter.report(role_of(key), stage_of(key), value, value << 40U));
    }
    static_cast<void>(reporter.report(static_cast<Role>(9), detection, 1, 1));
    static_cast<void>(reporter.advance(source, detection, -1));
    static_cast<void>(reporter.add_total(source, detection, 5));
    static_cast<void>(reporter.canceled());
  }
  return allocations.count();
}

class Law2AReportAllocatesNothing : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    if (!allocations_are_counted) GTEST_SKIP() << "operator new is not for the test to replace";
  }
};

INSTANTIATE_TEST_SUITE_P(RingCapacity, Law2AReportAllocatesNothing, testing::Values(0U, 1U, 64U));

TEST_P(Law2AReportAllocatesNothing, OnAnOwnReporterFromItsFirstReportOn) {
  Bus bus;
  auto subscription = bus.subscribe([](const Update&) {}, {.interval = 1ms});
  for (const Merge merge : {Merge::sum, Merge::furthest, Merge::latest}) {
    auto session = bus.open_session("s", {.merge = merge});
    auto first = session.reporter({.ring_capacity = GetParam()});
    auto second = session.reporter({.ring_capacity = GetParam()});
    EXPECT_EQ(allocations_of_everything(first, 10000), 0U);
    EXPECT_EQ(allocations_of_everything(second, 10000), 0U);
    session.cancel();
    EXPECT_EQ(allocations_of_everything(first, 100), 0U);
    session.close();
    EXPECT_EQ(allocations_of_everything(first, 100), 0U);
  }
}

TEST_P(Law2AReportAllocatesNothing, OnASharedReporterAfterTheThreadsFirstReport) {
  Bus bus;
  auto subscription = bus.subscribe([](const Update&) {}, {.interval = 1ms});
  for (const Merge merge : {Merge::unset, Merge::sum, Merge::furthest, Merge::latest}) {
    auto session = bus.open_session("s", {.merge = merge});
    auto reporter = session.shared_reporter({.ring_capacity = GetParam()});
    ASSERT_EQ(reporter.report(source, application, 1, 1), Status::ok);
    EXPECT_EQ(allocations_of_everything(reporter, 10000), 0U);
    session.close();
    EXPECT_EQ(allocations_of_everything(reporter, 100), 0U);
  }
}

TEST_P(Law2AReportAllocatesNothing, WhenItWakesTheDispatcherAgainAndAgain) {
  ManualBus bus;
  auto subscription = bus->subscribe([](const Update&) {});
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  for (int i = 0; i < 100; ++i) {
    const AllocationCounter allocations;
    const Status status = reporter.report(source, detection, 1, 1);
    EXPECT_EQ(allocations.count(), 0U);
    ASSERT_EQ(status, Status::ok);
    bus.run_for(2s, 100ms);  // long enough for the lane to cool
  }
}

TEST_P(Law2AReportAllocatesNothing, WhenItWakesADispatcherThatSleeps) {
  Bus bus;
  auto subscription = bus.subscribe([](const Update&) {}, {.interval = 1ms});
  auto session = bus.open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(eventually([&] { return bus.statistics().hot_lanes == 0; }));
    // No lane is hot: it is asleep by now, or else the report finds it on the way there.
    std::this_thread::sleep_for(5ms);
    const AllocationCounter allocations;
    const Status status = reporter.report(source, detection, 1, 1);
    EXPECT_EQ(allocations.count(), 0U);
    ASSERT_EQ(status, Status::ok);
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  }
}

}  // namespace
}  // namespace headway::laws
