// SPDX-License-Identifier: MIT
//
// StalledThread: a thread that can be stopped at any of its instructions, as a pre-empted or stopped
// provider is. A signal's handler holds it until it is released. Not for the thread sanitizer, which runs
// handlers only in calls that may block.
//
//   StalledThread provider([&] { while (!done) reporter.report(...); });
//   provider.stall();      // returns once the thread stands still
//   provider.release();
#pragma once

#include <atomic>
#include <cerrno>
#include <thread>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "waiting.hpp"

namespace headway::laws {

class StalledThread {
 public:
  template <class Body>
  explicit StalledThread(Body body) {
    install();
    thread_ = std::thread([this, run = std::move(body)]() mutable {
      current() = this;
      ready_.store(true);
      run();
    });
    static_cast<void>(eventually([&] { return ready_.load(); }));
  }
  StalledThread(const StalledThread&) = delete;
  StalledThread& operator=(const StalledThread&) = delete;
  ~StalledThread() {
    release();
    join();
  }

  /// False if the thread did not stop. Precondition: its body still runs.
  [[nodiscard]] bool stall() {
    hold_.store(true);
    if (::pthread_kill(thread_.native_handle(), SIGUSR1) != 0) return false;
    return eventually([&] { return stalled_.load(); });
  }
  void release() {
    hold_.store(false);
    static_cast<void>(eventually([&] { return !stalled_.load(); }));
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  static StalledThread*& current() {
    thread_local StalledThread* self = nullptr;
    return self;
  }
  static void install() {
    struct sigaction action {};
    action.sa_handler = [](int) {
      const int saved = errno;
      StalledThread* self = current();
      if (self != nullptr) {
        self->stalled_.store(true);
        const timespec moment{0, 100000};
        while (self->hold_.load()) ::nanosleep(&moment, nullptr);
        self->stalled_.store(false);
      }
      errno = saved;
    };
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGUSR1, &action, nullptr);
  }

  std::atomic<bool> ready_{false};
  std::atomic<bool> hold_{false};
  std::atomic<bool> stalled_{false};
  std::thread thread_;
};

}  // namespace headway::laws
