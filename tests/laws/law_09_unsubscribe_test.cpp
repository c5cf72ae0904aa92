// SPDX-License-Identifier: MIT
//
// Law 9: after unsubscribe returns true, the callback is not running and never runs again. Subscribers die
// right after it here, so that a sanitizer sees every call that comes too late.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "random.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

/// Dies loudly: a call after its end reads freed memory, and finds the mark gone even without a sanitizer.
class Mortal : public Subscriber {
 public:
  explicit Mortal(std::atomic<int>& late_calls) : late_calls_(&late_calls) {}
  Mortal(const Mortal&) = delete;
  Mortal& operator=(const Mortal&) = delete;
  ~Mortal() override { alive_.store(dead); }

  void on_opened(const SessionInfo&) override { check(); }
  void on_progress(const Update&) override { check(); }
  void on_closed(SessionId, Outcome) override { check(); }
  [[nodiscard]] int calls() const noexcept { return calls_.load(); }

 private:
  static constexpr std::uint32_t alive = 0xA11FE;
  static constexpr std::uint32_t dead = 0xDEAD;

  void check() {
    if (alive_.load() != alive || ended_.load()) late_calls_->fetch_add(1);
    calls_.fetch_add(1);
  }

  std::atomic<std::uint32_t> alive_{alive};
  std::atomic<int>* late_calls_;
  std::atomic<int> calls_{0};

 public:
  /// Set when unsubscribe() has returned true.
  std::atomic<bool> ended_{false};
};

class Law9Unsubscribe : public testing::TestWithParam<std::tuple<RunOn, Delivery>> {
 protected:
  [[nodiscard]] SubscriptionOptions options() const {
    return {
        .interval = 1us, .run_on = std::get<0>(GetParam()), .delivery = std::get<1>(GetParam())};
  }
};

INSTANTIATE_TEST_SUITE_P(Subscriptions, Law9Unsubscribe,
                         testing::Combine(testing::ValuesIn(every_run_on),
                                          testing::ValuesIn(every_delivery)),
                         [](const auto& each) {
                           return name_of(std::get<0>(each.param)) +
                                  name_of(std::get<1>(each.param));
                         });

TEST_P(Law9Unsubscribe, RacingDispatchIsTheEndOfTheCallbacks) {
  std::atomic<int> late_calls{0};
  std::atomic<bool> done{false};
  Bus bus;
  auto session = bus.open_session("s", {.merge = Merge::sum});
  auto reporter = session.reporter({.ring_capacity = 4});
  std::thread provider([&] {
    for (std::uint64_t i = 1; !done.load(); ++i) {
      static_cast<void>(reporter.report(source, detection, i, 0));
      if (i % 64 == 0) std::this_thread::yield();
    }
  });
  Random random(9);
  int calls = 0;
  for (int i = 0; i < scaled(1500); ++i) {
    auto mortal = std::make_unique<Mortal>(late_calls);
    auto subscription = bus.subscribe(*mortal, options());
    // A caller's callbacks run on a thread that pumps, racing the end.
    std::thread pump;
    std::atomic<bool> pumping{true};
    if (std::get<0>(GetParam()) == RunOn::caller) {
      pump = std::thread([&] {
        while (pumping.load()) subscription.poll();
      });
    }
    const std::uint64_t pause = random.below(4);
    if (pause != 0) {
      static_cast<void>(eventually([&] { return mortal->calls() >= static_cast<int>(pause); }));
    }
    ASSERT_TRUE(subscription.unsubscribe());
    mortal->ended_.store(true);
    calls += mortal->calls();
    mortal.reset();
    if (pump.joinable()) {
      pumping.store(false);
      pump.join();
    }
  }
  done.store(true);
  provider.join();
  EXPECT_EQ(late_calls.load(), 0);
  EXPECT_GT(calls, 0);
}

TEST_P(Law9Unsubscribe, ByTheDestructorEndsThemToo) {
  std::atomic<int> late_calls{0};
  std::atomic<bool> done{false};
  Bus bus;
  auto session = bus.open_session("s");
  auto reporter = session.reporter({.ring_capacity = 4});
  std::thread provider([&] {
    for (std::uint64_t i = 1; !done.load(); ++i)
      static_cast<void>(reporter.report(source, detection, i, 0));
  });
  for (int i = 0; i < scaled(500); ++i) {
    Mortal mortal(late_calls);
    auto subscription = bus.subscribe(mortal, options());
    for (int n = i % 8; n > 0; --n) {
      subscription.poll();
      std::this_thread::yield();
    }
    if (i % 3 == 0) subscription = Subscription();  // assignment ends what was there
  }
  done.store(true);
  provider.join();
  EXPECT_EQ(late_calls.load(), 0);
}

TEST_P(Law9Unsubscribe, WaitsForACallbackThatRunsOnAnotherThread) {
  Gate gate;
  std::atomic<bool> finished{false};
  Bus bus;
  auto subscription = bus.subscribe(
      [&](const Update&) {
        gate.pass();
        finished.store(true);
      },
      options());
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  std::atomic<bool> polling{true};
  std::thread pump([&] {
    while (polling.load() && gate.arrivals() == 0) subscription.poll();
  });
  ASSERT_TRUE(gate.await_arrival());
  std::atomic<bool> returned{false};
  std::thread opener([&] {
    // Long enough for an unsubscribe that does not wait to show itself; nothing depends on it otherwise.
    std::this_thread::sleep_for(20ms);
    EXPECT_FALSE(returned.load());
    gate.open();
  });
  EXPECT_TRUE(subscription.unsubscribe());
  EXPECT_TRUE(finished.load());
  returned.store(true);
  opener.join();
  polling.store(false);
  pump.join();
}

TEST_P(Law9Unsubscribe, FromItsOwnCallbackReturnsAtOnceAndThatCallIsTheLast) {
  RecordingSubscriber seen;
  std::atomic<int> answer{-1};
  Bus bus;
  Subscription subscription;
  std::atomic<bool> ready{false};
  // Several updates in one batch: the ones behind it must not come.
  seen.at_progress = [&](const Update&) {
    if (!eventually([&] { return ready.load(); })) return;
    answer.store(subscription.unsubscribe() ? 1 : 0);
  };
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    ASSERT_EQ(reporter.report(role_of(key), stage_of(key), 1, 1), Status::ok);
  }
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  subscription = bus.subscribe(seen, options());
  ready.store(true);
  ASSERT_TRUE(eventually([&] {
    subscription.poll();
    return answer.load() != -1;
  }));
  EXPECT_EQ(answer.load(), 1);
  session.close();
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  EXPECT_EQ(subscription.poll(), 0U);
  EXPECT_EQ(seen.updates().size(), 1U);
  EXPECT_TRUE(seen.closed().empty());
  EXPECT_TRUE(subscription.unsubscribe());
}

TEST_P(Law9Unsubscribe, ByASubscriptionThatDestroysItselfInItsCallback) {
  // The shared subscriber owns its own subscription: the callback's object dies with the last call.
  struct Owner : Subscriber {
    explicit Owner(std::atomic<int>& counted) : calls(counted) {}
    void on_progress(const Update&) override {
      calls.fetch_add(1);
      subscription.reset();
    }
    std::atomic<int>& calls;
    std::optional<Subscription> subscription;
  };
  std::atomic<int> calls{0};
  Bus bus;
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  for (int i = 1; i <= scaled(200); ++i) {
    auto owner = std::make_shared<Owner>(calls);
    std::weak_ptr<Owner> watched = owner;
    // Nothing has been reported to it yet, and nothing is replayed: no callback before the handle is stored.
    auto quiet = options();
    quiet.replay_current = false;
    owner->subscription = bus.subscribe(std::shared_ptr<Subscriber>(owner), quiet);
    Subscription* pumped = &*owner->subscription;
    ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
    if (std::get<0>(GetParam()) == RunOn::caller) {
      ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
      // poll() is running while its own handle is destroyed: it must hold on to what it needs.
      pumped->poll();
    }
    owner.reset();
    ASSERT_TRUE(eventually([&] { return watched.expired(); }))
        << "the shared subscriber was not released";
    ASSERT_EQ(calls.load(), i);
  }
}

TEST(Law9TwoCallbacks, ThatUnsubscribeEachOtherDoNotWaitForEachOther) {
  for (int i = 0; i < scaled(100); ++i) {
    Bus bus;
    std::array<Subscription, 2> subscriptions;
    std::array<std::atomic<int>, 2> answers{-1, -1};
    std::atomic<int> inside{0};
    const auto meet = [&](std::size_t self) {
      if (answers[self].load() != -1) return;
      inside.fetch_add(1);
      // Both are in their callbacks before either asks.
      if (!eventually([&] { return inside.load() >= 2; })) return;
      answers[self].store(subscriptions[1 - self].unsubscribe() ? 1 : 0);
    };
    // Own threads against each other, or one against the dispatcher's.
    const RunOn first = RunOn::own_thread;
    const RunOn second = i % 2 == 0 ? RunOn::own_thread : RunOn::dispatcher;
    subscriptions[0] =
        bus.subscribe([&](const Update&) { meet(0); }, {.interval = 1ms, .run_on = first});
    subscriptions[1] =
        bus.subscribe([&](const Update&) { meet(1); }, {.interval = 1ms, .run_on = second});
    auto session = bus.open_session("s");
    auto reporter = session.reporter();
    ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
    ASSERT_TRUE(eventually([&] { return answers[0].load() != -1 && answers[1].load() != -1; }))
        << "they wait for each other";
    EXPECT_TRUE(answers[0].load() == 0 || answers[1].load() == 0)
        << "both were told that the other is not running";
    EXPECT_TRUE(subscriptions[0].unsubscribe());
    EXPECT_TRUE(subscriptions[1].unsubscribe());
  }
}

TEST(Law9ARingOfThreeCallbacks, DoesNotWaitForItself) {
  for (int i = 0; i < scaled(50); ++i) {
    Bus bus;
    std::array<Subscription, 3> subscriptions;
    std::array<std::atomic<int>, 3> answers{-1, -1, -1};
    std::atomic<int> inside{0};
    for (std::size_t self = 0; self < 3; ++self) {
      subscriptions[self] = bus.subscribe(
          [&, self](const Update&) {
            if (answers[self].load() != -1) return;
            inside.fetch_add(1);
            if (!eventually([&] { return inside.load() >= 3; })) return;
            answers[self].store(subscriptions[(self + 1) % 3].unsubscribe() ? 1 : 0);
          },
          {.interval = 1ms, .run_on = RunOn::own_thread});
    }
    auto session = bus.open_session("s");
    auto reporter = session.reporter();
    ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
    ASSERT_TRUE(eventually([&] {
      return answers[0].load() != -1 && answers[1].load() != -1 && answers[2].load() != -1;
    })) << "they wait for each other";
    EXPECT_TRUE(answers[0].load() == 0 || answers[1].load() == 0 || answers[2].load() == 0);
  }
}

TEST(Law9AnUnsubscribeThatReturnedFalse, StillMeansThatNoNewCallStarts) {
  Bus bus;
  Gate gate;
  std::array<Subscription, 2> subscriptions;
  std::array<std::atomic<int>, 2> calls{0, 0};
  std::atomic<int> inside{0};
  std::atomic<int> answered{0};
  for (std::size_t self = 0; self < 2; ++self) {
    subscriptions[self] = bus.subscribe(
        [&, self](const Update&) {
          calls[self].fetch_add(1);
          inside.fetch_add(1);
          if (!eventually([&] { return inside.load() >= 2; })) return;
          static_cast<void>(subscriptions[1 - self].unsubscribe());
          answered.fetch_add(1);
        },
        {.interval = 1ms, .run_on = RunOn::own_thread});
  }
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  ASSERT_TRUE(eventually([&] { return answered.load() == 2; }));
  for (std::uint64_t i = 2; i <= 10; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 10), Status::ok);
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  }
  EXPECT_EQ(calls[0].load(), 1);
  EXPECT_EQ(calls[1].load(), 1);
}

TEST(Law9Unsubscribing, FromManyThreadsAtOnceIsTrueForAll) {
  for (int i = 0; i < scaled(200); ++i) {
    Bus bus;
    std::atomic<int> late_calls{0};
    auto mortal = std::make_unique<Mortal>(late_calls);
    auto subscription = bus.subscribe(
        *mortal, {.interval = 1us, .run_on = i % 2 == 0 ? RunOn::dispatcher : RunOn::own_thread});
    auto session = bus.open_session("s");
    auto reporter = session.reporter();
    ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
    std::thread other([&] { EXPECT_TRUE(subscription.unsubscribe()); });
    EXPECT_TRUE(subscription.unsubscribe());
    other.join();
    mortal.reset();
    ASSERT_EQ(reporter.report(source, detection, 2, 2), Status::ok);
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    EXPECT_EQ(late_calls.load(), 0);
  }
}

}  // namespace
}  // namespace headway::laws
