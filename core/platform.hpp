// SPDX-License-Identifier: MIT
//
// What the library asks of the operating system: to sleep on a word, to signal an event loop, and to be
// told of a fork.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include <headway/subscription.hpp>

namespace headway::detail {

/// Sleeps while the word holds `expected`, until woken or until that time. May return early.
void sleep_on(std::atomic<std::uint32_t>& word, std::uint32_t expected,
              std::optional<std::chrono::steady_clock::time_point> until) noexcept;

/// Asks the scheduler to let the calling thread run soon after it has been woken, for what it does is short. A
/// thread that has slept by time-outs may otherwise wait for a whole slice of whoever runs on its processor.
void ask_for_quick_wakes() noexcept;
/// How late a time-out of the calling thread may come, so that the system can take several together.
void set_timer_slack(std::chrono::nanoseconds slack) noexcept;

/// What an event loop waits on. signal() and clear() may be called by any thread.
class WakeHandle {
 public:
  /// Throws std::system_error.
  WakeHandle();
  WakeHandle(const WakeHandle&) = delete;
  WakeHandle& operator=(const WakeHandle&) = delete;
  ~WakeHandle();

  void signal() noexcept;
  void clear() noexcept;
  [[nodiscard]] NativeHandle native() const noexcept { return reader_; }

 private:
  NativeHandle reader_;
  NativeHandle writer_;
};

/// Grows by one in each child of a fork; what was made under another value is inert.
[[nodiscard]] std::uint32_t process_generation() noexcept;

/// Registers the fork handlers, once a process.
void watch_forks();

}  // namespace headway::detail
