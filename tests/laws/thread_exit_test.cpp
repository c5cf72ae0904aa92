// SPDX-License-Identifier: MIT
//
// Threads of a SharedReporter that end, reports from destructors that run late, and lanes that go back.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/per_thread.hpp"

#include "keys.hpp"
#include "manual_bus.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

TEST(AThreadThatEnds, LeavesItsReportsAndHandsItsLaneOn) {
  for (const std::size_t capacity : {0U, 2U}) {
    ManualBus bus;
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 1ms});
    auto session = bus->open_session("s", {.merge = Merge::sum});
    auto shared = session.shared_reporter({.ring_capacity = capacity});
    for (std::uint64_t i = 1; i <= 200; ++i) {
      std::thread([&] {
        EXPECT_EQ(shared.advance(source, detection, 3), Status::ok);
        EXPECT_EQ(shared.add_total(source, detection, 5), Status::ok);
      }).join();
      if (i % 10 == 0) bus.run_for(2ms);
    }
    bus.settle();
    const auto last = seen.last(session.id(), source, detection);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->completed, 600U);
    EXPECT_EQ(last->total, 1000U);
    EXPECT_EQ(last->sequence, 400U);
    // One thread at a time needs a lane; some more may be on their way back.
    EXPECT_LE(bus->statistics().lanes, 20U);
  }
}

TEST(AThreadThatEnds, WhileOthersReportLosesNothing) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms});
  auto session = bus.open_session("s", {.merge = Merge::sum});
  auto shared = session.shared_reporter({.ring_capacity = 8});
  auto other = session.shared_reporter({.ring_capacity = 0});
  const int waves = scaled(200);
  for (int wave = 0; wave < waves; ++wave) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 10; ++n) {
          EXPECT_EQ(shared.advance(source, detection), Status::ok);
          EXPECT_EQ(other.advance(source, enumeration), Status::ok);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  const auto all = static_cast<std::uint64_t>(waves) * 40;
  EXPECT_EQ(seen.last(session.id(), source, detection)->completed, all);
  EXPECT_EQ(seen.last_sequence(session.id(), source, detection), all);
  EXPECT_EQ(seen.last(session.id(), source, enumeration)->completed, all);
}

TEST(LanesInUse, AreCountedAndGoBack) {
  Bus bus;
  auto subscription = bus.subscribe([](const Update&) {}, {.interval = 1ms});
  EXPECT_EQ(bus.statistics().lanes, 0U);
  auto session = bus.open_session("s", {.merge = Merge::sum});
  {
    auto first = session.reporter();
    auto second = session.reporter({.ring_capacity = 0});
    EXPECT_EQ(bus.statistics().lanes, 2U);
    ASSERT_EQ(first.report(source, detection, 1, 1), Status::ok);
    auto shared = session.shared_reporter();
    std::thread([&] { EXPECT_EQ(shared.advance(source, detection), Status::ok); }).join();
    EXPECT_EQ(shared.advance(source, detection), Status::ok);
    EXPECT_GE(bus.statistics().lanes, 3U);
    // Two own ones, one a thread (the first thread's may be on its way back), one for the ring.
    EXPECT_LE(bus.statistics().lanes, 5U);
  }
  EXPECT_TRUE(eventually([&] { return bus.statistics().lanes == 0; }));
  EXPECT_EQ(bus.snapshot().at(0).value(source, detection).sequence, 3U);
}

TEST(LanesInUse, AreReusedByReportersThatComeAndGo) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms});
  std::uint64_t closed = 0;
  for (int i = 0; i < scaled(3000); ++i) {
    auto session = bus.open_session("s");
    auto reporter = session.reporter({.ring_capacity = static_cast<std::size_t>(i % 3) * 2});
    const auto value = static_cast<std::uint64_t>(i);
    ASSERT_EQ(reporter.report(source, detection, value, value), Status::ok);
    if (i % 2 == 0) {
      // A reporter that outlives its session by far: its lane must not be anybody else's meanwhile.
      session.close();
      auto next = bus.open_session("next");
      auto nexts = next.reporter({.ring_capacity = 0});
      ASSERT_EQ(nexts.report(source, detection, 5, 5), Status::ok);
      ASSERT_EQ(reporter.report(source, detection, 6, 6), Status::closed);
      ++closed;
    }
  }
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  EXPECT_EQ(bus.statistics().refused_closed, closed);
  std::size_t updates = 0;
  for (const Seen& update : seen.updates()) {
    ASSERT_EQ(update.sequence, 1U) << update;
    ++updates;
  }
  EXPECT_EQ(updates, static_cast<std::size_t>(scaled(3000)) + closed);
  EXPECT_TRUE(eventually([&] { return bus.statistics().lanes == 0; }));
}

TEST(AThreadLocalDestructor, MayReportAfterTheThreadsCacheIsGone) {
  // Destructors of thread-locals run in reverse order of construction: this one is made before the thread
  // touches the reporter, and so runs after whatever the reporter keeps per thread. (On Windows with MinGW, whose
  // own thread-locals are freed before they are destroyed, in any order.)
  struct LastWords {
    SharedReporter* reporter = nullptr;
    std::atomic<int>* answer = nullptr;
    ~LastWords() {
      if (reporter != nullptr)
        answer->store(static_cast<int>(reporter->advance(source, detection)));
    }
  };
  for (const std::size_t capacity : {0U, 4U}) {
    Bus bus;
    RecordingSubscriber seen;
    auto subscription = bus.subscribe(seen, {.interval = 1ms});
    auto session = bus.open_session("s", {.merge = Merge::sum});
    auto shared = session.shared_reporter({.ring_capacity = capacity});
    std::atomic<int> answer{1};
    std::thread([&] {
      auto& words = detail::per_thread<LastWords>();
      words.reporter = &shared;
      words.answer = &answer;
      EXPECT_EQ(shared.advance(source, detection), Status::ok);
    }).join();
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    const bool taken = answer.load() == static_cast<int>(Status::ok);
    EXPECT_TRUE(taken || answer.load() == static_cast<int>(Status::closed)) << answer.load();
    EXPECT_EQ(seen.last_sequence(session.id(), source, detection), taken ? 2U : 1U);
    subscription.unsubscribe();
  }
}

TEST(AThreadThatEnds, AfterItsBusIsGoneDoesNoHarm) {
  for (int i = 0; i < scaled(50); ++i) {
    std::optional<Bus> bus(std::in_place);
    std::optional<Session> session = bus->open_session("s", {.merge = Merge::sum});
    std::optional<SharedReporter> shared = session->shared_reporter({.ring_capacity = 2});
    Gate gate;
    std::thread thread([&] {
      EXPECT_EQ(shared->advance(source, detection), Status::ok);
      gate.pass();
    });
    ASSERT_TRUE(gate.await_arrival());
    bus.reset();
    if (i % 2 == 0) session.reset();
    if (i % 3 == 0) shared.reset();
    gate.open();
    thread.join();
  }
}

/// Reports from its destructor, which runs among the static ones, and leaves with a mark if that goes wrong.
struct StaticReporter {
  Session session;
  Reporter own;
  SharedReporter shared;
  Status expected = Status::closed;
  StaticReporter() = default;
  StaticReporter(const StaticReporter&) = delete;
  StaticReporter& operator=(const StaticReporter&) = delete;
  ~StaticReporter() {
    if (own.report(source, detection, 2, 2) != expected) std::_Exit(51);
    if (shared.advance(source, enumeration) != expected) std::_Exit(52);
  }
};

void leave_with_static_reporter(bool bus_outlives_it) {
  static std::optional<Bus> early;
  if (bus_outlives_it) early.emplace();
  static StaticReporter reporter;
  static std::optional<Bus> late;
  if (!bus_outlives_it) late.emplace();
  Bus& bus = bus_outlives_it ? *early : *late;
  reporter.session = bus.open_session("s", {.merge = Merge::sum});
  reporter.own = reporter.session.reporter();
  reporter.shared = reporter.session.shared_reporter();
  reporter.expected = bus_outlives_it ? Status::ok : Status::closed;
  if (reporter.own.report(source, detection, 1, 1) != Status::ok) std::_Exit(53);
  if (reporter.shared.advance(source, enumeration) != Status::ok) std::_Exit(54);
  std::exit(0);
}

TEST(AStaticDestructorDeathTest, MayReportAfterTheBusIsGone) {
  if (under_thread_sanitizer)
    GTEST_SKIP() << "the thread sanitizer does not follow a fork with threads";
  if (under_emulator()) GTEST_SKIP() << "the emulator cannot run the test once more by itself";
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(leave_with_static_reporter(false), testing::ExitedWithCode(0), "");
}

TEST(AStaticDestructorDeathTest, MayReportWhileTheBusIsStillThere) {
  if (under_thread_sanitizer)
    GTEST_SKIP() << "the thread sanitizer does not follow a fork with threads";
  if (under_emulator()) GTEST_SKIP() << "the emulator cannot run the test once more by itself";
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(leave_with_static_reporter(true), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace headway::laws
