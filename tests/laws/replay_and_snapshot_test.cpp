// SPDX-License-Identifier: MIT
//
// Late subscribers, filters, snapshots and notes: the state, for those who come after it was made.
#include <algorithm>
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
#include "recording_subscriber.hpp"
#include "scale.hpp"

namespace headway::laws {
namespace {

class ALateSubscriber : public testing::TestWithParam<std::tuple<RunOn, Delivery>> {
 protected:
  [[nodiscard]] SubscriptionOptions options() const {
    return {
        .interval = 1ms, .run_on = std::get<0>(GetParam()), .delivery = std::get<1>(GetParam())};
  }
};

INSTANTIATE_TEST_SUITE_P(Subscriptions, ALateSubscriber,
                         testing::Combine(testing::ValuesIn(every_run_on),
                                          testing::ValuesIn(every_delivery)),
                         [](const auto& each) {
                           return name_of(std::get<0>(each.param)) +
                                  name_of(std::get<1>(each.param));
                         });

TEST_P(ALateSubscriber, FirstGetsWhatIsOpenAndTheCurrentValues) {
  Bus bus;
  RecordingSubscriber seen;
  auto closed = bus.open_session("closed");
  auto silent = bus.open_session("silent");
  auto busy = bus.open_session("busy");
  auto reporter = busy.reporter();
  ASSERT_EQ(closed.reporter().report(source, detection, 1, 1), Status::ok);
  closed.close();
  for (std::uint64_t i = 1; i <= 7; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 7), Status::ok);
    ASSERT_EQ(reporter.report(destination, application, i * 2, 14), Status::ok);
  }
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  auto subscription = bus.subscribe(seen, options());
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(subscription);
  EXPECT_EQ(seen.opened(), 2U);
  EXPECT_TRUE(seen.closed().empty());
  const auto updates = seen.updates();
  ASSERT_EQ(updates.size(), 2U);
  EXPECT_EQ(seen.last(busy.id(), source, detection)->completed, 7U);
  EXPECT_EQ(seen.last(busy.id(), source, detection)->sequence, 7U);
  EXPECT_EQ(seen.last(busy.id(), destination, application)->completed, 14U);
  EXPECT_EQ(updates[0].session_name, "busy");
  // And from there on it is like everybody else.
  ASSERT_EQ(reporter.report(source, detection, 8, 8), Status::ok);
  busy.close();
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(subscription);
  EXPECT_EQ(seen.last(busy.id(), source, detection)->sequence, 8U);
  EXPECT_EQ(seen.closed().size(), 1U);
}

TEST_P(ALateSubscriber, GetsNothingOldIfItDoesNotWantTo) {
  Bus bus;
  RecordingSubscriber seen;
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 3), Status::ok);
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  auto wanted = options();
  wanted.replay_current = false;
  auto subscription = bus.subscribe(seen, wanted);
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(subscription);
  EXPECT_TRUE(seen.updates().empty());
  ASSERT_EQ(reporter.report(source, enumeration, 2, 3), Status::ok);
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(subscription);
  ASSERT_EQ(seen.updates().size(), 1U);
  EXPECT_EQ(seen.updates()[0].key(), key_index(source, enumeration));
}

TEST_P(ALateSubscriber, SeesAnUnbrokenStoryWhileProvidersReport) {
  // The replay meets live reports: neither may overtake the other, on any key.
  for (int round = 0; round < scaled(40); ++round) {
    Bus bus;
    std::vector<RecordingSubscriber> seen(6);
    std::vector<Subscription> subscriptions;
    auto session = bus.open_session("s");
    std::atomic<bool> done{false};
    LoggedReporter logged(session.reporter({.ring_capacity = 4}), session.id());
    std::thread provider([&] {
      for (std::uint64_t i = 1; !done.load() && i < 200000; ++i) {
        static_cast<void>(logged.report(static_cast<std::size_t>(i / 3 % keys_per_session), i, ~i));
      }
    });
    for (RecordingSubscriber& each : seen) {
      subscriptions.push_back(bus.subscribe(each, options()));
      subscriptions.back().poll();
    }
    done.store(true);
    provider.join();
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    for (Subscription& subscription : subscriptions) drain(subscription);
    History history;
    history.sessions.push_back({.id = session.id()});
    history.providers.push_back(logged.log);
    LawChecker checker(history);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const StreamFacts facts{.name = "late " + std::to_string(i), .from_start = false};
      for (const auto& complaint : checker.check(facts, seen[i].events())) {
        ADD_FAILURE() << "round " << round << ": " << complaint;
      }
    }
    if (HasFailure()) return;
  }
}

TEST_P(ALateSubscriber, GetsManySessionsInTheOrderInWhichTheyWereOpened) {
  Bus bus;
  RecordingSubscriber seen;
  std::vector<Session> sessions;
  std::vector<Reporter> reporters;
  const int count = scaled(3000);
  for (int i = 0; i < count; ++i) {
    sessions.push_back(bus.open_session("s"));
    reporters.push_back(sessions.back().reporter({.ring_capacity = 0}));
    ASSERT_EQ(reporters.back().report(source, detection, static_cast<std::uint64_t>(i), 0),
              Status::ok);
  }
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  auto subscription = bus.subscribe(seen, options());
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(subscription);
  EXPECT_EQ(seen.opened(), static_cast<std::size_t>(count));
  EXPECT_EQ(seen.updates().size(), static_cast<std::size_t>(count));
  SessionId before;
  for (const Seen& event : seen.events()) {
    if (event.kind != Seen::Kind::opened) continue;
    ASSERT_LT(before, event.session);
    before = event.session;
  }
}

TEST_P(ALateSubscriber, SeesOnlyWhatItsFilterSelects) {
  Bus bus;
  RecordingSubscriber by_session;
  RecordingSubscriber by_key;
  auto one = bus.open_session("one");
  auto other = bus.open_session("other");
  auto ones = one.reporter();
  auto others = other.reporter();
  const auto report_all = [&](std::uint64_t value) {
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      ASSERT_EQ(ones.report(role_of(key), stage_of(key), value, 9), Status::ok);
      ASSERT_EQ(others.report(role_of(key), stage_of(key), value, 9), Status::ok);
    }
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  };
  report_all(1);
  auto wanted = options();
  wanted.filter = {.session = one.id()};
  auto first = bus.subscribe(by_session, wanted);
  wanted.filter = {.role = destination, .stage = enumeration};
  auto second = bus.subscribe(by_key, wanted);
  report_all(2);
  one.close();
  other.close();
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(first);
  drain(second);
  for (const Seen& event : by_session.events()) EXPECT_EQ(event.session, one.id()) << event;
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    EXPECT_EQ(by_session.last_sequence(one.id(), role_of(key), stage_of(key)), 2U);
  }
  EXPECT_EQ(by_session.closed().size(), 1U);
  for (const Seen& update : by_key.updates()) {
    EXPECT_EQ(update.key(), key_index(destination, enumeration)) << update;
  }
  EXPECT_EQ(by_key.last_sequence(one.id(), destination, enumeration), 2U);
  EXPECT_EQ(by_key.last_sequence(other.id(), destination, enumeration), 2U);
  EXPECT_EQ(by_key.closed().size(), 2U);
}

TEST(ALongReplay, IsHandedOverToItsEndWhenTheBusIsStopped) {
  // More than is replayed at a time, by ticks that the stop makes itself.
  constexpr std::size_t sessions = 20'000;
  ManualBus bus;
  std::vector<Session> open;
  for (std::size_t i = 0; i < sessions; ++i) open.push_back(bus->open_session("s"));
  bus.settle();
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1h});
  EXPECT_TRUE(bus->stop(watchdog).complete);
  EXPECT_EQ(seen.opened(), sessions);
  EXPECT_EQ(seen.closed().size(), sessions);
}

TEST(ASnapshot, ShowsSessionsInOrderWithAllThatIsKnown) {
  ManualBus bus;
  auto first = bus->open_session("first", {.units = {Unit::items, Unit::items, Unit::bytes}});
  auto second = bus->open_session("second");
  auto reporter = first.reporter();
  ASSERT_EQ(reporter.report(destination, application, 3, 4), Status::ok);
  first.note("a file");
  first.note("another file");
  second.cancel();
  bus.settle();
  auto infos = bus->snapshot();
  ASSERT_EQ(infos.size(), 2U);
  EXPECT_EQ(infos[0].id, first.id());
  EXPECT_EQ(infos[0].name, "first");
  EXPECT_EQ(infos[0].note, "another file");
  EXPECT_EQ(infos[0].units[2], Unit::bytes);
  EXPECT_EQ(infos[0].value(destination, application).completed, 3U);
  EXPECT_EQ(infos[0].fraction(destination, application), 0.75);
  EXPECT_EQ(infos[0].fraction(source, detection), std::nullopt);
  EXPECT_TRUE(infos[0].open());
  EXPECT_FALSE(infos[0].canceled);
  EXPECT_TRUE(infos[1].canceled);
  EXPECT_EQ(infos[1].note, "");
  first.close(Outcome::completed, "all done");
  bus.settle();
  infos = bus->snapshot({.session = first.id()});
  ASSERT_EQ(infos.size(), 1U);
  EXPECT_EQ(infos[0].outcome, Outcome::completed);
  EXPECT_EQ(infos[0].detail, "all done");
  EXPECT_EQ(infos[0].fraction(source, detection), 1.0);  // nothing was to be done
  EXPECT_TRUE(bus->snapshot({.session = SessionId(99999)}).empty());
}

TEST(ASnapshot, KeepsTheLastClosedSessions) {
  for (const std::size_t kept : {std::size_t{0}, std::size_t{3}, std::size_t{64}}) {
    ManualBus bus({.closed_sessions_kept = kept});
    std::vector<SessionId> ids;
    auto open = bus->open_session("open");
    for (int i = 0; i < 100; ++i) {
      auto session = bus->open_session("s");
      ids.push_back(session.id());
      session.close();
      if (i % 10 == 0) bus.settle();
    }
    bus.settle();
    const auto infos = bus->snapshot();
    ASSERT_EQ(infos.size(), kept + 1);
    EXPECT_EQ(infos[0].id, open.id());
    for (std::size_t i = 0; i < kept; ++i) {
      EXPECT_EQ(infos[i + 1].id, ids[ids.size() - kept + i]);
      EXPECT_FALSE(infos[i + 1].open());
    }
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  }
}

TEST(ASnapshot, IsTakenWhileEverythingMoves) {
  Bus bus;
  std::atomic<bool> done{false};
  std::thread busy([&] {
    while (!done.load()) {
      auto session = bus.open_session("passing");
      auto reporter = session.reporter();
      for (std::uint64_t i = 1; i < 20; ++i) {
        static_cast<void>(reporter.report(source, detection, i, i));
        session.note(std::string(static_cast<std::size_t>(i), 'x'));
      }
    }
  });
  for (int i = 0; i < scaled(3000); ++i) {
    SessionId before;
    for (const SessionInfo& info : bus.snapshot()) {
      ASSERT_LT(before, info.id);
      before = info.id;
      ASSERT_EQ(info.name, "passing");
      ASSERT_EQ(info.note, std::string(info.note.size(), 'x'));
      ASSERT_EQ(info.value(source, detection).completed, info.value(source, detection).total);
    }
  }
  done.store(true);
  busy.join();
}

}  // namespace
}  // namespace headway::laws
