// SPDX-License-Identifier: MIT
//
// The raw system calls that the floors are made of: futex wake and wait, and a thread's timer slack.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>

#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bench {

inline void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected,
                       const timespec* relative = nullptr) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, relative, nullptr, 0);
}

/// Until a time of the steady clock.
inline void futex_wait_until(std::atomic<std::uint32_t>& word, std::uint32_t expected,
                             const timespec& absolute) {
  syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, &absolute, nullptr,
          FUTEX_BITSET_MATCH_ANY);
}

inline void futex_wake(std::atomic<std::uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

[[nodiscard]] inline timespec as_timespec(std::int64_t nanoseconds) {
  return {.tv_sec = static_cast<std::time_t>(nanoseconds / 1'000'000'000),
          .tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000)};
}

/// Of the calling thread. Threads inherit it from the one that starts them.
[[nodiscard]] inline int timer_slack_ns() { return prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0); }

/// Gives the calling thread another timer slack for a while; 0: leaves it alone.
class TimerSlack {
 public:
  explicit TimerSlack(int nanoseconds) : before_(timer_slack_ns()) {
    if (nanoseconds != 0) prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
  }
  TimerSlack(const TimerSlack&) = delete;
  TimerSlack& operator=(const TimerSlack&) = delete;
  ~TimerSlack() { prctl(PR_SET_TIMERSLACK, before_, 0, 0, 0); }

 private:
  int before_;
};

}  // namespace bench
