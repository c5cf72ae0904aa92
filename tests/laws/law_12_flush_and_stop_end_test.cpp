// SPDX-License-Identifier: MIT
//
// Law 12: flush and stop end, whatever providers and subscribers do, and say what they could not do.
// (Destruction in every order: law_12_destruction_test.cpp.)
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "manual_bus.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

/// Providers of every kind that report without end.
class EndlessProviders {
 public:
  explicit EndlessProviders(Bus& bus)
      : session_(bus.open_session("endless", {.merge = Merge::sum})) {
    shared_ = session_.shared_reporter({.ring_capacity = 8});
    for (std::size_t i = 0; i < 2; ++i) {
      threads_.emplace_back([this, own = session_.reporter({.ring_capacity = i * 8})]() mutable {
        while (!done_.load(std::memory_order_relaxed)) {
          const Status status = own.advance(source, detection);
          if (status == Status::ok) made_.fetch_add(1, std::memory_order_relaxed);
          last_.store(status, std::memory_order_relaxed);
        }
      });
      threads_.emplace_back([this] {
        while (!done_.load(std::memory_order_relaxed)) {
          if (shared_.advance(source, enumeration) == Status::ok) {
            made_.fetch_add(1, std::memory_order_relaxed);
          }
        }
      });
    }
    static_cast<void>(eventually([&] { return made_.load() > 100; }));
  }
  EndlessProviders(const EndlessProviders&) = delete;
  EndlessProviders& operator=(const EndlessProviders&) = delete;
  ~EndlessProviders() { finish(); }

  void finish() {
    done_.store(true);
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  [[nodiscard]] std::uint64_t made() const { return made_.load(); }
  [[nodiscard]] Status last() const { return last_.load(); }
  [[nodiscard]] SessionId id() const { return session_.id(); }

 private:
  Session session_;
  SharedReporter shared_;
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> made_{0};
  std::atomic<Status> last_{Status::ok};
  std::vector<std::thread> threads_;
};

TEST(Law12Flush, EndsWhileProvidersReportWithoutEnd) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1h});
  EndlessProviders providers(bus);
  auto session = bus.open_session("s");
  auto reporter = session.reporter({.ring_capacity = 0});
  for (std::uint64_t i = 1; i <= static_cast<std::uint64_t>(scaled(100)); ++i) {
    ASSERT_EQ(reporter.report(source, application, i, 0), Status::ok);
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    ASSERT_EQ(seen.last_sequence(session.id(), source, application), i);
  }
}

TEST(Law12Flush, CoversTheReportsOfOtherThreadsThatWereMadeBeforeIt) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1h, .run_on = RunOn::own_thread});
  auto session = bus.open_session("s", {.merge = Merge::sum});
  std::vector<Reporter> reporters;
  for (std::size_t i = 0; i < 4; ++i)
    reporters.push_back(session.reporter({.ring_capacity = 4 * i}));
  for (std::uint64_t round = 1; round <= static_cast<std::uint64_t>(scaled(100)); ++round) {
    std::vector<std::thread> threads;
    for (Reporter& reporter : reporters) {
      threads.emplace_back([&] {
        for (int n = 0; n < 25; ++n) static_cast<void>(reporter.advance(source, detection));
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
    ASSERT_EQ(seen.last_sequence(session.id(), source, detection), round * 100);
  }
}

TEST(Law12Flush, NeedsNoSubscriberAndNoReport) {
  Bus bus;
  EXPECT_EQ(bus.flush(watchdog), FlushResult::ok);
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  EXPECT_EQ(bus.flush(watchdog), FlushResult::ok);
  EXPECT_EQ(bus.snapshot().at(0).value(source, detection).sequence, 1U);
  EXPECT_TRUE(bus.stop(watchdog).complete);
  EXPECT_EQ(bus.flush(watchdog), FlushResult::ok);  // nothing is left to be delivered
}

TEST(Law12Flush, FromManyThreadsAtOnceEnds) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms});
  EndlessProviders providers(bus);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < scaled(50); ++n) EXPECT_EQ(bus.flush(watchdog), FlushResult::ok);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// Waits with a flush that could wait for hours, on a thread of its own.
class WaitingFlush {
 public:
  explicit WaitingFlush(Bus& bus) : thread_([&] { result_ = bus.flush(1h); }) {}
  [[nodiscard]] FlushResult end() {
    thread_.join();
    return result_;
  }

 private:
  FlushResult result_ = FlushResult::ok;
  std::thread thread_;
};

TEST(Law12Flush, EndsWhenAStopThatRunsOutOfTimeTakesTheDispatchOver) {
  const auto gate = std::make_shared<Gate>();
  Bus bus;
  auto subscription = bus.subscribe([gate](const Update&) { gate->pass(); }, {.interval = 1ms});
  const AtExit open([&] { gate->open(); });
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  ASSERT_TRUE(gate->await_arrival());
  WaitingFlush flush(bus);
  ASSERT_EQ(bus.stop(50ms).stuck.size(), 1U);
  EXPECT_EQ(flush.end(), FlushResult::timed_out);
}

TEST(Law12Flush, WaitsForWhatWasFoldedForASubscriberThatIsStuck) {
  Gate gate;
  Bus bus;
  auto subscription =
      bus.subscribe([&](const Update&) { gate.pass(); },
                    {.interval = 1ms, .run_on = RunOn::own_thread, .queue_capacity = 1});
  const AtExit open([&] { gate.open(); });
  auto session = bus.open_session("s");
  auto reporter = session.reporter({.ring_capacity = 0});
  ASSERT_EQ(reporter.report(source, detection, 1, 0), Status::ok);
  ASSERT_TRUE(gate.await_arrival());
  // A flush hands over at every tick, more than an overflow keeps apart.
  std::atomic<FlushResult> result{FlushResult::ok};
  std::atomic<bool> ended{false};
  std::thread flush([&] {
    result = bus.flush(300ms);
    ended = true;
  });
  for (std::uint64_t i = 2; !ended; ++i) {
    ASSERT_EQ(reporter.report(source, detection, i, 0), Status::ok);
    std::this_thread::sleep_for(100us);
  }
  flush.join();
  EXPECT_EQ(result.load(), FlushResult::timed_out);
  gate.open();
  EXPECT_EQ(bus.flush(watchdog), FlushResult::ok);
}

class Law12WithAStuckSubscriber : public testing::TestWithParam<std::tuple<RunOn, bool>> {
 protected:
  [[nodiscard]] RunOn run_on() const { return std::get<0>(GetParam()); }
  [[nodiscard]] bool providers_go_on() const { return std::get<1>(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Stuck, Law12WithAStuckSubscriber,
                         testing::Combine(testing::Values(RunOn::dispatcher, RunOn::own_thread),
                                          testing::Bool()),
                         [](const auto& each) {
                           return name_of(std::get<0>(each.param)) +
                                  (std::get<1>(each.param) ? "WithEndlessProviders" : "");
                         });

TEST_P(Law12WithAStuckSubscriber, AFlushTimesOut) {
  Gate gate;
  Bus bus;
  auto subscription =
      bus.subscribe([&](const Update&) { gate.pass(); }, {.interval = 1ms, .run_on = run_on()});
  const AtExit open([&] { gate.open(); });
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  ASSERT_TRUE(gate.await_arrival());
  std::optional<EndlessProviders> providers;
  if (providers_go_on()) providers.emplace(bus);
  EXPECT_EQ(bus.flush(5ms), FlushResult::timed_out);
  EXPECT_EQ(bus.flush(0ns), FlushResult::timed_out);
  EXPECT_EQ(bus.flush(-1s), FlushResult::timed_out);
  gate.open();
  EXPECT_EQ(bus.flush(watchdog), FlushResult::ok);
}

TEST_P(Law12WithAStuckSubscriber, AStopNamesItAndCountsWhatItDidNotGet) {
  // What the stuck callback uses outlives everything: it is let go, not joined.
  const auto gate = std::make_shared<Gate>();
  const auto finished = std::make_shared<std::atomic<bool>>(false);
  RecordingSubscriber other;
  StopReport report;
  SessionId id;
  {
    Bus bus;
    auto good = bus.subscribe(other, {.interval = 1ms, .run_on = RunOn::own_thread});
    auto subscription = bus.subscribe(
        [gate, finished](const Update&) {
          gate->pass();
          finished->store(true);
        },
        {.interval = 1ms, .run_on = run_on(), .name = "stuck one"});
    const AtExit open([&] { gate->open(); });
    auto session = bus.open_session("s");
    id = session.id();
    auto reporter = session.reporter();
    ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
    ASSERT_TRUE(gate->await_arrival());
    ASSERT_EQ(reporter.report(source, enumeration, 2, 2), Status::ok);
    ASSERT_EQ(reporter.report(destination, detection, 3, 3), Status::ok);
    std::optional<EndlessProviders> providers;
    if (providers_go_on()) providers.emplace(bus);
    report = bus.stop(50ms);
    EXPECT_FALSE(report.complete);
    ASSERT_EQ(report.stuck.size(), 1U);
    EXPECT_EQ(report.stuck[0].name, "stuck one");
    EXPECT_EQ(report.stuck[0].id, subscription.id());
    EXPECT_GE(report.stuck[0].undelivered, 2U);
    EXPECT_GE(report.undelivered, report.stuck[0].undelivered);
    EXPECT_EQ(reporter.report(source, detection, 4, 4), Status::closed);
    // Handles and calls still answer, while it is still stuck.
    EXPECT_FALSE(bus.snapshot().empty());
    static_cast<void>(bus.statistics());
    static_cast<void>(bus.stop(1ms));
    EXPECT_FALSE(finished->load());
    gate->open();
  }
  EXPECT_TRUE(eventually([&] { return finished->load(); }));
  if (run_on() == RunOn::own_thread) {
    // The dispatcher was free: the good subscriber has every last word.
    EXPECT_EQ(other.last_sequence(id, destination, detection), 1U);
  }
}

TEST(Law12Stop, EndsWhileProvidersReportWithoutEndAndLosesNoneOfTheirReports) {
  for (int round = 0; round < scaled(30); ++round) {
    Bus bus;
    RecordingSubscriber seen;
    auto subscription = bus.subscribe(seen, {.interval = 1h});
    EndlessProviders providers(bus);
    const StopReport report = bus.stop(watchdog);
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(report.undelivered, 0U);
    EXPECT_TRUE(report.stuck.empty());
    EXPECT_TRUE(eventually([&] { return providers.last() == Status::closed; }));
    providers.finish();
    EXPECT_EQ(seen.last_sequence(providers.id(), source, detection) +
                  seen.last_sequence(providers.id(), source, enumeration),
              providers.made());
    EXPECT_EQ(seen.closed().size(), 1U);
    EXPECT_EQ(seen.closed()[0].outcome, Outcome::abandoned);
    EXPECT_EQ(bus.statistics().reports, providers.made());
  }
}

TEST(Law12Stop, FromACallbackThatAnUnsubscribedOneWaitsForEndsBeforeItsDeadline) {
  std::atomic<bool> first_runs{false};
  std::atomic<bool> second_runs{false};
  std::atomic<bool> stopped{false};
  Subscription first;
  Subscription second;
  Bus bus;
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  second = bus.subscribe(
      [&](const Update&) {
        second_runs = true;
        if (!eventually([&] { return first_runs.load(); })) return;
        static_cast<void>(bus.stop(1h));
        stopped = true;
      },
      {.interval = 1ms, .run_on = RunOn::own_thread});
  first = bus.subscribe(
      [&](const Update&) {
        if (!second_runs || first_runs.exchange(true)) return;
        EXPECT_TRUE(first.unsubscribe());
        static_cast<void>(second.unsubscribe());
      },
      {.interval = 1ms});
  EXPECT_TRUE(eventually([&] {
    static_cast<void>(reporter.advance(source, detection));
    return stopped.load();
  })) << "the two wait for each other";
  static_cast<void>(second.unsubscribe());
  static_cast<void>(first.unsubscribe());
}

TEST(Law12Stop, TwiceOrFromTwoThreadsIsFine) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1h});
  auto session = bus.open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 1), Status::ok);
  std::thread other([&] { EXPECT_TRUE(bus.stop(watchdog).complete); });
  EXPECT_TRUE(bus.stop(watchdog).complete);
  other.join();
  EXPECT_TRUE(bus.stop(watchdog).complete);
  EXPECT_TRUE(bus.stop(0ns).complete);
  EXPECT_EQ(seen.updates().size(), 1U);
  EXPECT_EQ(seen.closed().size(), 1U);
}

TEST(Law12AStoppedBus, AnswersEveryCall) {
  for (const Dispatch dispatch : {Dispatch::park, Dispatch::spin, Dispatch::manual}) {
    Bus bus({.dispatch = dispatch});
    auto session = bus.open_session("before");
    auto reporter = session.reporter();
    auto shared = bus.open_session("shared before").shared_reporter();
    EXPECT_TRUE(bus.stop(watchdog).complete);
    EXPECT_EQ(reporter.report(source, detection, 1, 1), Status::closed);
    EXPECT_EQ(reporter.advance(source, detection), Status::closed);
    EXPECT_EQ(shared.advance(source, detection), Status::closed);
    auto late = bus.open_session("after");  // closed from the start
    auto lates = late.reporter();
    EXPECT_EQ(lates.report(source, detection, 1, 1), Status::closed);
    RecordingSubscriber seen;
    for (const RunOn run_on : every_run_on) {
      auto subscription = bus.subscribe(seen, {.run_on = run_on});
      static_cast<void>(subscription.poll());
      EXPECT_TRUE(subscription.unsubscribe());
    }
    EXPECT_TRUE(seen.updates().empty());
    EXPECT_FALSE(bus.cancel(session.id()));
    session.cancel();
    session.note("late");
    session.close();
    EXPECT_EQ(bus.poll(), 0U);
    EXPECT_EQ(bus.flush(1s), FlushResult::ok);
    EXPECT_EQ(bus.statistics().sessions, 0U);
    EXPECT_EQ(bus.statistics().refused_closed, 4U);
    for (const SessionInfo& info : bus.snapshot()) EXPECT_FALSE(info.open());
  }
}

TEST(Law12AManualBus, FlushesAndStopsOnTheCallingThread) {
  ManualBus bus;
  RecordingSubscriber seen;
  std::thread::id ran_on;
  seen.at_progress = [&](const Update&) { ran_on = std::this_thread::get_id(); };
  auto subscription = bus->subscribe(seen, {.interval = 1h});
  auto session = bus->open_session("s");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(source, detection, 1, 3), Status::ok);
  EXPECT_EQ(bus->flush(watchdog), FlushResult::ok);
  EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 1U);
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  ASSERT_EQ(reporter.report(source, detection, 2, 3), Status::ok);
  EXPECT_TRUE(bus->stop(watchdog).complete);
  EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 2U);
  EXPECT_EQ(seen.closed().size(), 1U);
}

}  // namespace
}  // namespace headway::laws
