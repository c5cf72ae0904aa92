// SPDX-License-Identifier: MIT
//
//   sessions/<contender>/sessions:N        a tick while N sessions are open and 16 report
//   subscribers/<contender>/subscribers:N  a tick that hands one value to each of N subscribers
//   keys/<contender>/keys:N                a tick that hands N changed values to one subscriber
//
// Nanoseconds of one tick: Bus::poll() of a bus of the manual kind, without the reporting before it. Every
// tick, each reporter in use has reported once on each of its keys, without a ring; that all of it was called
// back is checked after every tick. Floors, for a program that does it by hand:
//
//   poll_atomics   looks at a pair of atomics for each key there is, and calls back for those that changed
//   direct_calls   calls each subscriber's function
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <headway/headway.hpp>

#include "headways.hpp"
#include "scaling.hpp"
#include "sink.hpp"
#include "ticking_bus.hpp"

namespace bench {
namespace {

constexpr std::size_t active_sessions = 16;

void sessions_headway(benchmark::State& state, std::size_t sessions) {
  // Kept: a million sessions take seconds to open.
  static std::map<std::size_t, std::unique_ptr<Ticking>> kept;
  const std::size_t active = std::min(sessions, active_sessions);
  std::unique_ptr<Ticking>& ticking = kept[sessions];
  if (!ticking) ticking = std::make_unique<Ticking>(sessions, active, 1);
  while (state.KeepRunning()) {
    ticking->report_one_each();
    time_once(state, [&] { ticking->tick(); });
    if (!ticking->delivered(active)) state.SkipWithError("values were not delivered");
  }
}

void subscribers_headway(benchmark::State& state, std::size_t subscribers) {
  Ticking ticking(1, 1, subscribers);
  while (state.KeepRunning()) {
    ticking.report_one_each();
    time_once(state, [&] { ticking.tick(); });
    if (!ticking.delivered(subscribers)) state.SkipWithError("values were not delivered");
  }
}

void keys_headway(benchmark::State& state, std::size_t keys) {
  const std::size_t sessions = (keys + headway::keys_per_session - 1) / headway::keys_per_session;
  Ticking ticking(sessions, sessions, 1);
  while (state.KeepRunning()) {
    ticking.report(keys);
    time_once(state, [&] { ticking.tick(); });
    if (!ticking.delivered(keys)) state.SkipWithError("values were not delivered");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(keys));
}

/// Of `all` keys the first `changing` change before each tick.
void poll_atomics(benchmark::State& state, std::size_t all, std::size_t changing) {
  struct Place {
    std::atomic<std::uint64_t> completed{0};
    std::atomic<std::uint64_t> total{1};
    std::uint64_t called_back = 0;
  };
  std::vector<Place> places(all);
  Seen seen;
  const std::function<void(std::uint64_t, std::uint64_t)> callback =
      [&seen](std::uint64_t completed, std::uint64_t) { seen(completed); };
  std::uint64_t completed = 0;
  while (state.KeepRunning()) {
    ++completed;
    seen = {};
    for (std::size_t i = 0; i < changing; ++i) {
      places[i].completed.store(completed, std::memory_order_relaxed);
      places[i].total.store(whole, std::memory_order_relaxed);
    }
    time_once(state, [&] {
      for (Place& place : places) {
        const std::uint64_t now = place.completed.load(std::memory_order_relaxed);
        if (now == place.called_back) continue;
        place.called_back = now;
        callback(now, place.total.load(std::memory_order_relaxed));
      }
    });
    if (seen.calls != changing || seen.sum != changing * completed) {
      state.SkipWithError("values were not delivered");
    }
  }
}

void direct_calls(benchmark::State& state, std::size_t subscribers) {
  Seen seen;
  const std::vector<std::function<void(std::uint64_t, std::uint64_t)>> callbacks(
      subscribers, [&seen](std::uint64_t completed, std::uint64_t) { seen(completed); });
  std::uint64_t completed = 0;
  while (state.KeepRunning()) {
    ++completed;
    seen = {};
    time_once(state, [&] {
      for (const auto& callback : callbacks) callback(completed, whole);
    });
    if (seen.calls != subscribers) state.SkipWithError("values were not delivered");
  }
}

template <class... Arguments>
void add(const std::string& group, const std::string& contender, const std::string& of,
         std::size_t count, Arguments... arguments) {
  const std::string name = group + "/" + contender + "/" + of + ":" + std::to_string(count);
  benchmark::RegisterBenchmark(name.c_str(), arguments...)->UseManualTime();
}

}  // namespace

void register_ticks() {
  for (const std::size_t count : {1U, 10U, 100U, 1000U, 10'000U, 100'000U, 1'000'000U}) {
    const std::size_t active = std::min(count, active_sessions);
    add("sessions", "headway", "sessions", count, sessions_headway, count);
    add("sessions", "poll_atomics", "sessions", count, poll_atomics, count, active);
  }
  for (const std::size_t count : {1U, 4U, 16U, 64U, 256U}) {
    add("subscribers", "headway", "subscribers", count, subscribers_headway, count);
    add("subscribers", "direct_calls", "subscribers", count, direct_calls, count);
  }
  for (const std::size_t count : {1U, 10U, 100U, 1000U, 10'000U, 100'000U}) {
    add("keys", "headway", "keys", count, keys_headway, count);
    add("keys", "poll_atomics", "keys", count, poll_atomics, count, count);
  }
}

}  // namespace bench
