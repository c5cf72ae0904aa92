// SPDX-License-Identifier: MIT
//
// Sink: the callback that every contender delivers to, and what it remembers for the check afterwards.
// Paced: a thread that polls a source at intervals, as a consumer would that must not slow its producers,
// or without sleeping, as one would that must not wait.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>

namespace bench {

/// No two threads' data within the pair of lines that a processor may fetch at once.
inline constexpr std::size_t apart = 128;

/// The total that is reported: never reached.
inline constexpr std::uint64_t whole = std::uint64_t{1} << 40;

class alignas(apart) Sink {
 public:
  virtual ~Sink() = default;
  /// `count`: how many reports there have been, this one included; 0 if the contender does not say.
  virtual void on_progress(std::uint64_t completed, std::uint64_t total, std::uint64_t count) {
    ordered_ &= completed >= last_ && total != 0;
    last_ = completed;
    count_ = count;
    delivered_.store(completed, std::memory_order_release);
  }
  [[nodiscard]] std::uint64_t last() const noexcept { return last_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] bool ordered() const noexcept { return ordered_; }
  /// The same as last(), for another thread.
  [[nodiscard]] std::uint64_t delivered() const noexcept {
    return delivered_.load(std::memory_order_acquire);
  }

 private:
  std::uint64_t last_ = 0;
  std::uint64_t count_ = 0;
  bool ordered_ = true;
  std::atomic<std::uint64_t> delivered_{0};
};

/// As the interval of a Paced: it yields between two polls.
inline constexpr std::chrono::nanoseconds without_pause{0};

class Paced {
 public:
  Paced(std::chrono::nanoseconds interval, std::function<void()> poll)
      : thread_([this, interval, work = std::move(poll)] {
          while (!done_.load(std::memory_order_acquire)) {
            work();
            if (interval == without_pause) {
              std::this_thread::yield();
            } else {
              std::this_thread::sleep_for(interval);
            }
          }
          work();
        }) {}
  Paced(const Paced&) = delete;
  Paced& operator=(const Paced&) = delete;
  ~Paced() { stop(); }

  /// Polls once more and ends.
  void stop() {
    if (!thread_.joinable()) return;
    done_.store(true, std::memory_order_release);
    thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace bench
