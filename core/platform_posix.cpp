// SPDX-License-Identifier: MIT
#include <cerrno>
#include <ctime>
#include <system_error>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
#if defined(__linux__)
#include <linux/futex.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#endif

#include <headway/detail/atomics.hpp>
#include "core/gate_pool.hpp"
#include "core/lane_table.hpp"
#include "core/platform.hpp"
#include "core/wait_graph.hpp"

namespace headway::detail {

#if defined(__linux__)

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
              std::optional<std::chrono::nanoseconds> timeout) noexcept {
  timespec relative{};
  if (timeout) {
    if (timeout->count() <= 0) return;
    relative.tv_sec = static_cast<std::time_t>(timeout->count() / 1'000'000'000);
    relative.tv_nsec = static_cast<long>(timeout->count() % 1'000'000'000);
  }
  syscall(futex_call, &word, FUTEX_WAIT_PRIVATE, expected, timeout ? &relative : nullptr, nullptr,
          0);
}

void wake_sleeper(std::atomic<std::uint32_t>& word) noexcept {
  const int saved = errno;
  syscall(futex_call, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  errno = saved;
}

WakeHandle::WakeHandle() : reader_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), writer_(reader_) {
  if (reader_ < 0) throw std::system_error(errno, std::generic_category(), "headway: eventfd");
}

WakeHandle::~WakeHandle() { close(reader_); }

#else
#error "headway: no platform file for this system yet"
#endif

void WakeHandle::signal() noexcept {
  const std::uint64_t one = 1;
  const int saved = errno;
  // The counter cannot be full: it is cleared long before 2^64 signals.
  [[maybe_unused]] const ssize_t written = write(writer_, &one, sizeof one);
  errno = saved;
}

void WakeHandle::clear() noexcept {
  std::uint64_t count = 0;
  const int saved = errno;
  [[maybe_unused]] const ssize_t got = read(reader_, &count, sizeof count);
  errno = saved;
}

namespace {

std::atomic<std::uint32_t> generation{0};

// The child gets these locks in a known state; what else it inherits is inert.
void before_fork() {
  GatePool::instance().lock();
  LaneTable::lock_all();
  CallbackGate::lock_graph();
}
void after_fork_in_parent() {
  CallbackGate::unlock_graph();
  LaneTable::unlock_all();
  GatePool::instance().unlock();
}
void after_fork_in_child() {
  generation.fetch_add(1, std::memory_order_relaxed);
  GatePool::instance().void_all();
  LaneTable::take_turns_away();
  CallbackGate::unlock_graph();
  LaneTable::unlock_all();
  GatePool::instance().unlock();
}

}  // namespace

std::uint32_t process_generation() noexcept { return generation.load(std::memory_order_relaxed); }

void watch_forks() {
  static const int failed = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  if (failed != 0)
    throw std::system_error(failed, std::generic_category(), "headway: pthread_atfork");
}

}  // namespace headway::detail
