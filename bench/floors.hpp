// SPDX-License-Identifier: MIT
//
// What a report cannot cost less than, and what people write by hand: each polled by a thread that calls
// the sink.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>

#include "sink.hpp"

namespace bench {

inline constexpr std::chrono::milliseconds display_interval{10};

/// A contender has report(completed, total); settle(), after which all that was reported has been
/// delivered; and says whether it counts every report.
class TwoStores {
 public:
  static constexpr bool counts = false;
  explicit TwoStores(Sink& sink, std::chrono::nanoseconds interval = display_interval)
      : sink_(sink), poller_(interval, [this] {
          sink_.on_progress(completed_.load(std::memory_order_relaxed),
                            total_.load(std::memory_order_relaxed), 0);
        }) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    completed_.store(completed, std::memory_order_relaxed);
    total_.store(total, std::memory_order_relaxed);
  }
  void settle() {
    while (sink_.delivered() != completed_.load(std::memory_order_relaxed)) {
      std::this_thread::yield();
    }
  }
  void stop() { poller_.stop(); }

 private:
  Sink& sink_;
  alignas(apart) std::atomic<std::uint64_t> completed_{0};
  std::atomic<std::uint64_t> total_{1};
  alignas(apart) Paced poller_;
};

/// What it takes to store two words so that a reader never sees halves of two reports: a sequence lock, whose
/// version costs nothing to know, since it follows from a value that only grows.
class FourStores {
 public:
  static constexpr bool counts = false;
  explicit FourStores(Sink& sink, std::chrono::nanoseconds interval = display_interval)
      : sink_(sink), poller_(interval, [this] { poll(); }) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    version_.store(2 * completed - 1, std::memory_order_relaxed);
    completed_.store(completed, std::memory_order_release);
    total_.store(total, std::memory_order_release);
    version_.store(2 * completed, std::memory_order_release);
  }
  void settle() {
    while (sink_.delivered() != completed_.load(std::memory_order_relaxed)) {
      std::this_thread::yield();
    }
  }
  void stop() { poller_.stop(); }

 private:
  void poll() {
    for (;;) {
      const auto before = version_.load(std::memory_order_acquire);
      const auto completed = completed_.load(std::memory_order_acquire);
      const auto total = total_.load(std::memory_order_acquire);
      if (before % 2 != 0 || version_.load(std::memory_order_relaxed) != before) continue;
      sink_.on_progress(completed, total, 0);
      return;
    }
  }

  Sink& sink_;
  alignas(apart) std::atomic<std::uint64_t> version_{0};
  std::atomic<std::uint64_t> completed_{0};
  std::atomic<std::uint64_t> total_{1};
  alignas(apart) Paced poller_;
};

class FetchAdd {
 public:
  static constexpr bool counts = true;
  explicit FetchAdd(Sink& sink, std::chrono::nanoseconds interval = display_interval)
      : sink_(sink), poller_(interval, [this] {
          const auto seen = completed_.load(std::memory_order_relaxed);
          sink_.on_progress(seen, 1, seen);
        }) {}
  void report(std::uint64_t, std::uint64_t) noexcept {
    completed_.fetch_add(1, std::memory_order_relaxed);
  }
  void settle() {
    while (sink_.delivered() != completed_.load(std::memory_order_relaxed)) {
      std::this_thread::yield();
    }
  }
  void stop() { poller_.stop(); }

 private:
  Sink& sink_;
  alignas(apart) std::atomic<std::uint64_t> completed_{0};
  alignas(apart) Paced poller_;
};

/// The synchronous way: the provider calls the callback.
class MutexFunction {
 public:
  static constexpr bool counts = true;
  /// The interval of those that are polled: it has none.
  explicit MutexFunction(Sink& sink, std::chrono::nanoseconds = {})
      : callback_([&sink, this](std::uint64_t completed, std::uint64_t total) {
          sink.on_progress(completed, total, ++count_);
        }) {}
  void report(std::uint64_t completed, std::uint64_t total) {
    const std::lock_guard lock(mutex_);
    callback_(completed, total);
  }
  void settle() {}
  void stop() {}

 private:
  std::mutex mutex_;
  std::uint64_t count_ = 0;
  std::function<void(std::uint64_t, std::uint64_t)> callback_;
};

}  // namespace bench
