// SPDX-License-Identifier: MIT
//
// Accounting::absolute and Accounting::accumulate against traces computed by hand from the arithmetic that is
// documented: for SPS_CHANGE_APPLICATION the callback gets (sum, sum + remaining), else what was reported.
#include <headway/winsync.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "laws/manual_bus.hpp"

namespace {

using namespace headway::winsync;
using namespace std::chrono_literals;
using headway::laws::ManualBus;

constexpr DWORD kMaxDword = 0xFFFFFFFFU;

using Call = std::tuple<SYNC_PROVIDER_ROLE, SYNC_PROGRESS_STAGE, DWORD, DWORD>;

struct Recorder : Callback {
  HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                          SYNC_PROGRESS_STAGE syncStage, DWORD dwCompletedWork,
                                          DWORD dwTotalWork) override {
    calls.emplace_back(provider, syncStage, dwCompletedWork, dwTotalWork);
    return S_OK;
  }
  std::vector<Call> calls;
};

struct Step {
  Call reported;
  Call raised;
};

/// Reports step by step, a delivery after each, and compares.
void expect_trace(Accounting accounting, const std::vector<Step>& trace,
                  headway::SessionOptions options = {}) {
  ManualBus bus;
  Recorder application;
  const auto subscription = subscribe(*bus, application);
  auto session = bus->open_session("photos", options);
  SessionState state(session, accounting);
  for (const auto& [reported, raised] : trace) {
    application.calls.clear();
    const auto [provider, stage, completed, total] = reported;
    EXPECT_EQ(state.OnProgress(provider, stage, completed, total), S_OK);
    bus.settle();
    EXPECT_EQ(application.calls, std::vector<Call>{raised});
  }
}

/// What the bus holds of a role's change application, in 64 bits.
headway::LatestValue held(headway::Bus& bus, SYNC_PROVIDER_ROLE role) {
  const auto sessions = bus.snapshot();
  EXPECT_EQ(sessions.size(), 1U);
  return sessions.at(0).value(static_cast<headway::Role>(role), headway::Stage::change_application);
}

const std::vector<Step>& documented_arithmetic() {
  constexpr auto application = SPS_CHANGE_APPLICATION;
  static const std::vector<Step> trace = {
      // Nothing done yet, 10 remain.
      {{SPR_DESTINATION, application, 0, 10}, {SPR_DESTINATION, application, 0, 10}},
      // 3 since, 7 remain: 3 of 3 + 7.
      {{SPR_DESTINATION, application, 3, 7}, {SPR_DESTINATION, application, 3, 10}},
      // 4 since: 7 of 7 + 3.
      {{SPR_DESTINATION, application, 4, 3}, {SPR_DESTINATION, application, 7, 10}},
      // The source counts for itself: 1 of 1 + 1.
      {{SPR_SOURCE, application, 1, 1}, {SPR_SOURCE, application, 1, 2}},
      // More was found: 1 since, 9 remain: 8 of 8 + 9.
      {{SPR_DESTINATION, application, 1, 9}, {SPR_DESTINATION, application, 8, 17}},
      // Less remains than was thought: 2 since, 1 remains: 10 of 10 + 1.
      {{SPR_DESTINATION, application, 2, 1}, {SPR_DESTINATION, application, 10, 11}},
      // An event of the provider's own: nothing since, the same remains.
      {{SPR_DESTINATION, application, 0, 1}, {SPR_DESTINATION, application, 10, 11}},
      // Done: 11 of 11 + 0.
      {{SPR_DESTINATION, application, 1, 0}, {SPR_DESTINATION, application, 11, 11}},
      // Work that no estimate had: 5 since, none remains: 16 of 16.
      {{SPR_DESTINATION, application, 5, 0}, {SPR_DESTINATION, application, 16, 16}},
  };
  return trace;
}

TEST(WinsyncAccumulate, TheCallbackGetsTheSumAndTheSumPlusWhatRemains) {
  expect_trace(Accounting::accumulate, documented_arithmetic());
}

TEST(WinsyncAccumulate, TheSessionsMergeChangesNothing) {
  using headway::Merge;
  for (const auto merge : {Merge::unset, Merge::sum, Merge::furthest, Merge::latest}) {
    expect_trace(Accounting::accumulate, documented_arithmetic(), {.merge = merge});
  }
}

TEST(WinsyncAccumulate, OtherStagesPassThrough) {
  expect_trace(
      Accounting::accumulate,
      {{{SPR_SOURCE, SPS_CHANGE_DETECTION, 2, 9}, {SPR_SOURCE, SPS_CHANGE_DETECTION, 2, 9}},
       {{SPR_SOURCE, SPS_CHANGE_DETECTION, 5, 9}, {SPR_SOURCE, SPS_CHANGE_DETECTION, 5, 9}},
       {{SPR_SOURCE, SPS_CHANGE_ENUMERATION, 4, 8}, {SPR_SOURCE, SPS_CHANGE_ENUMERATION, 4, 8}},
       {{SPR_SOURCE, SPS_CHANGE_APPLICATION, 4, 8}, {SPR_SOURCE, SPS_CHANGE_APPLICATION, 4, 12}},
       {{SPR_SOURCE, SPS_CHANGE_ENUMERATION, 6, 8}, {SPR_SOURCE, SPS_CHANGE_ENUMERATION, 6, 8}},
       {{SPR_SOURCE, SPS_CHANGE_APPLICATION, 4, 4}, {SPR_SOURCE, SPS_CHANGE_APPLICATION, 8, 12}}});
}

TEST(WinsyncAbsolute, EachStagePassesThroughAndIsTheDefault) {
  const std::vector<Step> trace = {
      {{SPR_SOURCE, SPS_CHANGE_DETECTION, 2, 9}, {SPR_SOURCE, SPS_CHANGE_DETECTION, 2, 9}},
      {{SPR_SOURCE, SPS_CHANGE_APPLICATION, 3, 7}, {SPR_SOURCE, SPS_CHANGE_APPLICATION, 3, 7}},
      {{SPR_SOURCE, SPS_CHANGE_APPLICATION, 4, 7}, {SPR_SOURCE, SPS_CHANGE_APPLICATION, 4, 7}},
      // completed > total is nobody's error.
      {{SPR_SOURCE, SPS_CHANGE_APPLICATION, 9, 7}, {SPR_SOURCE, SPS_CHANGE_APPLICATION, 9, 7}}};
  expect_trace(Accounting::absolute, trace);

  ManualBus bus;
  auto session = bus->open_session("photos");
  SessionState state(session);
  for (const auto& step : trace) {
    const auto [provider, stage, completed, total] = step.reported;
    EXPECT_EQ(state.OnProgress(provider, stage, completed, total), S_OK);
  }
  bus.settle();
  EXPECT_EQ(held(*bus, SPR_SOURCE).completed, 9U);
}

TEST(WinsyncAccumulate, ManyCallsBetweenTwoDeliveriesAddUp) {
  ManualBus bus;
  Recorder application;
  const auto subscription = subscribe(*bus, application);
  auto session = bus->open_session("photos");
  SessionState state(session, Accounting::accumulate);
  for (DWORD remaining = 100; remaining-- > 0;) {
    EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_APPLICATION, 2, 2 * remaining), S_OK);
  }
  bus.settle();
  EXPECT_EQ(application.calls, (std::vector<Call>{{SPR_SOURCE, SPS_CHANGE_APPLICATION, 200, 200}}));
}

TEST(WinsyncAccumulate, EachCallIsOneRecord) {
  ManualBus bus;
  Recorder application;
  const auto subscription = subscribe(*bus, application, {.delivery = headway::Delivery::recorded});
  auto session = bus->open_session("photos");
  SessionState state(session, Accounting::accumulate);
  std::vector<Call> expected;
  for (const auto& step : documented_arithmetic()) {
    const auto [provider, stage, completed, remaining] = step.reported;
    EXPECT_EQ(state.OnProgress(provider, stage, completed, remaining), S_OK);
    expected.push_back(step.raised);
  }
  bus.settle();
  EXPECT_EQ(application.calls, expected);
}

TEST(WinsyncAccumulate, TheSumIs64BitsWide) {
  ManualBus bus;
  Recorder application;
  const auto subscription = subscribe(*bus, application);
  auto session = bus->open_session("photos");
  SessionState state(session, Accounting::accumulate);
  for (int call = 0; call < 3; ++call) {
    EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_APPLICATION, kMaxDword, kMaxDword), S_OK);
  }
  bus.settle();
  // 3 * (2^32 - 1) of 4 * (2^32 - 1); for the callback both are divided by 4.
  EXPECT_EQ(held(*bus, SPR_SOURCE).completed, 12'884'901'885U);
  EXPECT_EQ(held(*bus, SPR_SOURCE).total, 17'179'869'180U);
  EXPECT_EQ(application.calls,
            (std::vector<Call>{{SPR_SOURCE, SPS_CHANGE_APPLICATION, 3'221'225'471U, kMaxDword}}));
}

TEST(WinsyncAccumulate, ARefusedCallAddsNothing) {
  const auto bad_role = static_cast<SYNC_PROVIDER_ROLE>(2);
  const auto bad_stage = static_cast<SYNC_PROGRESS_STAGE>(3);
  for (const bool cancels : {true, false}) {
    ManualBus bus;
    auto session = bus->open_session("photos");
    SessionState state(session, Accounting::accumulate);
    EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_APPLICATION, 3, 7), S_OK);
    EXPECT_EQ(state.OnProgress(bad_role, SPS_CHANGE_APPLICATION, 5, 50), E_INVALIDARG);
    EXPECT_EQ(state.OnProgress(SPR_SOURCE, bad_stage, 5, 50), E_INVALIDARG);
    EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_APPLICATION, 1, 6), S_OK);
    if (cancels) {
      session.cancel();
    } else {
      session.close();
    }
    for (const DWORD remaining : {0U, 6U, 50U}) {
      EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_APPLICATION, 1, remaining),
                cancels ? E_ABORT : SYNC_E_INVALID_OPERATION);
    }
    bus.settle();
    EXPECT_EQ(held(*bus, SPR_SOURCE).completed, 4U);
    EXPECT_EQ(held(*bus, SPR_SOURCE).total, 10U);
    EXPECT_EQ(held(*bus, SPR_DESTINATION).sequence, 0U);
  }
}

/// A thread that does what it is given, one thing after the other. (Not by std::atomic's wait(): where libstdc++ 12 has
/// no futex, as on Windows, it loses wake-ups.)
class Worker {
 public:
  ~Worker() {
    run(nullptr);
    thread_.join();
  }
  void run(std::function<void()> task) {
    std::unique_lock lock(mutex_);
    task_ = std::move(task);
    turn_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !turn_; });
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (bool more = true; more;) {
      changed_.wait(lock, [this] { return turn_; });
      more = static_cast<bool>(task_);
      if (more) task_();
      turn_ = false;
      changed_.notify_all();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> task_;
  bool turn_ = false;
  std::thread thread_{[this] { work(); }};
};

TEST(WinsyncAccumulate, TheTraceIsTheSameWhicheverThreadMakesTheCalls) {
  ManualBus bus;
  Recorder application;
  const auto subscription = subscribe(*bus, application);
  auto session = bus->open_session("photos");
  SessionState state(session, Accounting::accumulate);
  std::array<Worker, 3> workers;
  std::size_t next = 0;
  for (const auto& step : documented_arithmetic()) {
    application.calls.clear();
    workers[next++ % workers.size()].run([&] {
      const auto [provider, stage, completed, remaining] = step.reported;
      EXPECT_EQ(state.OnProgress(provider, stage, completed, remaining), S_OK);
    });
    bus.settle();
    EXPECT_EQ(application.calls, std::vector<Call>{step.raised});
  }
}

TEST(WinsyncAccumulate, WhatAThreadDidStaysWhenItEnds) {
  ManualBus bus;
  Recorder application;
  const auto subscription = subscribe(*bus, application);
  auto session = bus->open_session("photos");
  SessionState state(session, Accounting::accumulate);
  for (const auto& step : documented_arithmetic()) {
    application.calls.clear();
    std::thread([&] {
      const auto [provider, stage, completed, remaining] = step.reported;
      EXPECT_EQ(state.OnProgress(provider, stage, completed, remaining), S_OK);
    }).join();
    bus.settle();
    EXPECT_EQ(application.calls, std::vector<Call>{step.raised});
  }
}

constexpr int kThreads = 4;

TEST(WinsyncAccumulate, TheSumOfRacingThreadsIsExactAndNeverStepsBack) {
  constexpr DWORD kCalls = 100'000;
  constexpr DWORD kWork = 1'000'003;
  headway::Bus bus;
  bool stepped_back = false;
  std::uint64_t last = 0;
  auto subscription = bus.subscribe(
      [&](const headway::Update& update) {
        stepped_back |= update.completed < last;
        last = update.completed;
      },
      {.interval = 1us});
  auto session = bus.open_session("photos");
  SessionState state(session, Accounting::accumulate);
  std::vector<std::thread> threads;
  for (DWORD thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (DWORD call = 0; call < kCalls; ++call) {
        // What remains goes up and down; the last call of each thread says 7.
        const DWORD remaining = call + 1 == kCalls ? 7 : (call * 7919 + thread) % 1000;
        ASSERT_EQ(
            state.OnProgress(SPR_DESTINATION, SPS_CHANGE_APPLICATION, kWork + thread, remaining),
            S_OK);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(bus.flush(headway::laws::watchdog), headway::FlushResult::ok);
  ASSERT_TRUE(subscription.unsubscribe());
  // 100000 * (4 * 1000003 + 0 + 1 + 2 + 3)
  constexpr std::uint64_t kSum = 400'001'800'000;
  EXPECT_EQ(held(bus, SPR_DESTINATION).completed, kSum);
  EXPECT_EQ(held(bus, SPR_DESTINATION).total, kSum + 7);
  EXPECT_EQ(last, kSum);
  EXPECT_FALSE(stepped_back);
}

/// Threads report until they are refused, which `end` brings about in their midst.
template <class End>
void expect_only_accepted_calls_count(HRESULT refusal, End&& end) {
  headway::Bus bus;
  auto session = bus.open_session("photos");
  SessionState state(session, Accounting::accumulate);
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<int> under_way{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (std::uint64_t calls = 0;; ++calls) {
        const HRESULT result =
            state.OnProgress(SPR_SOURCE, SPS_CHANGE_APPLICATION, 3, calls % 5 == 0 ? 9 : 2);
        if (result != S_OK) {
          EXPECT_EQ(result, refusal);
          accepted.fetch_add(3 * calls);
          return;
        }
        if (calls == 100) ++under_way;
      }
    });
  }
  EXPECT_TRUE(headway::laws::eventually([&] { return under_way.load() == kThreads; }));
  end(session);
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(bus.flush(headway::laws::watchdog), headway::FlushResult::ok);
  EXPECT_EQ(held(bus, SPR_SOURCE).completed, accepted.load());
}

TEST(WinsyncAccumulate, OfCallsThatRaceWithCancelThoseCountThatWereAnsweredOk) {
  expect_only_accepted_calls_count(E_ABORT, [](headway::Session& session) { session.cancel(); });
}

TEST(WinsyncAccumulate, OfCallsThatRaceWithCloseThoseCountThatWereAnsweredOk) {
  expect_only_accepted_calls_count(SYNC_E_INVALID_OPERATION,
                                   [](headway::Session& session) { session.close(); });
}

}  // namespace
