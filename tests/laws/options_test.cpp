// SPDX-License-Identifier: MIT
//
// Bad options are refused by an exception that names the option; the legal extremes are taken.
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "manual_bus.hpp"
#include "recording_subscriber.hpp"

namespace headway::laws {
namespace {

/// `call` throws std::invalid_argument, and its text holds `name`.
template <class Call>
testing::AssertionResult refuses(const std::string& name, Call&& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    const std::string what = error.what();
    if (what.find(name) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "\"" << what << "\" does not name " << name;
  }
  return testing::AssertionFailure() << "nothing was thrown for " << name;
}

TEST(BadOptions, OfABusAreNamed) {
  EXPECT_TRUE(refuses("unwatched_interval", [] { Bus bus({.unwatched_interval = 0ns}); }));
  EXPECT_TRUE(refuses("unwatched_interval", [] { Bus bus({.unwatched_interval = -1s}); }));
  EXPECT_TRUE(refuses("dispatch", [] { Bus bus({.dispatch = static_cast<Dispatch>(17)}); }));
}

TEST(BadOptions, OfASessionAreNamed) {
  ManualBus bus;
  const auto open = [&](std::string name) {
    return [&bus, name = std::move(name)] { static_cast<void>(bus->open_session(name)); };
  };
  EXPECT_TRUE(refuses("name", open("")));
  EXPECT_TRUE(refuses("name", open(std::string(256, 'n'))));
  EXPECT_TRUE(refuses("name", open(std::string("a\0b", 3))));
  EXPECT_TRUE(refuses("name", open(std::string(1, '\0'))));
  EXPECT_TRUE(refuses("units", [&] {
    static_cast<void>(bus->open_session("s", {.units = {Unit::items, static_cast<Unit>(9)}}));
  }));
  EXPECT_TRUE(refuses("merge", [&] {
    static_cast<void>(bus->open_session("s", {.merge = static_cast<Merge>(9)}));
  }));
  EXPECT_NO_THROW(open(std::string(255, 'n'))());
  EXPECT_NO_THROW(open("\xff\xfe line\nbreak")());
  EXPECT_EQ(bus->statistics().sessions, 0U);
}

TEST(BadOptions, OfAReporterAreNamed) {
  ManualBus bus;
  auto session = bus->open_session("s", {.merge = Merge::sum});
  constexpr std::size_t most = std::size_t{1} << 20U;
  for (const std::size_t capacity :
       {most + 1, most * 2, ~std::size_t{0}, ~std::size_t{0} / 2 + 1}) {
    EXPECT_TRUE(refuses("ring_capacity",
                        [&] { static_cast<void>(session.reporter({.ring_capacity = capacity})); }));
    EXPECT_TRUE(refuses("ring_capacity", [&] {
      static_cast<void>(session.shared_reporter({.ring_capacity = capacity}));
    }));
  }
  EXPECT_EQ(bus->statistics().lanes, 0U);
  auto large = session.reporter({.ring_capacity = most});
  EXPECT_EQ(large.report(source, detection, 1, 1), Status::ok);
}

TEST(BadOptions, OfASubscriptionAreNamedWhateverTheSubscriber) {
  ManualBus bus;
  RecordingSubscriber seen;
  const auto with = [&](SubscriptionOptions options) {
    return [&, options] { static_cast<void>(bus->subscribe(seen, options)); };
  };
  EXPECT_TRUE(refuses("interval", with({.interval = 0ns})));
  EXPECT_TRUE(refuses("interval", with({.interval = -1ns})));
  EXPECT_TRUE(refuses("interval", with({.interval = 1h + 1ns})));
  EXPECT_TRUE(refuses("interval", with({.interval = std::chrono::nanoseconds::max()})));
  EXPECT_TRUE(refuses("queue_capacity", with({.queue_capacity = 0})));
  EXPECT_TRUE(refuses("queue_capacity", with({.queue_capacity = (std::size_t{1} << 20U) + 1})));
  EXPECT_TRUE(refuses("run_on", with({.run_on = static_cast<RunOn>(8)})));
  EXPECT_TRUE(refuses("delivery", with({.delivery = static_cast<Delivery>(8)})));
  EXPECT_TRUE(refuses("on_error", with({.on_error = static_cast<OnError>(8)})));
  EXPECT_TRUE(refuses("interval", [&] {
    static_cast<void>(bus->subscribe(std::make_shared<RecordingSubscriber>(), {.interval = 0ns}));
  }));
  EXPECT_TRUE(refuses("interval", [&] {
    static_cast<void>(bus->subscribe([](const Update&) {}, {.interval = 0ns}));
  }));
  EXPECT_TRUE(refuses("subscriber",
                      [&] { static_cast<void>(bus->subscribe(std::shared_ptr<Subscriber>())); }));
  EXPECT_TRUE(refuses("function", [&] {
    static_cast<void>(bus->subscribe(std::function<void(const Update&)>()));
  }));
  EXPECT_TRUE(bus->statistics().subscriptions.empty());
  for (const RunOn run_on : every_run_on) {
    EXPECT_NO_THROW(with({.interval = 1ns, .run_on = run_on, .queue_capacity = 1})());
    EXPECT_NO_THROW(
        with({.interval = 1h, .run_on = run_on, .queue_capacity = std::size_t{1} << 20U})());
  }
}

TEST(Names, OfSubscriptionsAreShownOrMadeUp) {
  ManualBus bus;
  auto first = bus->subscribe([](const Update&) {}, {.name = "display"});
  auto second = bus->subscribe([](const Update&) {});
  const auto statistics = bus->statistics();
  ASSERT_EQ(statistics.subscriptions.size(), 2U);
  EXPECT_EQ(statistics.subscriptions[0].name, "display");
  EXPECT_EQ(statistics.subscriptions[0].id, first.id());
  EXPECT_EQ(statistics.subscriptions[1].name, "subscription " + std::to_string(second.id()));
  EXPECT_NE(first.id(), second.id());
  EXPECT_NE(first.id(), 0U);
  EXPECT_EQ(Subscription().id(), 0U);
}

TEST(EmptyHandles, AnswerEverything) {
  Session session;
  EXPECT_EQ(session.id(), SessionId());
  EXPECT_FALSE(session.canceled());
  session.cancel();
  session.note("to nobody");
  session.close();
  auto own = session.reporter();
  auto shared = session.shared_reporter();
  EXPECT_EQ(own.report(source, detection, 1, 1), Status::closed);
  EXPECT_EQ(shared.advance(source, detection), Status::closed);
  auto counter = own.at(source, detection);
  EXPECT_EQ(counter.report(1, 1), Status::closed);
  auto shared_counter = shared.at(source, detection);
  EXPECT_EQ(shared_counter.report(1, 1), Status::closed);
  Subscription subscription;
  EXPECT_EQ(subscription.poll(), 0U);
  EXPECT_TRUE(subscription.unsubscribe());
  EXPECT_EQ(subscription.wake_handle(), no_handle);
}

}  // namespace
}  // namespace headway::laws
