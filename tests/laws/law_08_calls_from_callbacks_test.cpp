// SPDX-License-Identifier: MIT
//
// Law 8: every call of the library from inside every callback of every kind of subscription: it returns,
// and does what it says.
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "recording_subscriber.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

enum class Callback { opened, progress, closed };

std::string name_of_callback(Callback callback) {
  switch (callback) {
    case Callback::opened: return "OnOpened";
    case Callback::progress: return "OnProgress";
    case Callback::closed: return "OnClosed";
  }
  return "Unknown";
}

class Law8FromInsideACallback : public testing::TestWithParam<std::tuple<RunOn, Callback>> {
 protected:
  void SetUp() override {
    other_subscription = bus.subscribe(other, {.interval = 1ms, .run_on = std::get<0>(GetParam())});
    helper = bus.open_session("helper", {.merge = Merge::latest});
    helper_reporter = helper.reporter({.ring_capacity = 2});
  }
  void TearDown() override {
    // Whatever was called, the bus still ends.
    subscription.unsubscribe();
    other_subscription.unsubscribe();
    EXPECT_TRUE(bus.stop(watchdog).stuck.empty());
  }

  /// Calls `inside` once from the callback that the parameter names; true when it has returned.
  bool call(std::function<void()> inside) {
    std::atomic<bool> returned{false};
    bool called = false;
    const auto once = [&called, &returned, inside = std::move(inside)] {
      if (std::exchange(called, true)) return;
      inside();
      returned.store(true);
    };
    switch (std::get<1>(GetParam())) {
      case Callback::opened:
        subscriber.at_opened = [&, once](const SessionInfo& info) {
          if (info.name == "trigger") once();
        };
        break;
      case Callback::progress:
        subscriber.at_progress = [&, once](const Update& u) {
          if (u.session_name == "trigger") once();
        };
        break;
      case Callback::closed:
        subscriber.at_closed = [&, once](SessionId id, Outcome) {
          if (id == trigger_id) once();
        };
        break;
    }
    subscription = bus.subscribe(subscriber, {.interval = 1ms, .run_on = std::get<0>(GetParam())});
    Session trigger = bus.open_session("trigger");
    trigger_id = trigger.id();
    Reporter reporter = trigger.reporter();
    static_cast<void>(reporter.report(source, detection, 1, 1));
    const auto pump = [&] {
      subscription.poll();
      other_subscription.poll();
      return returned.load();
    };
    if (std::get<1>(GetParam()) == Callback::closed) trigger.close();
    const bool has_returned = eventually(pump);
    // No callback may refer to what dies here.
    subscription.unsubscribe();
    return has_returned;
  }

  RecordingSubscriber subscriber;
  RecordingSubscriber other;
  SessionId trigger_id;
  Bus bus;
  Subscription subscription;
  Subscription other_subscription;
  Session helper;
  Reporter helper_reporter;
};

INSTANTIATE_TEST_SUITE_P(Everywhere, Law8FromInsideACallback,
                         testing::Combine(testing::ValuesIn(every_run_on),
                                          testing::Values(Callback::opened, Callback::progress,
                                                          Callback::closed)),
                         [](const auto& each) {
                           return laws::name_of(std::get<0>(each.param)) +
                                  name_of_callback(std::get<1>(each.param));
                         });

TEST_P(Law8FromInsideACallback, OneMayReport) {
  ASSERT_TRUE(call([&] {
    for (std::uint64_t i = 1; i <= 20; ++i) {
      EXPECT_EQ(helper_reporter.report(source, detection, i, 20), Status::ok);
    }
  }));
  EXPECT_TRUE(eventually([&] {
    other_subscription.poll();
    return other.last_sequence(helper.id(), source, detection) == 20;
  }));
}

TEST_P(Law8FromInsideACallback, OneMaySubscribe) {
  RecordingSubscriber late;
  Subscription made;
  ASSERT_TRUE(call(
      [&] { made = bus.subscribe(late, {.interval = 1ms, .run_on = std::get<0>(GetParam())}); }));
  ASSERT_EQ(helper_reporter.report(source, detection, 1, 1), Status::ok);
  EXPECT_TRUE(eventually([&] {
    made.poll();
    return late.last_sequence(helper.id(), source, detection) == 1;
  }));
  EXPECT_TRUE(made.unsubscribe());
}

TEST_P(Law8FromInsideACallback, OneMayUnsubscribeItselfAndTheCallIsTheLast) {
  std::size_t events_then = 0;
  ASSERT_TRUE(call([&] {
    EXPECT_TRUE(subscription.unsubscribe());
    events_then = subscriber.events().size();
  }));
  ASSERT_EQ(helper_reporter.report(source, detection, 1, 1), Status::ok);
  EXPECT_TRUE(eventually([&] {
    other_subscription.poll();
    return other.last_sequence(helper.id(), source, detection) == 1;
  }));
  EXPECT_EQ(subscriber.events().size(), events_then);
}

TEST_P(Law8FromInsideACallback, OneMayUnsubscribeAnother) {
  ASSERT_TRUE(call([&] { EXPECT_TRUE(other_subscription.unsubscribe()); }));
  const std::size_t events = other.events().size();
  ASSERT_EQ(helper_reporter.report(source, detection, 1, 1), Status::ok);
  EXPECT_EQ(bus.flush(watchdog), FlushResult::ok);
  EXPECT_EQ(other.events().size(), events);
}

TEST_P(Law8FromInsideACallback, OneMayOpenUseAndCloseASession) {
  SessionId opened;
  ASSERT_TRUE(call([&] {
    Session session = bus.open_session("inner");
    opened = session.id();
    Reporter reporter = session.reporter();
    EXPECT_EQ(reporter.report(destination, application, 3, 4), Status::ok);
    session.note("from inside");
    session.close(Outcome::failed, "on purpose");
    EXPECT_EQ(reporter.report(destination, application, 4, 4), Status::closed);
  }));
  EXPECT_TRUE(eventually([&] {
    other_subscription.poll();
    return other.last_sequence(opened, destination, application) == 1 &&
           other.outcome_of(opened) == Outcome::failed;
  }));
}

TEST_P(Law8FromInsideACallback, OneMayCloseAndCancel) {
  ASSERT_TRUE(call([&] {
    EXPECT_TRUE(bus.cancel(helper.id()));
    EXPECT_EQ(helper_reporter.report(source, detection, 1, 1), Status::aborted);
    helper.close(Outcome::canceled);
    helper.close(Outcome::completed);
    EXPECT_FALSE(bus.cancel(helper.id()));
  }));
  EXPECT_TRUE(eventually([&] {
    other_subscription.poll();
    return other.outcome_of(helper.id()) == Outcome::canceled;
  }));
}

TEST_P(Law8FromInsideACallback, OneMayAskForTheState) {
  ASSERT_TRUE(call([&] {
    EXPECT_FALSE(bus.snapshot().empty());
    EXPECT_EQ(bus.snapshot({.session = helper.id()}).size(), 1U);
    EXPECT_GE(bus.statistics().subscriptions.size(), 2U);
    EXPECT_FALSE(helper.canceled());
  }));
}

TEST_P(Law8FromInsideACallback, AFlushSaysThatItCannotWait) {
  ASSERT_TRUE(call([&] { EXPECT_EQ(bus.flush(1h), FlushResult::called_from_callback); }));
}

TEST_P(Law8FromInsideACallback, AFlushOfAnotherBusIsNoMistake) {
  Bus second;
  ASSERT_TRUE(call([&] { EXPECT_EQ(second.flush(watchdog), FlushResult::ok); }));
}

TEST_P(Law8FromInsideACallback, AStopReturnsAndTheBusIsStopped) {
  ASSERT_TRUE(call([&] {
    static_cast<void>(bus.stop(watchdog));
    EXPECT_EQ(helper_reporter.report(source, detection, 1, 1), Status::closed);
  }));
  EXPECT_EQ(helper_reporter.report(source, detection, 1, 1), Status::closed);
}

TEST_P(Law8FromInsideACallback, APollHandsOverNothing) {
  ASSERT_TRUE(call([&] {
    EXPECT_EQ(bus.poll(), 0U);
    EXPECT_EQ(subscription.poll(), 0U);
    if (std::get<0>(GetParam()) != RunOn::caller) {
      EXPECT_EQ(other_subscription.poll(), 0U);
    }
  }));
}

TEST_P(Law8FromInsideACallback, OneMayEndAReporterAndOpenAnother) {
  ASSERT_TRUE(call([&] {
    helper_reporter = Reporter();
    helper_reporter = helper.reporter({.ring_capacity = 0});
    SharedReporter shared = helper.shared_reporter();
    EXPECT_EQ(helper_reporter.report(source, detection, 1, 2), Status::ok);
    EXPECT_EQ(shared.report(source, detection, 2, 2), Status::ok);
  }));
  EXPECT_TRUE(eventually([&] {
    other_subscription.poll();
    return other.last_sequence(helper.id(), source, detection) == 2;
  }));
}

}  // namespace
}  // namespace headway::laws
