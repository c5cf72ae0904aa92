// SPDX-License-Identifier: MIT
//
// ThreadStop: stops the thread that has called prepare(), by a signal whose handler holds it. Not for the thread
// sanitizer, which runs handlers only in calls that may block.
#pragma once

#include <atomic>
#include <cerrno>

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "../waiting.hpp"

namespace headway::laws {

class ThreadStop {
 public:
  void prepare() noexcept {
    struct sigaction action {};
    action.sa_handler = hold_here;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGUSR1, &action, nullptr);
    current() = this;
    thread_ = ::pthread_self();
  }

  /// Returns once the thread stands still; false if it does not. Precondition: it runs.
  [[nodiscard]] bool stop() {
    hold_.store(true);
    if (::pthread_kill(thread_, SIGUSR1) != 0) return false;
    return eventually([&] { return stopped_.load(); });
  }
  void go_on() {
    hold_.store(false);
    static_cast<void>(eventually([&] { return !stopped_.load(); }));
  }

 private:
  static ThreadStop*& current() {
    thread_local ThreadStop* self = nullptr;
    return self;
  }
  static void hold_here(int) {
    const int saved = errno;
    ThreadStop* self = current();
    if (self != nullptr) {
      self->stopped_.store(true);
      const timespec moment{0, 100000};
      while (self->hold_.load()) ::nanosleep(&moment, nullptr);
      self->stopped_.store(false);
    }
    errno = saved;
  }

  pthread_t thread_{};
  std::atomic<bool> hold_{false};
  std::atomic<bool> stopped_{false};
};

}  // namespace headway::laws
