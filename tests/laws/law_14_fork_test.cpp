// SPDX-License-Identifier: MIT
//
// Law 14: after fork the child's handles are inert: reports return a status, nothing hangs; the parent
// goes on as if nothing had been.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <poll.h>

#include <gtest/gtest.h>

#include "child_process.hpp"
#include "keys.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

class Law14AfterFork : public testing::Test {
 protected:
  void SetUp() override {
    if (under_thread_sanitizer)
      GTEST_SKIP() << "the thread sanitizer does not follow a fork with threads";
  }
};

/// A bus in full use: every kind of handle and subscription, and lanes that are hot.
struct BusInUse {
  BusInUse() {
    for (const RunOn run_on : every_run_on) {
      subscriptions.push_back(bus->subscribe(seen[static_cast<std::size_t>(run_on)],
                                             {.interval = 1ms, .run_on = run_on}));
    }
  }
  [[nodiscard]] bool parent_goes_on() {
    if (reporter.report(source, detection, ++count, 0) != Status::ok) return false;
    return eventually([&] {
      subscriptions[2].poll();
      return seen[0].last_sequence(session.id(), source, detection) == count &&
             seen[1].last_sequence(session.id(), source, detection) == count &&
             seen[2].last_sequence(session.id(), source, detection) == count;
    });
  }

  std::array<RecordingSubscriber, 3> seen;
  std::optional<Bus> bus{std::in_place};
  Session session = bus->open_session("s", {.merge = Merge::latest});
  Reporter reporter = session.reporter({.ring_capacity = 4});
  SharedReporter shared = session.shared_reporter({.ring_capacity = 4});
  std::vector<Subscription> subscriptions;
  std::uint64_t count = 0;
};

TEST_F(Law14AfterFork, ReportsInTheChildReturnAStatusAndReachNobody) {
  BusInUse use;
  ASSERT_TRUE(use.parent_goes_on());
  ASSERT_EQ(use.shared.report(source, enumeration, 1, 1), Status::ok);
  EXPECT_EQ(in_a_child([&] {
              int bad = 0;
              for (int i = 0; i < 1000; ++i) {
                if (use.reporter.report(source, detection, 777, 0) != Status::closed) bad |= 1;
                if (use.reporter.advance(source, application) != Status::closed) bad |= 2;
                if (use.reporter.add_total(source, application, 1) != Status::closed) bad |= 4;
                if (use.shared.report(source, enumeration, 777, 0) != Status::closed) bad |= 8;
              }
              auto counter = use.reporter.at(destination, detection);
              if (counter.report(1, 1) != Status::closed) bad |= 16;
              static_cast<void>(use.reporter.canceled());
              return bad;
            }),
            0);
  EXPECT_TRUE(use.parent_goes_on());
  ASSERT_EQ(use.bus->flush(watchdog), FlushResult::ok);
  EXPECT_EQ(use.seen[0].last_sequence(use.session.id(), source, enumeration), 1U);
  EXPECT_EQ(use.seen[0].last_sequence(use.session.id(), source, application), 0U);
  EXPECT_EQ(use.bus->statistics().refused_closed, 0U);
}

int call_everything(BusInUse& use) {
  static_cast<void>(use.reporter.report(source, detection, 1, 1));
  static_cast<void>(use.bus->flush(10ms));
  static_cast<void>(use.bus->poll());
  static_cast<void>(use.bus->snapshot());
  static_cast<void>(use.bus->statistics());
  static_cast<void>(use.bus->cancel(use.session.id()));
  use.session.note("child");
  use.session.cancel();
  static_cast<void>(use.session.canceled());
  for (Subscription& subscription : use.subscriptions) {
    static_cast<void>(subscription.poll());
    static_cast<void>(subscription.wake_handle());
  }
  try {
    Session session = use.bus->open_session("child");
    Reporter reporter = session.reporter();
    if (reporter.report(source, detection, 1, 1) == Status::ok) return 1;
    SharedReporter shared = session.shared_reporter();
    if (shared.report(source, detection, 1, 1) == Status::ok) return 2;
  } catch (const std::exception&) {
    // To refuse is an answer too.
  }
  for (const RunOn run_on : every_run_on) {
    try {
      Subscription subscription = use.bus->subscribe([](const Update&) {}, {.run_on = run_on});
      static_cast<void>(subscription.poll());
      static_cast<void>(subscription.unsubscribe());
    } catch (const std::exception&) {
    }
  }
  static_cast<void>(use.subscriptions[0].unsubscribe());
  use.session.close();
  static_cast<void>(use.bus->stop(10ms));
  return 0;
}

TEST_F(Law14AfterFork, EveryCallInTheChildReturns) {
  BusInUse use;
  ASSERT_TRUE(use.parent_goes_on());
  EXPECT_EQ(in_a_child([&] { return call_everything(use); }), 0);
  EXPECT_TRUE(use.parent_goes_on());
  EXPECT_FALSE(use.session.canceled());
}

TEST_F(Law14AfterFork, EveryDestructorInTheChildReturns) {
  auto use = std::make_unique<BusInUse>();
  ASSERT_TRUE(use->parent_goes_on());
  EXPECT_EQ(in_a_child([&] {
              use->subscriptions.clear();
              use->reporter = Reporter();
              use->shared = SharedReporter();
              use->session = Session();
              use->bus.reset();
              return 0;
            }),
            0);
  EXPECT_EQ(in_a_child([&] {
              use->bus.reset();
              if (use->reporter.report(source, detection, 1, 1) == Status::ok) return 1;
              use.reset();
              return 0;
            }),
            0);
  EXPECT_TRUE(use->parent_goes_on());
}

TEST_F(Law14AfterFork, TheChildDoesNotHangOnALockThatAnotherThreadHeld) {
  // Other threads are on the control path, in the middle of reports and in callbacks when the fork comes.
  BusInUse use;
  std::atomic<bool> done{false};
  std::vector<std::thread> busy;
  busy.emplace_back([&] {
    while (!done.load()) {
      Session session = use.bus->open_session("other");
      Reporter reporter = session.reporter();
      static_cast<void>(reporter.report(source, detection, 1, 1));
    }
  });
  busy.emplace_back([&] {
    while (!done.load()) {
      auto subscription = use.bus->subscribe([](const Update&) {}, {.interval = 1us});
      static_cast<void>(use.bus->snapshot());
      use.session.note("busy");
      static_cast<void>(use.bus->statistics());
    }
  });
  busy.emplace_back([&] {
    while (!done.load()) static_cast<void>(use.shared.report(source, enumeration, 1, 1));
  });
  for (int i = 0; i < scaled(40); ++i) {
    ASSERT_EQ(in_a_child([&] { return call_everything(use); }), 0);
  }
  done.store(true);
  for (std::thread& thread : busy) thread.join();
  EXPECT_TRUE(use.parent_goes_on());
}

TEST_F(Law14AfterFork, AForkFromInsideACallbackIsInertToo) {
  for (const RunOn run_on : every_run_on) {
    BusInUse use;
    std::atomic<int> result{-100};
    auto subscription = use.bus->subscribe(
        [&](const Update&) {
          if (result.load() != -100) return;
          result.store(in_a_child([&] {
            return use.reporter.report(source, detection, 1, 1) == Status::ok
                       ? 1
                       : call_everything(use);
          }));
        },
        {.interval = 1ms, .run_on = run_on});
    ASSERT_EQ(use.reporter.report(source, detection, ++use.count, 1), Status::ok);
    ASSERT_TRUE(eventually([&] {
      subscription.poll();
      return result.load() != -100;
    }));
    EXPECT_EQ(result.load(), 0);
    EXPECT_TRUE(use.parent_goes_on());
  }
}

TEST_F(Law14AfterFork, TheChildDoesNotTakeTheParentsWakeUps) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms, .run_on = RunOn::caller});
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  // Parent and child share what is behind the descriptor.
  EXPECT_EQ(in_a_child([&] {
              static_cast<void>(subscription.poll());
              return 0;
            }),
            0);
  pollfd waiting{subscription.wake_handle(), POLLIN, 0};
  EXPECT_EQ(::poll(&waiting, 1, 0), 1);
  subscription.poll();
  EXPECT_EQ(seen.updates().size(), 1U);
}

TEST_F(Law14AfterFork, TheChildMayHaveABusOfItsOwn) {
  if (under_emulator()) GTEST_SKIP() << "the emulator does not start threads in a forked child";
  BusInUse use;
  ASSERT_TRUE(use.parent_goes_on());
  EXPECT_EQ(in_a_child([&] {
              Bus bus;
              RecordingSubscriber seen;
              auto subscription =
                  bus.subscribe(seen, {.interval = 1ms, .run_on = RunOn::own_thread});
              Session session = bus.open_session("child's own");
              Reporter reporter = session.reporter();
              if (reporter.report(source, detection, 1, 1) != Status::ok) return 1;
              if (bus.flush(30s) != FlushResult::ok) return 2;
              return seen.last_sequence(session.id(), source, detection) == 1 ? 0 : 3;
            }),
            0);
  EXPECT_TRUE(use.parent_goes_on());
}

}  // namespace
}  // namespace headway::laws
