// SPDX-License-Identifier: MIT
//
// What the library asks of the operating system: to sleep on a word, to signal an event loop, to be told of a
// fork, and to write a line where nothing else may be called. Each system answers in a folder of core/platform/,
// which also has its process-wide barrier (see include/headway/detail/fences.hpp), what wakes a sleeper (see
// include/headway/detail/atomics.hpp) and per_thread.hpp.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

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
  [[nodiscard]] NativeHandle native() const noexcept { return handle_; }

 private:
  NativeHandle handle_;
};

/// Grows by one in each child of a fork; what was made under another value is inert.
[[nodiscard]] std::uint32_t process_generation() noexcept;

/// Registers the fork handlers, once a process.
void watch_forks();

/// As it is, unbuffered. Safe in a signal handler.
void write_to_standard_error(std::string_view text) noexcept;

}  // namespace headway::detail
