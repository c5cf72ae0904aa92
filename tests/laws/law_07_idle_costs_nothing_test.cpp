// SPDX-License-Identifier: MIT
//
// Law 7: without reports nothing runs. Counted, not timed: wake-ups, ticks, and the context switches that
// the kernel counts for each thread.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <unistd.h>
#endif

#include <gtest/gtest.h>

#include "keys.hpp"
#include "manual_bus.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

/// How often each other thread of this process has run so far, by thread id. Empty where the system does
/// not tell.
std::map<std::string, std::uint64_t> runs_of_other_threads() {
  std::map<std::string, std::uint64_t> runs;
#if defined(__linux__)
  std::error_code none;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", none)) {
    const std::string id = task.path().filename();
    if (id == std::to_string(::gettid())) continue;
    std::ifstream status(task.path() / "status");
    std::string word;
    while (status >> word) {
      if (word == "voluntary_ctxt_switches:" || word == "nonvoluntary_ctxt_switches:") {
        std::uint64_t count = 0;
        status >> count;
        runs[id] += count;
      }
    }
  }
#endif
  return runs;
}

struct Activity {
  std::uint64_t wakeups = 0;
  std::uint64_t ticks = 0;
  std::uint64_t callbacks = 0;
  std::map<std::string, std::uint64_t> runs;
  bool operator==(const Activity&) const = default;
};

Activity activity_of(const Bus& bus) {
  const Statistics statistics = bus.statistics();
  Activity activity{statistics.wakeups, statistics.ticks, statistics.callbacks, {}};
  // A sanitizer may have threads of its own.
  if (!sanitized) activity.runs = runs_of_other_threads();
  return activity;
}

/// Waits until the lanes have cooled and two looks find the same; then nothing may move any more.
void expect_silence(const Bus& bus, std::chrono::milliseconds how_long) {
  ASSERT_TRUE(eventually([&] { return bus.statistics().hot_lanes == 0; }));
  Activity before;
  ASSERT_TRUE(eventually([&] {
    before = activity_of(bus);
    std::this_thread::sleep_for(200ms);
    return activity_of(bus) == before;
  }));
  std::this_thread::sleep_for(how_long);
  const Activity after = activity_of(bus);
  EXPECT_EQ(after.wakeups, before.wakeups);
  EXPECT_EQ(after.ticks, before.ticks);
  EXPECT_EQ(after.callbacks, before.callbacks);
  EXPECT_EQ(after.runs, before.runs);
}

TEST(Law7IdleCostsNothing, OnABusThatHasNeverSeenAReport) {
  Bus bus;
  auto session = bus.open_session("s");
  auto subscription = bus.subscribe([](const Update&) {}, {.interval = 1ms});
  auto own = bus.subscribe([](const Update&) {}, {.interval = 1ms, .run_on = RunOn::own_thread});
  expect_silence(bus, 500ms);
}

TEST(Law7IdleCostsNothing, OnceTheProvidersOfManySessionsHaveFallenSilent) {
  Bus bus;
  RecordingSubscriber seen;
  auto quick = bus.subscribe(seen, {.interval = 1ms});
  auto slow = bus.subscribe([](const Update&) {}, {.interval = 70ms, .run_on = RunOn::own_thread});
  auto recorded =
      bus.subscribe([](const Update&) {}, {.interval = 20ms, .delivery = Delivery::recorded});
  auto pumped = bus.subscribe([](const Update&) {}, {.interval = 10ms, .run_on = RunOn::caller});
  std::vector<Session> sessions;
  std::vector<Reporter> reporters;
  std::vector<SharedReporter> shared;
  for (int i = 0; i < scaled(1000); ++i) {
    sessions.push_back(bus.open_session("s", {.merge = Merge::sum}));
    reporters.push_back(sessions.back().reporter({.ring_capacity = i % 2 == 0 ? 4U : 0U}));
    shared.push_back(sessions.back().shared_reporter());
    ASSERT_EQ(reporters.back().report(source, detection, 1, 1), Status::ok);
    ASSERT_EQ(shared.back().advance(source, enumeration), Status::ok);
  }
  expect_silence(bus, 1s);
  // Silence, not death: each of them is heard again.
  ASSERT_EQ(reporters.front().report(source, application, 9, 9), Status::ok);
  EXPECT_TRUE(eventually(
      [&] { return seen.last_sequence(sessions.front().id(), source, application) == 1; }));
  expect_silence(bus, 300ms);
}

TEST(Law7IdleCostsNothing, WithoutAnySubscriber) {
  Bus bus({.unwatched_interval = 5ms});
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 1000), Status::ok);
  }
  expect_silence(bus, 500ms);
  EXPECT_EQ(bus.snapshot().at(0).value(source, detection).completed, 1000U);
}

TEST(Law7IdleCostsNothing, AfterSubscriptionsAndSessionsHaveGone) {
  Bus bus;
  for (int i = 0; i < 20; ++i) {
    auto subscription = bus.subscribe([](const Update&) {}, {.interval = 1ms});
    auto session = bus.open_session("s");
    auto reporter = session.reporter();
    ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
    if (i % 2 == 0) session.close();
  }
  expect_silence(bus, 500ms);
  EXPECT_EQ(bus.statistics().sessions, 0U);
  EXPECT_EQ(bus.statistics().lanes, 0U);
}

TEST(Law7AHundredThousandSilentSessions, CostNoTick) {
  const int count = scaled(100000);
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe([](const Update&) {}, {.interval = 1ms});
  std::vector<Session> sessions;
  std::vector<Reporter> reporters;
  for (int i = 0; i < count; ++i) {
    sessions.push_back(bus.open_session("s"));
    reporters.push_back(sessions.back().reporter({.ring_capacity = 0}));
  }
  EXPECT_EQ(bus.statistics().sessions, static_cast<std::size_t>(count));
  EXPECT_EQ(bus.statistics().lanes, static_cast<std::size_t>(count));
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  expect_silence(bus, 500ms);
  // Each lane is found among all the silent ones, and only it is hot.
  auto watching = bus.subscribe(seen, {.interval = 1ms, .replay_current = false});
  for (const std::size_t which : {std::size_t{0}, sessions.size() / 2, sessions.size() - 1}) {
    ASSERT_EQ(reporters[which].report(source, detection, which, 1), Status::ok);
    EXPECT_TRUE(eventually(
        [&] { return seen.last_sequence(sessions[which].id(), source, detection) == 1; }));
    EXPECT_LE(bus.statistics().hot_lanes, 3U);
  }
  expect_silence(bus, 300ms);
}

TEST(Law7AHundredThousandSilentSessions, AddNothingToTheTicksOfABusyOne) {
  const auto ticks_of_a_busy_session = [](int silent) {
    ManualBus bus;
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 10ms, .replay_current = false});
    std::vector<Session> sessions;
    std::vector<Reporter> reporters;
    for (int i = 0; i < silent; ++i) {
      sessions.push_back(bus->open_session("silent"));
      reporters.push_back(sessions.back().reporter({.ring_capacity = 0}));
    }
    bus.settle();
    bus.run_for(1s, 10ms);
    auto busy = bus->open_session("busy");
    auto reporter = busy.reporter();
    const std::uint64_t before = bus->statistics().ticks;
    for (std::uint64_t i = 1; i <= 100; ++i) {
      EXPECT_EQ(reporter.report(source, detection, i, 100), Status::ok);
      bus.run_for(5ms);
    }
    EXPECT_LE(bus->statistics().hot_lanes, 1U);
    return bus->statistics().ticks - before;
  };
  EXPECT_EQ(ticks_of_a_busy_session(scaled(100000)), ticks_of_a_busy_session(0));
}

}  // namespace
}  // namespace headway::laws
