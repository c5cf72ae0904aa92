// SPDX-License-Identifier: MIT
//
// StalledThread: a thread that can be stopped at any of its instructions, as a pre-empted or stopped provider is.
//
//   StalledThread provider([&] { while (!done) reporter.report(...); });
//   provider.stall();      // returns once the thread stands still
//   provider.release();
#pragma once

#include <atomic>
#include <thread>
#include <utility>

#if defined(_WIN32)
#include "windows/thread_stop.hpp"
#else
#include "linux/thread_stop.hpp"
#endif
#include "waiting.hpp"

namespace headway::laws {

class StalledThread {
 public:
  template <class Body>
  explicit StalledThread(Body body) {
    thread_ = std::thread([this, run = std::move(body)]() mutable {
      stop_.prepare();
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
  [[nodiscard]] bool stall() { return stop_.stop(); }
  void release() { stop_.go_on(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  ThreadStop stop_;
  std::atomic<bool> ready_{false};
  std::thread thread_;
};

}  // namespace headway::laws
