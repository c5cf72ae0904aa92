// SPDX-License-Identifier: MIT
//
// Law 10: closing delivers the last updates, then on_closed once, then nothing. What was answered `ok` is
// in what is delivered; what came too late was answered `closed` and is not counted.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
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

class Law10ClosedIsClosed
    : public testing::TestWithParam<std::tuple<RunOn, Delivery, std::size_t>> {
 protected:
  [[nodiscard]] SubscriptionOptions options() const {
    return {
        .interval = 1ms, .run_on = std::get<0>(GetParam()), .delivery = std::get<1>(GetParam())};
  }
  [[nodiscard]] ReporterOptions ring() const { return {.ring_capacity = std::get<2>(GetParam())}; }
};

INSTANTIATE_TEST_SUITE_P(Subscriptions, Law10ClosedIsClosed,
                         testing::Combine(testing::ValuesIn(every_run_on),
                                          testing::ValuesIn(every_delivery),
                                          testing::Values(0U, 2U, 64U)),
                         [](const auto& each) {
                           return name_of(std::get<0>(each.param)) +
                                  name_of(std::get<1>(each.param)) + "Capacity" +
                                  std::to_string(std::get<2>(each.param));
                         });

TEST_P(Law10ClosedIsClosed, FirstTheLastUpdatesThenOnClosedThenNothing) {
  RecordingSubscriber seen;
  Bus bus;
  auto subscription = bus.subscribe(seen, options());
  auto session = bus.open_session("s");
  auto reporter = session.reporter(ring());
  for (std::uint64_t i = 1; i <= 50; ++i) {
    ASSERT_EQ(reporter.report(source, application, i, 50), Status::ok);
  }
  session.close(Outcome::failed, "the disk is full");
  EXPECT_EQ(reporter.report(source, application, 51, 51), Status::closed);
  EXPECT_EQ(reporter.advance(source, application), Status::closed);
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(subscription);
  session.close(Outcome::completed);  // a second close has no effect
  EXPECT_EQ(reporter.report(source, application, 52, 52), Status::closed);
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(subscription);
  const auto events = seen.events();
  ASSERT_GE(events.size(), 3U);
  EXPECT_EQ(events.front().kind, Seen::Kind::opened);
  EXPECT_EQ(events.back().kind, Seen::Kind::closed);
  EXPECT_EQ(events.back().outcome, Outcome::failed);
  EXPECT_EQ(events[events.size() - 2].sequence, 50U);
  EXPECT_EQ(seen.closed().size(), 1U);
  EXPECT_EQ(bus.statistics().refused_closed, 3U);
  EXPECT_EQ(bus.statistics().sessions, 0U);
  const SessionInfo info = bus.snapshot().at(0);
  EXPECT_FALSE(info.open());
  EXPECT_EQ(info.outcome, Outcome::failed);
  EXPECT_EQ(info.detail, "the disk is full");
  EXPECT_EQ(info.value(source, application).sequence, 50U);
}

TEST_P(Law10ClosedIsClosed, RacingReportsAreCountedExactlyWhenTheyWereAnsweredOk) {
  for (int round = 0; round < scaled(60); ++round) {
    RecordingSubscriber seen;
    Bus bus;
    auto subscription = bus.subscribe(seen, options());
    auto session = bus.open_session("s", {.merge = Merge::sum});
    auto shared = session.shared_reporter(ring());
    History history;
    history.sessions.push_back(
        {.id = session.id(), .combination = Combination::sum, .closed_as = Outcome::completed});
    history.providers.resize(4);
    std::atomic<int> started{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const auto loop = [&](auto&& logged) {
          started.fetch_add(1);
          for (std::uint64_t n = 1; n < 1000000; ++n) {
            if (logged.advance(static_cast<std::size_t>(n % keys_per_session), 1) == Status::closed)
              break;
            if (n % 16 == 0) std::this_thread::yield();
          }
          history.providers[i] = std::move(logged.log);
        };
        if (i % 2 == 0) {
          loop(LoggedReporter(session.reporter(ring()), session.id()));
        } else {
          loop(LoggedReporter(SharedReporterRef(shared), session.id(), nullptr, true));
        }
      });
    }
    ASSERT_TRUE(eventually([&] { return started.load() == 4; }));
    for (int n = 0; n < round * 20; ++n) subscription.poll();
    session.close();
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    drain(subscription);
    LawChecker checker(history);
    for (const auto& complaint : checker.complaints_about_answers()) ADD_FAILURE() << complaint;
    for (const auto& complaint : checker.check({.name = "subscriber"}, seen.events())) {
      ADD_FAILURE() << "round " << round << ": " << complaint;
    }
    std::uint64_t ok = 0;
    std::uint64_t closed = 0;
    for (const ProviderLog& log : history.providers) {
      for (const Attempt& attempt : log.attempts) {
        ok += attempt.status == Status::ok ? 1 : 0;
        closed += attempt.status == Status::closed ? 1 : 0;
      }
    }
    EXPECT_EQ(bus.statistics().reports, ok);
    EXPECT_EQ(bus.statistics().refused_closed, closed);
    if (HasFailure()) return;
  }
}

TEST_P(Law10ClosedIsClosed, FromInsideACallbackOnTheFirstUpdate) {
  RecordingSubscriber seen;
  Session session;
  Bus bus;
  seen.at_progress = [&](const Update&) { session.close(Outcome::failed); };
  auto subscription = bus.subscribe(seen, options());
  session = bus.open_session("s");
  auto reporter = session.reporter(ring());
  std::uint64_t ok = 0;
  ASSERT_TRUE(eventually([&] {
    if (reporter.report(source, detection, ok + 1, 0) == Status::ok) ++ok;
    subscription.poll();
    return !seen.closed().empty();
  }));
  EXPECT_EQ(reporter.report(source, detection, 1, 0), Status::closed);
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(subscription);
  EXPECT_EQ(seen.last_sequence(session.id(), source, detection), ok);
  EXPECT_EQ(seen.closed().size(), 1U);
  EXPECT_EQ(seen.events().back().kind, Seen::Kind::closed);
  EXPECT_EQ(seen.events().back().outcome, Outcome::failed);
  subscription.unsubscribe();
}

TEST(Law10ASessionThatIsDestroyed, IsClosedAsAbandonedOrAsCanceled) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  {
    auto first = bus->open_session("first");
    auto second = bus->open_session("second");
    second.cancel();
  }
  auto third = bus->open_session("third");
  third = bus->open_session("fourth");  // assignment ends what was there
  bus.settle();
  ASSERT_EQ(seen.closed().size(), 3U);
  for (const Seen& closed : seen.closed()) {
    const auto info = bus->snapshot({.session = closed.session}).at(0);
    EXPECT_EQ(closed.outcome, info.name == "second" ? Outcome::canceled : Outcome::abandoned);
  }
  EXPECT_EQ(bus->statistics().sessions, 1U);
}

TEST(Law10AClosedSession, GivesReportersThatAnswerClosed) {
  ManualBus bus;
  auto session = bus->open_session("s");
  session.close();
  auto own = session.reporter();
  auto shared = session.shared_reporter();
  auto second = session.reporter();  // with no merge, too: nobody is there to merge with
  EXPECT_EQ(own.report(source, detection, 1, 1), Status::closed);
  EXPECT_EQ(shared.report(source, detection, 1, 1), Status::closed);
  EXPECT_EQ(second.report(source, detection, 1, 1), Status::closed);
  session.note("too late, and harmless");
  session.cancel();
  bus.settle();
  EXPECT_EQ(bus->statistics().reports, 0U);
}

TEST(Law10AClosedSession, IsNotReportedToByHoweverManyReporters) {
  ManualBus bus;
  auto closed = bus->open_session("closed");
  auto canceled = bus->open_session("canceled");
  canceled.cancel();
  closed.close();
  canceled.close(Outcome::canceled);
  // More than a bus has lanes, and the dispatcher never comes for one.
  for (int i = 0; i < 300'000; ++i) {
    ASSERT_EQ(closed.reporter().report(source, detection, 1, 1), Status::closed);
  }
  EXPECT_EQ(canceled.reporter().report(source, detection, 1, 1), Status::aborted);
  EXPECT_EQ(bus->statistics().lanes, 0U);
  EXPECT_EQ(bus->statistics().refused_closed, 300'000U);
  EXPECT_EQ(bus->statistics().refused_aborted, 1U);
}

TEST(Law10AHandleThatStandsForNothing, AnswersClosedToManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      Reporter reporter;
      SharedReporter shared;
      Counter counter = reporter.at(source, application);
      for (int n = 0; n < scaled(100'000); ++n) {
        ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::closed);
        ASSERT_EQ(reporter.advance(source, detection), Status::closed);
        ASSERT_EQ(counter.report(1, 1), Status::closed);
        ASSERT_EQ(shared.advance(source, detection), Status::closed);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Law10ClosingAndCallingBack, AreTwoThings) {
  // close() marks: it neither blocks nor calls back, even while the subscriber is stuck.
  Gate gate;
  RecordingSubscriber seen;
  seen.at_progress = [&](const Update&) { gate.pass(); };
  Bus bus;
  auto subscription = bus.subscribe(seen, {.interval = 1ms});
  const AtExit open([&] { gate.open(); });
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 2), Status::ok);
  ASSERT_TRUE(gate.await_arrival());
  ASSERT_EQ(reporter.report(source, detection, 2, 2), Status::ok);
  session.close();
  EXPECT_EQ(reporter.report(source, detection, 3, 3), Status::closed);
  EXPECT_TRUE(seen.closed().empty());
  gate.open();
  EXPECT_TRUE(eventually([&] { return !seen.closed().empty(); }));
  EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 2U);
}

TEST(Law10EachSession, HasItsOwnEnd) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1ms});
  auto one = bus->open_session("one");
  auto other = bus->open_session("other");
  auto ones = one.reporter();
  auto others = other.reporter();
  ASSERT_EQ(ones.report(source, detection, 1, 1), Status::ok);
  one.close();
  ASSERT_EQ(others.report(source, detection, 1, 1), Status::ok);
  bus.settle();
  EXPECT_EQ(ones.report(source, detection, 2, 2), Status::closed);
  ASSERT_EQ(others.report(source, detection, 2, 2), Status::ok);
  bus.settle();
  EXPECT_EQ(seen.last_sequence(one.id(), source, detection), 1U);
  EXPECT_EQ(seen.last_sequence(other.id(), source, detection), 2U);
  ASSERT_EQ(seen.closed().size(), 1U);
  EXPECT_EQ(seen.closed()[0].session, one.id());
  EXPECT_NE(one.id(), other.id());
  EXPECT_LT(one.id(), other.id());
}

}  // namespace
}  // namespace headway::laws
