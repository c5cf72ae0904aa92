// SPDX-License-Identifier: MIT
//
// Delivery::recorded: each record one by one and in order while there is room, and the newest value per key
// where there is none. RunOn::caller: what an event loop waits on.
#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "manual_bus.hpp"
#include "readable.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"

namespace headway::laws {
namespace {

class RecordedDelivery : public testing::TestWithParam<RunOn> {};

INSTANTIATE_TEST_SUITE_P(RunOn, RecordedDelivery, testing::ValuesIn(every_run_on),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(RecordedDelivery, HandsOverEachRecordInOrder) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription =
      bus->subscribe(seen, {.interval = 1ms, .run_on = GetParam(), .delivery = Delivery::recorded});
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = 1024});
  std::uint64_t value = 0;
  for (int burst = 0; burst < 10; ++burst) {
    for (int i = 0; i < 60; ++i) {
      const auto key = static_cast<std::size_t>(value % keys_per_session);
      ASSERT_EQ(reporter.report(role_of(key), stage_of(key), value, 600), Status::ok);
      ++value;
    }
    bus.settle();
  }
  drain(subscription);
  const auto updates = seen.updates();
  ASSERT_EQ(updates.size(), 600U);
  for (std::size_t i = 0; i < updates.size(); ++i) {
    ASSERT_EQ(updates[i].completed, i);
    ASSERT_EQ(updates[i].sequence, i / keys_per_session + 1);
  }
}

TEST_P(RecordedDelivery, HandsOverValuesOfEverySizeWhateverTheTotalsDo) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription =
      bus->subscribe(seen, {.interval = 1ms, .run_on = GetParam(), .delivery = Delivery::recorded});
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = 1024});
  constexpr std::uint64_t one = 1;
  constexpr std::uint64_t most = ~std::uint64_t{0};
  const std::vector<std::uint64_t> values = {0,         1, (one << 60) - 1, one << 60, 7,
                                             one << 61, 8, one << 63,       most,      9};
  std::vector<std::pair<std::uint64_t, std::uint64_t>> reported;
  for (const std::uint64_t total : {std::uint64_t{0}, one << 60, most}) {
    for (const std::uint64_t value : values) reported.emplace_back(value, total);
    // The total as it was, and one that was there before.
    for (const std::uint64_t value : values)
      reported.emplace_back(value, value % 2 == 0 ? total : 5);
  }
  for (const auto& [completed, total] : reported) {
    ASSERT_EQ(reporter.report(source, application, completed, total), Status::ok);
  }
  bus.settle();
  drain(subscription);
  const auto updates = seen.updates();
  ASSERT_EQ(updates.size(), reported.size());
  for (std::size_t i = 0; i < updates.size(); ++i) {
    ASSERT_EQ(updates[i].completed, reported[i].first) << i;
    ASSERT_EQ(updates[i].total, reported[i].second) << i;
    ASSERT_EQ(updates[i].sequence, i + 1);
  }
}

TEST_P(RecordedDelivery, FoldsToTheNewestOfEachKeyWhenItsQueueIsFull) {
  for (const std::size_t queue_capacity : {1U, 2U, 7U, 100U}) {
    Gate gate;
    RecordingSubscriber seen;
    RecordingSubscriber witness;
    Bus bus;
    std::atomic<bool> hold{GetParam() == RunOn::own_thread};
    seen.at_progress = [&](const Update&) {
      if (hold.load()) gate.pass();
    };
    auto subscription = bus.subscribe(seen, {.interval = 1ms,
                                             .run_on = GetParam(),
                                             .delivery = Delivery::recorded,
                                             .queue_capacity = queue_capacity});
    auto watching = bus.subscribe(witness, {.interval = 1ms, .run_on = RunOn::own_thread});
    const AtExit open([&] { gate.open(); });
    auto session = bus.open_session("s");
    auto reporter = session.reporter({.ring_capacity = 64});
    std::uint64_t sequence = 0;
    for (int burst = 0; burst < 20; ++burst) {
      for (int i = 0; i < 30; ++i) {
        ++sequence;
        for (std::size_t key = 0; key < 2; ++key) {
          ASSERT_EQ(reporter.report(role_of(key), stage_of(key), sequence, 0), Status::ok);
        }
      }
      ASSERT_TRUE(eventually([&] {
        return witness.last_sequence(session.id(), role_of(1), stage_of(1)) == sequence;
      }));
    }
    hold.store(false);
    gate.open();
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    drain(subscription);
    std::map<std::size_t, std::uint64_t> last;
    for (const Seen& update : seen.updates()) {
      ASSERT_GT(update.sequence, last[update.key()]) << update;
      ASSERT_EQ(update.completed, update.sequence) << update;
      last[update.key()] = update.sequence;
    }
    EXPECT_EQ(last[0], sequence);
    EXPECT_EQ(last[1], sequence);
    if (GetParam() == RunOn::caller) {
      EXPECT_LE(seen.updates().size(), queue_capacity + 2 * keys_per_session);
    }
  }
}

TEST(RecordedMergedValues, AreThoseAfterEachRecord) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen, {.interval = 1ms, .delivery = Delivery::recorded});
  auto session = bus->open_session("s", {.merge = Merge::sum});
  auto first = session.reporter({.ring_capacity = 64});
  auto second = session.reporter({.ring_capacity = 64});
  for (std::uint64_t i = 1; i <= 10; ++i) {
    ASSERT_EQ(first.report(source, detection, i, 100), Status::ok);
    ASSERT_EQ(second.report(source, detection, 1000 * i, 100), Status::ok);
  }
  bus.settle();
  const auto updates = seen.updates();
  ASSERT_EQ(updates.size(), 20U);
  std::uint64_t ones = 0;
  std::uint64_t thousands = 0;
  for (std::size_t i = 0; i < updates.size(); ++i) {
    EXPECT_EQ(updates[i].sequence, i + 1);
    EXPECT_EQ(updates[i].completed % 1000 + updates[i].completed / 1000, i + 1);
    EXPECT_GE(updates[i].completed % 1000, ones);
    EXPECT_GE(updates[i].completed / 1000, thousands);
    ones = updates[i].completed % 1000;
    thousands = updates[i].completed / 1000;
  }
}

TEST(ACallersWakeHandle, IsReadableExactlyWhileThereIsSomethingToDo) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms, .run_on = RunOn::caller});
  const NativeHandle handle = subscription.wake_handle();
  ASSERT_NE(handle, no_handle);
  EXPECT_FALSE(readable(handle, 0ms));
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  for (std::uint64_t i = 1; i <= static_cast<std::uint64_t>(scaled(200)); ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 0), Status::ok);
    while (seen.last_sequence(session.id(), source, detection) < i) {
      ASSERT_TRUE(readable(handle, watchdog)) << "a wake-up was lost";
      subscription.poll();
    }
  }
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  drain(subscription);
  EXPECT_FALSE(readable(handle, 0ms));
  session.close();
  EXPECT_TRUE(readable(handle, watchdog));
  drain(subscription);
  EXPECT_EQ(seen.closed().size(), 1U);
  EXPECT_FALSE(readable(handle, 0ms));
}

TEST(ACallersWakeHandle, BelongsToCallersOnly) {
  Bus bus;
  auto dispatched = bus.subscribe([](const Update&) {}, {.run_on = RunOn::dispatcher});
  auto threaded = bus.subscribe([](const Update&) {}, {.run_on = RunOn::own_thread});
  EXPECT_EQ(dispatched.wake_handle(), no_handle);
  EXPECT_EQ(threaded.wake_handle(), no_handle);
  EXPECT_EQ(dispatched.poll(), 0U);
  EXPECT_EQ(threaded.poll(), 0U);
}

TEST(APolledSubscription, IsPolledByOneThreadAtATime) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1us, .run_on = RunOn::caller});
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  std::atomic<bool> done{false};
  std::vector<std::thread> pumps;
  for (int i = 0; i < 3; ++i) {
    pumps.emplace_back([&] {
      while (!done.load()) subscription.poll();
    });
  }
  const auto count = static_cast<std::uint64_t>(scaled(20000));
  for (std::uint64_t i = 1; i <= count; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, count), Status::ok);
  }
  EXPECT_TRUE(
      eventually([&] { return seen.last_sequence(session.id(), source, detection) == count; }));
  done.store(true);
  for (std::thread& pump : pumps) pump.join();
  EXPECT_FALSE(seen.overlapped());
}

}  // namespace
}  // namespace headway::laws
