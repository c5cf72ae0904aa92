// SPDX-License-Identifier: MIT
//
// Trials of who waits for whom: laws 2, 6, 7, 8, 9, 12, 13 and 14.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "laws/random.hpp"
#include "laws/scale.hpp"
#include "laws/stalled_thread.hpp"
#include "trial.hpp"

namespace headway::handrolled {

/// A listener is stuck; the provider is to go on.
inline Result never_waits(const Way& way, const Scale& scale) {
  Result result;
  while (scale.goes_on(result, 10)) {
    Stuck stuck;
    const auto job = way.make(Providers::one);
    job->subscribe(stuck.listener());
    std::uint64_t nth = 0;
    Again providing([&] { static_cast<void>(job->report(0, ++nth, 0)); });
    static_cast<void>(stuck.gate.await_arrival());
    const std::uint64_t before = providing.rounds();
    // Far more than any queue holds.
    result.add(within(5s, [&] { return providing.rounds() > before + 200'000; }));
    stuck.gate.open();
  }
  return result;
}

/// Reports without pause: how often is a listener called?
inline Result bounded_calls(const Way& way, const Scale& scale) {
  Result result;
  result.offered = way.offer.limits_calls;
  Counting counting;
  const auto job = way.make(Providers::one);
  job->subscribe(counting.listener());
  const auto start = std::chrono::steady_clock::now();
  {
    std::uint64_t nth = 0;
    const Again providing([&] { static_cast<void>(job->report(0, ++nth, 0)); });
    std::this_thread::sleep_for(scale.time(2s));
  }
  const std::uint64_t calls = counting.calls.load();
  const auto took = std::chrono::steady_clock::now() - start;
  result.add(calls <= static_cast<std::uint64_t>(took / interval) + 2);
  result.note = std::to_string(static_cast<std::uint64_t>(
                    static_cast<double>(calls) / std::chrono::duration<double>(took).count())) +
                "/s";
  return result;
}

/// How often the other threads of this process went to sleep so far.
inline std::uint64_t sleeps_of_other_threads() {
  std::uint64_t sleeps = 0;
  std::error_code none;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", none)) {
    if (task.path().filename() == std::to_string(::gettid())) continue;
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      std::uint64_t count = 0;
      if (word == "voluntary_ctxt_switches:" && status >> count) sleeps += count;
    }
  }
  return sleeps;
}

/// Nobody reports; nothing is to run.
inline Result idle(const Way& way, const Scale& scale) {
  Result result;
  Counting counting;
  const auto job = way.make(Providers::one);
  job->subscribe(counting.listener());
  static_cast<void>(job->report(0, 1, 1));
  std::this_thread::sleep_for(500ms);
  const std::uint64_t before = sleeps_of_other_threads();
  const auto time = scale.time(10s);
  std::this_thread::sleep_for(time);
  const std::uint64_t sleeps = sleeps_of_other_threads() - before;
  result.add(sleeps == 0);
  result.note = std::to_string(sleeps * static_cast<std::uint64_t>(10s / time)) + " wake-ups";
  return result;
}

inline Result throwing_listener(const Way& way, const Scale& scale) {
  Result result;
  for (int i = 0; i < scale.tries(20); ++i) {
    Recorder seen;
    const auto job = way.make(Providers::one);
    job->subscribe({[](const Progress&) { throw std::runtime_error("no"); },
                    [] { throw std::runtime_error("no"); }});
    job->subscribe(seen.listener());
    for (std::uint64_t nth = 1; nth <= 100; ++nth) static_cast<void>(job->report(0, nth, 100));
    job->close();
    result.add(laws::eventually([&] { return seen.closed(); }) && seen.last(0).completed == 100);
  }
  return result;
}

/// One listener is stuck; the other is to be told.
inline Result stuck_beside_another(const Way& way, const Scale& scale) {
  Result result;
  result.offered = way.offer.own_threads;
  while (scale.goes_on(result, 10)) {
    Stuck stuck;
    Counting other;
    const auto job = way.make(Providers::one);
    job->subscribe(stuck.listener());
    job->subscribe(other.listener());
    std::uint64_t nth = 0;
    Again providing([&] {
      static_cast<void>(job->report(0, ++nth, 0));
      std::this_thread::sleep_for(1ms);
    });
    static_cast<void>(stuck.gate.await_arrival());
    const std::uint64_t before = other.calls.load();
    result.add(within(5s, [&] { return other.calls.load() > before + 2; }));
    stuck.gate.open();
  }
  return result;
}

/// Afterwards no call runs; and a listener may do it from inside.
inline Result unsubscribe_returns(const Way& way, const Scale& scale) {
  Result result;
  const auto job = way.make(Providers::one);
  std::uint64_t nth = 0;
  const Again providing([&] { static_cast<void>(job->report(0, ++nth, 0)); });
  const Again flushing([&] { static_cast<void>(job->flush(1s)); });
  laws::Random random(9);
  for (int i = 0; i < scale.tries(200); ++i) {
    std::atomic<bool> gone{false};
    std::atomic<bool> late{false};
    std::atomic<int> calls{0};
    const bool from_inside = random.one_in(4);
    std::atomic<std::size_t> handle{0};
    const auto call = [&](const Progress&) {
      calls.fetch_add(1);
      if (gone.load()) late.store(true);
      if (from_inside && handle.load() != 0 && !gone.exchange(true))
        job->unsubscribe(handle.load());
      std::this_thread::yield();
      if (!from_inside && gone.load()) late.store(true);
    };
    handle.store(job->subscribe({call, [] {}}));
    const bool called =
        laws::eventually([&] { return from_inside ? gone.load() : calls.load() > 0; });
    job->unsubscribe(handle.load());
    gone.store(true);
    std::this_thread::sleep_for(200us);
    result.add(called && !late.load());
  }
  return result;
}

inline Result flush_ends(const Way& way, const Scale& scale) {
  Result result;
  while (scale.goes_on(result, 10)) {
    Stuck stuck;
    const auto job = way.make(Providers::one);
    job->subscribe(stuck.listener());
    std::uint64_t nth = 0;
    Again providing([&] { static_cast<void>(job->report(0, ++nth, 0)); });
    static_cast<void>(stuck.gate.await_arrival());
    std::atomic<bool> ended{false};
    std::thread flushing([&] {
      static_cast<void>(job->flush(20ms));
      ended.store(true);
    });
    result.add(within(5s, [&] { return ended.load(); }));
    stuck.gate.open();
    flushing.join();
  }
  return result;
}

/// A provider is stopped anywhere; another one's report is to return.
inline Result stalled_provider(const Way& way, const Scale& scale) {
  Result result;
  laws::Random random(13);
  Counting counting;
  const auto job = way.make(Providers::several);
  job->subscribe(counting.listener());
  std::atomic<bool> done{false};
  laws::StalledThread stalled([&] {
    for (std::uint64_t nth = 1; !done.load(); ++nth) {
      static_cast<void>(job->report(0, nth, 0));
      // The thread sanitizer holds signals back until the thread makes a call that may block.
      if (laws::under_thread_sanitizer) std::this_thread::sleep_for(1us);
    }
  });
  while (scale.goes_on(result, 200)) {
    for (std::uint64_t i = random.below(3000U); i > 0; --i)
      std::atomic_signal_fence(std::memory_order_seq_cst);
    static_cast<void>(stalled.stall());
    std::atomic<bool> returned{false};
    std::thread other([&] {
      static_cast<void>(job->advance(5));
      returned.store(true);
    });
    result.add(within(5s, [&] { return returned.load(); }));
    stalled.release();
    other.join();
  }
  done.store(true);
  stalled.join();
  return result;
}

/// The child of a fork makes a report, which is to return; other threads were reporting.
inline Result fork_child(const Way& way, const Scale& scale) {
  Result result;
  result.offered = way.offer.minds_fork;
  // The thread sanitizer does not follow a fork with threads.
  if (laws::under_thread_sanitizer) return result;
  Counting counting;
  const auto job = way.make(Providers::several);
  job->subscribe(counting.listener());
  std::uint64_t nth = 0;
  const Again providing([&] { static_cast<void>(job->report(0, ++nth, 0)); });
  laws::Random random(14);
  while (scale.goes_on(result, 30)) {
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(3000U)));
    const pid_t child = ::fork();
    if (child < 0) break;
    if (child == 0) {
      ::alarm(2);
      static_cast<void>(job->advance(5));
      ::_exit(0);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) != child) {
    }
    result.add(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  return result;
}

}  // namespace headway::handrolled
