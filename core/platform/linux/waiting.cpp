// SPDX-License-Identifier: MIT
//
// Threads sleep on futexes.
#include <algorithm>
#include <cerrno>
#include <ctime>

#include <linux/futex.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <headway/detail/atomics.hpp>
#include "core/platform.hpp"

namespace headway::detail {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

namespace {
#if defined(SYS_futex_time64)
/// A 32-bit system has two calls; the C library says by its time_t which one takes its timespec.
constexpr long futex_call = sizeof(std::time_t) > sizeof(long) ? SYS_futex_time64 : SYS_futex;
#else
constexpr long futex_call = SYS_futex;
#endif
}  // namespace

void sleep_on(std::atomic<std::uint32_t>& word, std::uint32_t expected,
              std::optional<std::chrono::steady_clock::time_point> until) noexcept {
  timespec absolute{};
  if (until) {
    // The steady clock is CLOCK_MONOTONIC, which is what the call goes by.
    const std::chrono::nanoseconds time =
        std::max(until->time_since_epoch(), std::chrono::nanoseconds(0));
    absolute.tv_sec = static_cast<std::time_t>(time.count() / 1'000'000'000);
    absolute.tv_nsec = static_cast<long>(time.count() % 1'000'000'000);
  }
  syscall(futex_call, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, until ? &absolute : nullptr,
          nullptr, FUTEX_BITSET_MATCH_ANY);
}

void ask_for_quick_wakes() noexcept {
  // As in linux/sched/types.h, which the C library's own headers do not go together with everywhere.
  struct {
    std::uint32_t size = sizeof *this;
    std::uint32_t policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 0;
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
  } attributes;
  // Before Linux 6.12 the slice of an ordinary thread cannot be set, and this changes nothing.
  constexpr std::uint64_t slice = 100'000;
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;
  attributes.runtime = slice;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void set_timer_slack(std::chrono::nanoseconds slack) noexcept {
  prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack.count()), 0, 0, 0);
}

void wake_sleeper(std::atomic<std::uint32_t>& word) noexcept {
  const int saved = errno;
  syscall(futex_call, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  errno = saved;
}

}  // namespace headway::detail
