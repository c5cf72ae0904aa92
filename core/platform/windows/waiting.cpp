// SPDX-License-Identifier: MIT
//
// Threads sleep by WaitOnAddress. It counts time-outs in milliseconds, and comes back at the next tick of a clock
// that may tick every 16 ms. So a sleep that has an end is one on a timer of high resolution, and on an event
// that a waker finds by the word.
//
// Memory ordering: a sleeper publishes its word (S1) and then looks at the word itself (S2); a waker has changed
// the word (W1) and then looks for sleepers (W2). Full barriers in between: one of the two sees the other.
#include <array>
#include <chrono>
#include <new>

#include <windows.h>

#include <headway/detail/atomics.hpp>
#include <headway/detail/fences.hpp>
#include "core/platform.hpp"

namespace headway::detail {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

namespace {

using Word = std::atomic<std::uint32_t>;
/// What the system's timers count in.
using Ticks = std::chrono::duration<LONGLONG, std::ratio<1, 10'000'000>>;

HANDLE create_timer() noexcept {
  // CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, which not all headers know. Before Windows 10 1803 it is refused; the
  // plain timer is as coarse as the clock.
  constexpr DWORD high_resolution = 2;
  for (const DWORD flags : {high_resolution, DWORD{0}}) {
    const HANDLE timer = CreateWaitableTimerExW(nullptr, nullptr, flags, TIMER_ALL_ACCESS);
    if (timer != nullptr) return timer;
  }
  return nullptr;
}

/// What one thread at a time sleeps by until a set time. There are as many as ever slept so at once; they are
/// never destroyed, so that a waker may look through them without a lock.
class TimedSleeper {
 public:
  /// Null if there is no memory, or no handle, for another one.
  [[nodiscard]] static TimedSleeper* take_for(const Word& word) noexcept {
    for (TimedSleeper* sleeper = first_.load(std::memory_order_acquire); sleeper != nullptr;
         sleeper = sleeper->next_) {
      const Word* none = nullptr;
      if (sleeper->word_.compare_exchange_strong(none, &word, std::memory_order_acquire,  // S1
                                                 std::memory_order_relaxed))
        return sleeper;
    }
    return make_for(word);
  }

  /// What take_for() gave is given back.
  void sleep(const Word& word, std::uint32_t expected, std::chrono::nanoseconds time) noexcept {
    LARGE_INTEGER due{};
    due.QuadPart = -std::chrono::ceil<Ticks>(time).count();
    full_barrier();
    if (word.load(std::memory_order_relaxed) == expected &&  // S2
        SetWaitableTimer(timer_, &due, 0, nullptr, nullptr, FALSE) != 0) {
      const std::array<HANDLE, 2> either{event_, timer_};
      WaitForMultipleObjects(either.size(), either.data(), FALSE, INFINITE);
    }
    word_.store(nullptr, std::memory_order_release);
  }

  static void wake(const Word& word) noexcept {
    for (TimedSleeper* sleeper = first_.load(std::memory_order_acquire); sleeper != nullptr;
         sleeper = sleeper->next_) {
      // One that has just left is found too at times: the next that sleeps by it then comes back early.
      if (sleeper->word_.load(std::memory_order_relaxed) == &word) SetEvent(sleeper->event_);  // W2
    }
  }

 private:
  TimedSleeper(HANDLE event, HANDLE timer, const Word& word) noexcept
      : event_(event), timer_(timer), word_(&word) {}

  [[nodiscard]] static TimedSleeper* make_for(const Word& word) noexcept {
    const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
    const HANDLE timer = create_timer();
    TimedSleeper* const made = event != nullptr && timer != nullptr
                                   ? new (std::nothrow) TimedSleeper(event, timer, word)
                                   : nullptr;
    if (made == nullptr) {
      if (event != nullptr) CloseHandle(event);
      if (timer != nullptr) CloseHandle(timer);
      return nullptr;
    }
    made->next_ = first_.load(std::memory_order_relaxed);
    while (!first_.compare_exchange_weak(made->next_, made, std::memory_order_release,  // S1
                                         std::memory_order_relaxed)) {
    }
    return made;
  }

  static inline constinit std::atomic<TimedSleeper*> first_{nullptr};

  const HANDLE event_;
  const HANDLE timer_;
  TimedSleeper* next_ = nullptr;
  /// Null while nobody sleeps by it.
  std::atomic<const Word*> word_;
};

}  // namespace

void sleep_on(std::atomic<std::uint32_t>& word, std::uint32_t expected,
              std::optional<std::chrono::steady_clock::time_point> until) noexcept {
  if (!until) {
    WaitOnAddress(&word, &expected, sizeof expected, INFINITE);
    return;
  }
  const std::chrono::nanoseconds time = *until - std::chrono::steady_clock::now();
  if (time <= std::chrono::nanoseconds(0)) return;
  if (TimedSleeper* const sleeper = TimedSleeper::take_for(word)) {
    sleeper->sleep(word, expected, time);
  } else {
    // Rather late than at once, again and again. Early is allowed: at most an hour at a time.
    const auto most = std::chrono::ceil<std::chrono::milliseconds>(
        std::min<std::chrono::nanoseconds>(time, std::chrono::hours(1)));
    WaitOnAddress(&word, &expected, sizeof expected, static_cast<DWORD>(most.count()));
  }
}

void wake_sleeper(std::atomic<std::uint32_t>& word) noexcept {
  WakeByAddressSingle(&word);
  full_barrier();
  TimedSleeper::wake(word);
}

// The system lets a thread that has waited for something run soon by itself.
void ask_for_quick_wakes() noexcept {}

// A timer can be given milliseconds of tolerance; nobody wants more than a twentieth of one.
void set_timer_slack(std::chrono::nanoseconds) noexcept {}

}  // namespace headway::detail
