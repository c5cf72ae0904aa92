// SPDX-License-Identifier: MIT
//
// Law 12: bus and handles may die in every order, before and after a stop, and from inside callbacks.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

class Law12DestructionInEveryOrder
    : public testing::TestWithParam<std::tuple<RunOn, Dispatch, bool>> {};

INSTANTIATE_TEST_SUITE_P(Everywhere, Law12DestructionInEveryOrder,
                         testing::Combine(testing::ValuesIn(every_run_on),
                                          testing::Values(Dispatch::park, Dispatch::manual),
                                          testing::Bool()),
                         [](const auto& each) {
                           return name_of(std::get<0>(each.param)) +
                                  (std::get<1>(each.param) == Dispatch::park ? "Park" : "Manual") +
                                  (std::get<2>(each.param) ? "Stopped" : "");
                         });

TEST_P(Law12DestructionInEveryOrder, OfBusSessionReportersAndSubscription) {
  const auto& [run_on, dispatch, stopped] = GetParam();
  std::array<int, 5> order = {0, 1, 2, 3, 4};
  do {
    RecordingSubscriber seen;
    std::optional<Bus> bus(std::in_place, BusOptions{.dispatch = dispatch});
    std::optional<Session> session = bus->open_session("s", {.merge = Merge::sum});
    std::optional<Reporter> reporter = session->reporter({.ring_capacity = 2});
    std::optional<SharedReporter> shared = session->shared_reporter({.ring_capacity = 2});
    std::optional<Subscription> subscription =
        bus->subscribe(seen, {.interval = 1us, .run_on = run_on});
    const auto use_what_is_left = [&] {
      if (reporter) static_cast<void>(reporter->report(source, detection, 1, 2));
      if (reporter) static_cast<void>(reporter->canceled());
      if (shared) static_cast<void>(shared->advance(source, detection));
      if (session) session->note("still here");
      if (session) static_cast<void>(session->canceled());
      if (subscription) static_cast<void>(subscription->poll());
      if (subscription) static_cast<void>(subscription->wake_handle());
      if (bus) static_cast<void>(bus->poll());
      if (bus) static_cast<void>(bus->snapshot());
    };
    use_what_is_left();
    if (stopped) {
      EXPECT_TRUE(bus->stop(watchdog).stuck.empty());
    }
    for (const int which : order) {
      switch (which) {
        case 0: bus.reset(); break;
        case 1: session.reset(); break;
        case 2: reporter.reset(); break;
        case 3: shared.reset(); break;
        default: subscription.reset(); break;
      }
      use_what_is_left();
      if (!bus) {
        if (reporter) {
          ASSERT_EQ(reporter->report(source, detection, 1, 2), Status::closed);
        }
        if (shared) {
          ASSERT_EQ(shared->advance(source, detection), Status::closed);
        }
        if (session) {
          auto late = session->reporter();
          ASSERT_EQ(late.report(source, detection, 1, 2), Status::closed);
        }
      }
    }
    ASSERT_FALSE(seen.overlapped());
    ASSERT_LE(seen.closed().size(), 1U);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Law12ABusThatIsDestroyed, WhileProvidersStillReportAnswersClosed) {
  for (int round = 0; round < scaled(100); ++round) {
    std::optional<Bus> bus(std::in_place);
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 1ms});
    auto session = bus->open_session("s", {.merge = Merge::sum});
    auto shared = session.shared_reporter({.ring_capacity = 2});
    std::atomic<int> started{0};
    std::atomic<std::uint64_t> ok{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < 3; ++i) {
      threads.emplace_back([&, i] {
        auto own = session.reporter({.ring_capacity = i});
        std::uint64_t mine = 0;
        started.fetch_add(1);
        while (own.advance(source, detection) == Status::ok) ++mine;
        while (shared.advance(source, detection) == Status::ok) ++mine;
        ok.fetch_add(mine);
      });
    }
    ASSERT_TRUE(eventually([&] { return started.load() == 3; }));
    bus.reset();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(seen.last_sequence(session.id(), source, detection), ok.load());
    EXPECT_EQ(seen.closed().size(), 1U);
  }
}

TEST(Law12ABusThatIsDestroyed, WaitsForARunningCallback) {
  for (const RunOn run_on : {RunOn::dispatcher, RunOn::own_thread}) {
    Gate gate;
    std::atomic<bool> finished{false};
    std::optional<Bus> bus(std::in_place);
    auto subscription = bus->subscribe(
        [&](const Update&) {
          gate.pass();
          finished.store(true);
        },
        {.interval = 1ms, .run_on = run_on});
    auto session = bus->open_session("s");
    auto reporter = session.reporter();
    ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
    ASSERT_TRUE(gate.await_arrival());
    std::thread opener([&] {
      std::this_thread::sleep_for(10ms);
      gate.open();
    });
    bus.reset();
    EXPECT_TRUE(finished.load());
    opener.join();
  }
}

TEST(Law12ABusThatIsDestroyed, FromInsideACallbackDoesNotWaitForThatCallback) {
  for (const RunOn run_on : every_run_on) {
    for (int round = 0; round < scaled(20); ++round) {
      std::optional<Bus> bus(std::in_place);
      std::atomic<bool> destroyed{false};
      bool once = false;
      auto subscription = bus->subscribe(
          [&](const Update&) {
            if (std::exchange(once, true)) return;
            bus.reset();
            destroyed.store(true);
          },
          {.interval = 1ms, .run_on = run_on});
      RecordingSubscriber seen;
      // No other callback is in the way: it closes a cycle with nothing but itself.
      auto session = bus->open_session("s");
      auto reporter = session.reporter();
      ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
      ASSERT_TRUE(eventually([&] {
        subscription.poll();
        return destroyed.load();
      }));
      EXPECT_EQ(reporter.report(source, detection, 2, 2), Status::closed);
      EXPECT_TRUE(subscription.unsubscribe());
    }
  }
}

TEST(Law12ABusThatIsDestroyed, LeavesTheCallersSubscriptionItsLastWords) {
  RecordingSubscriber seen;
  Subscription subscription;
  {
    Bus bus;
    subscription = bus.subscribe(seen, {.interval = 1h, .run_on = RunOn::caller});
    auto session = bus.open_session("s");
    auto reporter = session.reporter();
    ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
    session.close();
  }
  drain(subscription);
  EXPECT_EQ(seen.opened(), 1U);
  EXPECT_EQ(seen.updates().size(), 1U);
  EXPECT_EQ(seen.closed().size(), 1U);
}

TEST(Law12ABusThatIsMadeAndDestroyed, LeavesNothingBehind) {
  for (int i = 0; i < scaled(300); ++i) {
    Bus bus({.dispatch = i % 3 == 0 ? Dispatch::spin : Dispatch::park});
    if (i % 2 == 0) {
      auto subscription = bus.subscribe([](const Update&) {},
                                        {.run_on = every_run_on[static_cast<std::size_t>(i) % 3]});
      auto session = bus.open_session("s");
      auto reporter = session.reporter();
      static_cast<void>(reporter.report(source, detection, 1, 1));
    }
  }
}

TEST(Law12ASharedSubscriber, IsReleasedWhenItsSubscriptionEnds) {
  struct Held : Subscriber {};
  for (const RunOn run_on : every_run_on) {
    auto by_end = std::make_shared<Held>();
    auto by_bus = std::make_shared<Held>();
    const std::weak_ptr<Held> first = by_end;
    const std::weak_ptr<Held> second = by_bus;
    Subscription outliving;
    {
      Bus bus;
      auto subscription = bus.subscribe(std::move(by_end), {.run_on = run_on});
      outliving = bus.subscribe(std::move(by_bus), {.run_on = run_on});
      EXPECT_FALSE(first.expired());
      EXPECT_TRUE(subscription.unsubscribe());
      EXPECT_TRUE(eventually([&] { return first.expired(); }));
    }
    outliving = Subscription();
    EXPECT_TRUE(eventually([&] { return second.expired(); }));
  }
}

/// What ~Bus does while a callback runs that the test holds.
class Law12TheEndOfTheBus : public testing::TestWithParam<std::tuple<RunOn, bool>> {};

INSTANTIATE_TEST_SUITE_P(RunOn, Law12TheEndOfTheBus,
                         testing::Combine(testing::ValuesIn(every_run_on), testing::Bool()),
                         [](const auto& each) {
                           return name_of(std::get<0>(each.param)) +
                                  (std::get<1>(each.param) ? "Unsubscribed" : "");
                         });

TEST_P(Law12TheEndOfTheBus, WaitsForACallbackThatRuns) {
  const auto& [run_on, unsubscribes] = GetParam();
  Gate gate;
  std::atomic<bool> returned{false};
  Subscription subscription;
  std::optional<Bus> bus(std::in_place);
  auto session = bus->open_session("s");
  auto reporter = session.reporter();
  subscription = bus->subscribe(
      [&, itself = unsubscribes](const Update&) {
        if (itself) static_cast<void>(subscription.unsubscribe());
        gate.pass();
        returned = true;
      },
      {.interval = 1ms, .run_on = run_on});
  std::thread poller;
  if (run_on == RunOn::caller) {
    poller = std::thread([&] {
      static_cast<void>(
          eventually([&] { return subscription.poll() != 0 || gate.arrivals() != 0; }));
    });
  }
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  ASSERT_TRUE(gate.await_arrival());
  std::atomic<bool> ended_before{false};
  std::thread ending([&] {
    bus.reset();
    ended_before = !returned;
  });
  std::this_thread::sleep_for(20ms);
  gate.open();
  ending.join();
  if (poller.joinable()) poller.join();
  EXPECT_FALSE(ended_before.load());
}

}  // namespace
}  // namespace headway::laws
