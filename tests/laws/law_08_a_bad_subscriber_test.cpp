// SPDX-License-Identifier: MIT
//
// Law 8: what a subscriber throws is caught, counted and follows its policy; a slow one on its own thread
// delays nobody. (What callbacks may call: law_08_calls_from_callbacks_test.cpp.)
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "manual_bus.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

enum class Throws { on_opened, on_progress, on_batch, on_closed };

std::string name_of_place(Throws where) {
  switch (where) {
    case Throws::on_opened: return "OnOpened";
    case Throws::on_progress: return "OnProgress";
    case Throws::on_batch: return "OnBatch";
    case Throws::on_closed: return "OnClosed";
  }
  return "Unknown";
}

class Law8AThrowingSubscriber : public testing::TestWithParam<std::tuple<RunOn, Throws>> {
 protected:
  /// Throws once, at the place that the parameter says; every other time not a std::exception.
  void arm() {
    const auto explode = [this] {
      if (thrown.fetch_add(1) != 0) return;
      if (std::get<0>(GetParam()) == RunOn::dispatcher) throw 42;
      throw std::runtime_error("a subscriber's own trouble");
    };
    switch (std::get<1>(GetParam())) {
      case Throws::on_opened: bad.at_opened = [explode](const SessionInfo&) { explode(); }; break;
      case Throws::on_progress: bad.at_progress = [explode](const Update&) { explode(); }; break;
      case Throws::on_batch:
        bad.at_batch = [explode](std::span<const Update>) { explode(); };
        break;
      case Throws::on_closed: bad.at_closed = [explode](SessionId, Outcome) { explode(); }; break;
    }
  }
  void subscribe(OnError policy) {
    arm();
    bad_subscription = bus.subscribe(
        bad, {.interval = 1ms, .run_on = std::get<0>(GetParam()), .on_error = policy});
    good_subscription = bus.subscribe(good, {.interval = 1ms});
    session = bus.open_session("s");
    reporter = session.reporter({.ring_capacity = 4});
  }
  /// One report on two keys, and wait until the good subscriber has both.
  void report(std::uint64_t value) {
    ASSERT_EQ(reporter.report(source, detection, value, 9), Status::ok);
    ASSERT_EQ(reporter.report(source, enumeration, value, 9), Status::ok);
    deliver();
    ASSERT_EQ(good.last_sequence(session.id(), source, enumeration), value);
  }
  void deliver() {
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    drain(bad_subscription);
  }
  std::uint64_t exceptions_of_bad() {
    for (const auto& each : bus.statistics().subscriptions) {
      if (each.id == bad_subscription.id()) return each.exceptions;
    }
    return 0;
  }

  std::atomic<int> thrown{0};
  RecordingSubscriber bad;
  RecordingSubscriber good;
  Bus bus;
  Subscription bad_subscription;
  Subscription good_subscription;
  Session session;
  Reporter reporter;
};

INSTANTIATE_TEST_SUITE_P(Everywhere, Law8AThrowingSubscriber,
                         testing::Combine(testing::ValuesIn(every_run_on),
                                          testing::Values(Throws::on_opened, Throws::on_progress,
                                                          Throws::on_batch, Throws::on_closed)),
                         [](const auto& each) {
                           return laws::name_of(std::get<0>(each.param)) +
                                  name_of_place(std::get<1>(each.param));
                         });

TEST_P(Law8AThrowingSubscriber, IsCountedAndGoesOnWhenItsErrorsAreIgnored) {
  subscribe(OnError::ignore);
  for (std::uint64_t i = 1; i <= 3; ++i) report(i);
  session.close();
  deliver();
  EXPECT_GE(thrown.load(), 1);
  EXPECT_EQ(bus.statistics().callback_exceptions, 1U);
  EXPECT_EQ(exceptions_of_bad(), 1U);
  // The update after the one that threw, and everything later, came all the same.
  EXPECT_EQ(bad.last_sequence(session.id(), source, detection), 3U);
  EXPECT_EQ(bad.last_sequence(session.id(), source, enumeration), 3U);
  EXPECT_EQ(bad.closed().size(), 1U);
  EXPECT_EQ(good.closed().size(), 1U);
  EXPECT_FALSE(session.canceled());
}

TEST_P(Law8AThrowingSubscriber, IsUnsubscribedWhereThatIsItsPolicy) {
  subscribe(OnError::unsubscribe);
  for (std::uint64_t i = 1; i <= 3; ++i) report(i);
  session.close();
  deliver();
  EXPECT_EQ(thrown.load(), 1);
  EXPECT_EQ(bus.statistics().callback_exceptions, 1U);
  ASSERT_FALSE(bad.events().empty());
  switch (std::get<1>(GetParam())) {
    case Throws::on_opened: EXPECT_EQ(bad.events().size(), 1U); break;
    case Throws::on_progress: EXPECT_EQ(bad.updates().size(), 1U); break;
    case Throws::on_batch: EXPECT_EQ(bad.batches(), 1U); break;
    case Throws::on_closed: EXPECT_EQ(bad.closed().size(), 1U); break;
  }
  if (std::get<1>(GetParam()) != Throws::on_closed) {
    EXPECT_TRUE(bad.closed().empty());
  }
  EXPECT_EQ(good.last_sequence(session.id(), source, enumeration), 3U);
  EXPECT_EQ(good.closed().size(), 1U);
  EXPECT_TRUE(bad_subscription.unsubscribe());
}

TEST_P(Law8AThrowingSubscriber, CancelsTheSessionWhereThatIsItsPolicy) {
  subscribe(OnError::cancel_session);
  if (std::get<1>(GetParam()) != Throws::on_opened) {
    ASSERT_EQ(reporter.report(source, detection, 1, 9), Status::ok);
  }
  deliver();
  if (std::get<1>(GetParam()) == Throws::on_closed) {
    session.close();
    deliver();
    EXPECT_EQ(thrown.load(), 1);
    return;  // a closed session cannot be canceled: it is enough that nothing else happens
  }
  EXPECT_EQ(thrown.load(), 1);
  EXPECT_TRUE(session.canceled());
  EXPECT_TRUE(reporter.canceled());
  EXPECT_EQ(reporter.report(source, detection, 2, 9), Status::aborted);
  session.close(Outcome::canceled);
  deliver();
  EXPECT_EQ(bad.closed().size(), 1U);
  EXPECT_EQ(good.closed().size(), 1U);
}

TEST(Law8AThrowingSubscriberThatHasUnsubscribed, IsCountedAllTheSame) {
  ManualBus bus;
  Subscription subscription;
  subscription = bus->subscribe(
      [&](const Update&) {
        EXPECT_TRUE(subscription.unsubscribe());
        EXPECT_EQ(bus->statistics().callback_exceptions, 0U);
        throw std::runtime_error("after the last word");
      },
      {.interval = 1ms});
  auto session = bus->open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  bus.settle();
  EXPECT_EQ(bus->statistics().callback_exceptions, 1U);
}

TEST(Law8AThrowingFunction, IsCaughtOnEachUpdate) {
  for (const RunOn run_on : every_run_on) {
    Bus bus;
    std::atomic<int> calls{0};
    auto subscription = bus.subscribe(
        [&](const Update&) {
          calls.fetch_add(1);
          throw std::runtime_error("always");
        },
        {.interval = 1ms, .run_on = run_on});
    auto session = bus.open_session("s");
    auto reporter = session.reporter();
    for (int i = 1; i <= 10; ++i) {
      ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
      ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
      subscription.poll();
      ASSERT_EQ(calls.load(), i);
    }
    EXPECT_EQ(bus.statistics().callback_exceptions, 10U);
  }
}

TEST(Law8ASlowSubscriber, OnItsOwnThreadDelaysNobody) {
  Gate gate;
  RecordingSubscriber slow;
  RecordingSubscriber quick;
  RecordingSubscriber other;
  slow.at_progress = [&](const Update&) { gate.pass(); };
  Bus bus;
  auto first =
      bus.subscribe(slow, {.interval = 1ms, .run_on = RunOn::own_thread, .queue_capacity = 2});
  auto second = bus.subscribe(quick, {.interval = 1ms});
  auto third = bus.subscribe(other, {.interval = 1ms, .run_on = RunOn::own_thread});
  const AtExit open([&] { gate.open(); });
  auto session = bus.open_session("s");
  auto reporter = session.reporter({.ring_capacity = 2});
  ASSERT_EQ(reporter.report(source, detection, 1, 0), Status::ok);
  ASSERT_TRUE(gate.await_arrival());
  const auto count = static_cast<std::uint64_t>(scaled(200));
  for (std::uint64_t i = 2; i <= count; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 0), Status::ok);
    ASSERT_TRUE(eventually([&] {
      return quick.last_sequence(session.id(), source, detection) == i &&
             other.last_sequence(session.id(), source, detection) == i;
    }));
  }
  EXPECT_EQ(bus.flush(20ms), FlushResult::timed_out);
  EXPECT_EQ(slow.updates().size(), 1U);
  gate.open();
  EXPECT_EQ(bus.flush(watchdog), FlushResult::ok);
  EXPECT_EQ(slow.last_sequence(session.id(), source, detection), count);
  EXPECT_EQ(slow.updates().back().completed, count);
}

TEST(Law8ASlowSubscriber, ThatIsACallerWhoNeverPollsDelaysNobody) {
  RecordingSubscriber never;
  RecordingSubscriber quick;
  Bus bus;
  auto first =
      bus.subscribe(never, {.interval = 1ms, .run_on = RunOn::caller, .queue_capacity = 1});
  auto second = bus.subscribe(quick, {.interval = 1ms});
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const auto key = static_cast<std::size_t>(i % keys_per_session);
    ASSERT_EQ(reporter.report(role_of(key), stage_of(key), i, 0), Status::ok);
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  }
  session.close();
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  EXPECT_EQ(quick.updates().size(), 100U);
  EXPECT_TRUE(never.events().empty());
  drain(first);
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    EXPECT_EQ(never.last_sequence(session.id(), role_of(key), stage_of(key)),
              quick.last_sequence(session.id(), role_of(key), stage_of(key)));
  }
  EXPECT_EQ(never.opened(), 1U);
  EXPECT_EQ(never.closed().size(), 1U);
}

}  // namespace
}  // namespace headway::laws
