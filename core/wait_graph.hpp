// SPDX-License-Identifier: MIT
//
// CallbackGate: whether a subscription's callback may run, runs, or never will again, and how to wait for
// it without closing a cycle.
//
// A thread that runs a callback may wait for another callback to end (it unsubscribes it, or destroys its
// bus), and so may the thread that runs that one. The gates of the process and the threads that wait form a
// graph in which every node has at most one way out, so a cycle is found by following it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace headway::detail {

class CallbackGate {
 public:
  CallbackGate() = default;
  CallbackGate(const CallbackGate&) = delete;
  CallbackGate& operator=(const CallbackGate&) = delete;

  /// The calling thread is about to run the callback. False if the gate is closed or another thread runs it.
  [[nodiscard]] bool enter();
  /// The callback has returned. False, and nothing done, if the gate was closed meanwhile: the runner
  /// then clears up and calls leave().
  [[nodiscard]] bool try_leave();
  void leave();

  /// No callback starts from now on. Does not wait. True if none is running either.
  bool close();
  /// What there is to say of a callback that runs at this moment.
  enum class Wait : std::uint8_t {
    /// None runs.
    idle,
    /// The calling thread runs it.
    own,
    /// Waiting for it would close a cycle.
    cycle,
    /// It still ran at the deadline.
    timed_out
  };
  /// Waits until no callback runs, until the deadline, or not at all where that would close a cycle.
  [[nodiscard]] Wait wait(std::chrono::steady_clock::time_point deadline);

  [[nodiscard]] bool running() const;
  /// Any thread, no lock: asked before each update.
  [[nodiscard]] bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

  // For the fork handlers.
  static void lock_graph();
  static void unlock_graph();

 private:
  struct Thread {
    const CallbackGate* waiting_for = nullptr;
  };
  [[nodiscard]] static Thread& this_thread() noexcept;
  [[nodiscard]] bool waiting_closes_cycle(const Thread& waiter) const noexcept;

  // Both written under the graph's lock.
  std::atomic<bool> closed_{false};
  Thread* runner_ = nullptr;
};

}  // namespace headway::detail
