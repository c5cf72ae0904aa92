// SPDX-License-Identifier: MIT
//
// Runs the same work on several threads at once, and says how long it took.
#pragma once

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <latch>
#include <thread>
#include <vector>

namespace bench {

struct Spent {
  /// From the start until the last thread has done.
  double wall_seconds = 0;
  /// Of all threads together, their own time on a processor.
  double cpu_seconds = 0;
};

inline double thread_cpu_seconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// make(i), on thread i, prepares what the thread is to run once all are ready.
template <class Make>
Spent run_threads(std::size_t count, Make make) {
  using Clock = std::chrono::steady_clock;
  struct alignas(128) Each {
    Clock::time_point ended;
    double cpu_seconds = 0;
  };
  std::vector<Each> each(count);
  std::latch ready(static_cast<std::ptrdiff_t>(count));
  std::latch start(1);
  std::vector<std::thread> threads;
  threads.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      auto run = make(i);
      ready.count_down();
      start.wait();
      const double before = thread_cpu_seconds();
      run();
      each[i].cpu_seconds = thread_cpu_seconds() - before;
      each[i].ended = Clock::now();
    });
  }
  ready.wait();
  const Clock::time_point started = Clock::now();
  start.count_down();
  for (std::thread& thread : threads) thread.join();
  Spent spent;
  for (const Each& one : each) {
    const std::chrono::duration<double> wall = one.ended - started;
    spent.wall_seconds = std::max(spent.wall_seconds, wall.count());
    spent.cpu_seconds += one.cpu_seconds;
  }
  return spent;
}

}  // namespace bench
