// SPDX-License-Identifier: MIT
//
// Waiting without timing: a test says what it waits for; the limit is there against hangs alone.
//
//   Gate gate;
//   bus.subscribe([&](const Update&) { gate.pass(); });   // the callback stands still in the gate
//   ASSERT_TRUE(gate.await_arrival());
//   gate.open();
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace headway::laws {

using namespace std::chrono_literals;

/// Long enough that only a hang reaches it.
inline constexpr std::chrono::seconds watchdog{60};

/// True as soon as `holds()` is; false after the watchdog's time.
template <class Predicate>
[[nodiscard]] bool eventually(Predicate&& holds) {
  const auto limit = std::chrono::steady_clock::now() + watchdog;
  for (int i = 0;; ++i) {
    if (holds()) return true;
    if (std::chrono::steady_clock::now() > limit) return false;
    if (i < 100) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(200us);
    }
  }
}

/// Holds threads until it is opened; once open it stays open.
class Gate {
 public:
  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { open(); }

  /// Arrives and stands still until the gate is open. False if the watchdog had to end it.
  bool pass() {
    std::unique_lock lock(mutex_);
    ++arrivals_;
    changed_.notify_all();
    return changed_.wait_for(lock, watchdog, [&] { return open_; });
  }

  void open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  /// Waits until `count` threads have arrived.
  [[nodiscard]] bool await_arrival(int count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, watchdog, [&] { return arrivals_ >= count; });
  }

  [[nodiscard]] int arrivals() const {
    const std::scoped_lock lock(mutex_);
    return arrivals_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int arrivals_ = 0;
  bool open_ = false;
};

/// Runs `action` at the end of the scope: opens gates even when an assertion leaves a test early.
template <class Action>
class AtExit {
 public:
  explicit AtExit(Action action) : action_(std::move(action)) {}
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;
  ~AtExit() { action_(); }

 private:
  Action action_;
};

}  // namespace headway::laws
