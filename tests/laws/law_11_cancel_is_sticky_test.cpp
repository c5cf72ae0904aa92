// SPDX-License-Identifier: MIT
//
// Law 11: anybody may cancel, by handle or by id; it stays; later reports are aborted and change nothing.
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "law_checker.hpp"
#include "manual_bus.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

class Law11CancelIsSticky : public testing::TestWithParam<bool> {
 protected:
  void cancel(Bus& bus, Session& session) {
    if (GetParam()) {
      EXPECT_TRUE(bus.cancel(session.id()));
    } else {
      session.cancel();
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Way, Law11CancelIsSticky, testing::Bool(),
                         [](const auto& each) { return each.param ? "ById" : "ByHandle"; });

TEST_P(Law11CancelIsSticky, AndLaterReportsChangeNothing) {
  for (const std::size_t capacity : {0U, 2U, 64U}) {
    ManualBus bus;
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 1ms});
    auto session = bus->open_session("s", {.merge = Merge::latest});
    auto reporter = session.reporter({.ring_capacity = capacity});
    auto shared = session.shared_reporter({.ring_capacity = capacity});
    auto counter = reporter.at(source, detection);
    for (std::uint64_t i = 1; i <= 5; ++i) {
      ASSERT_EQ(reporter.report(source, detection, i, 10), Status::ok);
    }
    EXPECT_FALSE(session.canceled());
    EXPECT_FALSE(reporter.canceled());
    EXPECT_FALSE(counter.canceled());
    cancel(*bus, session);
    EXPECT_TRUE(session.canceled());
    EXPECT_TRUE(reporter.canceled());
    EXPECT_TRUE(shared.canceled());
    EXPECT_TRUE(counter.canceled());
    for (int round = 0; round < 3; ++round) {
      EXPECT_EQ(reporter.report(source, detection, 9, 10), Status::aborted);
      EXPECT_EQ(reporter.advance(source, detection, 3), Status::aborted);
      EXPECT_EQ(reporter.add_total(source, detection, 3), Status::aborted);
      EXPECT_EQ(shared.report(source, detection, 9, 10), Status::aborted);
      EXPECT_EQ(counter.report(9, 10), Status::aborted);
      EXPECT_TRUE(should_stop(counter.advance()));
      bus.run_for(10ms);
    }
    auto opened_later = session.reporter();
    EXPECT_EQ(opened_later.report(source, detection, 9, 10), Status::aborted);
    bus.settle();
    const auto last = seen.last(session.id(), source, detection);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->completed, 5U);
    EXPECT_EQ(last->sequence, 5U);
    EXPECT_EQ(bus->statistics().reports, 5U);
    EXPECT_EQ(bus->statistics().refused_aborted, 19U);
    EXPECT_TRUE(bus->snapshot().at(0).canceled);
    EXPECT_TRUE(bus->snapshot().at(0).open());  // it stays open until it is closed
    EXPECT_TRUE(seen.closed().empty());
    session.close(Outcome::canceled);
    bus.settle();
    EXPECT_EQ(seen.closed().size(), 1U);
    EXPECT_EQ(seen.closed()[0].outcome, Outcome::canceled);
    EXPECT_TRUE(session.canceled());
  }
}

TEST_P(Law11CancelIsSticky, WhileProvidersReport) {
  for (int round = 0; round < scaled(100); ++round) {
    RecordingSubscriber seen;
    Bus bus;
    auto subscription = bus.subscribe(seen, {.interval = 1ms});
    auto session = bus.open_session("s", {.merge = Merge::sum});
    auto shared = session.shared_reporter({.ring_capacity = round % 2 == 0 ? 0U : 8U});
    History history;
    history.sessions.push_back(
        {.id = session.id(), .combination = Combination::sum, .closed_as = Outcome::canceled});
    history.providers.resize(3);
    std::atomic<int> started{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < 3; ++i) {
      threads.emplace_back([&, i] {
        const auto loop = [&](auto&& logged) {
          started.fetch_add(1);
          int aborted = 0;
          for (int n = 0; aborted < 5; ++n) {
            if (should_stop(logged.advance(1, 1))) ++aborted;
            if (n % 16 == 0) std::this_thread::yield();
          }
          history.providers[i] = std::move(logged.log);
        };
        if (i == 0) {
          loop(LoggedReporter(SharedReporterRef(shared), session.id(), nullptr, true));
        } else {
          loop(LoggedReporter(session.reporter({.ring_capacity = i}), session.id()));
        }
      });
    }
    ASSERT_TRUE(eventually([&] { return started.load() == 3; }));
    cancel(bus, session);
    for (std::thread& thread : threads) thread.join();
    session.close(Outcome::canceled);
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    LawChecker checker(history);
    for (const auto& complaint : checker.complaints_about_answers()) ADD_FAILURE() << complaint;
    for (const auto& complaint : checker.check({.name = "subscriber"}, seen.events())) {
      ADD_FAILURE() << "round " << round << ": " << complaint;
    }
    EXPECT_EQ(bus.statistics().refused_aborted, 15U);
    if (HasFailure()) return;
  }
}

TEST(Law11CancelingById, FindsOpenSessionsOnly) {
  ManualBus bus;
  auto session = bus->open_session("s");
  auto other = bus->open_session("other");
  EXPECT_FALSE(bus->cancel(SessionId()));
  EXPECT_FALSE(bus->cancel(SessionId(123456)));
  EXPECT_TRUE(bus->cancel(session.id()));
  EXPECT_TRUE(bus->cancel(session.id()));  // once more changes nothing
  EXPECT_FALSE(other.canceled());
  session.close();
  EXPECT_FALSE(bus->cancel(session.id()));
  bus.settle();
  EXPECT_FALSE(bus->cancel(session.id()));
}

TEST(Law11ACanceledSession, CanBeCanceledByManyThreadsAtOnce) {
  Bus bus;
  auto session = bus.open_session("s");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      session.cancel();
      EXPECT_TRUE(session.canceled());
      static_cast<void>(bus.cancel(session.id()));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(session.canceled());
}

}  // namespace
}  // namespace headway::laws
