// SPDX-License-Identifier: MIT
#include "core/wait_graph.hpp"

#include "core/working_set.hpp"

#include <condition_variable>
#include <mutex>

#include "core/wait_until.hpp"

namespace headway::detail {

namespace {

struct Graph {
  std::mutex mutex;
  std::condition_variable left;
  unsigned waiters = 0;
};

Graph& graph() {
  // Never destroyed: callbacks may run, and be waited for, while static objects are destroyed.
  static Graph& instance = *new Graph;
  return instance;
}

}  // namespace

CallbackGate::Thread& CallbackGate::this_thread() noexcept {
  static thread_local Thread self;
  return self;
}

void CallbackGate::lock_graph() { graph().mutex.lock(); }
void CallbackGate::unlock_graph() { graph().mutex.unlock(); }

HEADWAY_TICK_CODE bool CallbackGate::enter() {
  const std::lock_guard lock(graph().mutex);
  if (closed() || runner_ != nullptr) return false;
  runner_ = &this_thread();
  return true;
}

HEADWAY_TICK_CODE bool CallbackGate::try_leave() {
  const std::lock_guard lock(graph().mutex);
  if (closed()) return false;
  runner_ = nullptr;
  if (graph().waiters != 0) graph().left.notify_all();
  return true;
}

void CallbackGate::leave() {
  const std::lock_guard lock(graph().mutex);
  runner_ = nullptr;
  if (graph().waiters != 0) graph().left.notify_all();
}

bool CallbackGate::close() {
  const std::lock_guard lock(graph().mutex);
  closed_.store(true, std::memory_order_release);
  return runner_ == nullptr;
}

bool CallbackGate::running() const {
  const std::lock_guard lock(graph().mutex);
  return runner_ != nullptr;
}

bool CallbackGate::waiting_closes_cycle(const Thread& waiter) const noexcept {
  for (const CallbackGate* gate = this; gate != nullptr && gate->runner_ != nullptr;
       gate = gate->runner_->waiting_for) {
    if (gate->runner_ == &waiter) return true;
  }
  return false;
}

CallbackGate::Wait CallbackGate::wait(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(graph().mutex);
  Thread& self = this_thread();
  if (runner_ == nullptr) return Wait::idle;
  if (runner_ == &self) return Wait::own;
  if (waiting_closes_cycle(self)) return Wait::cycle;
  const CallbackGate* const outer = self.waiting_for;
  self.waiting_for = this;
  ++graph().waiters;
  const bool ended = wait_until(graph().left, lock, deadline, [&] { return runner_ == nullptr; });
  --graph().waiters;
  self.waiting_for = outer;
  return ended ? Wait::idle : Wait::timed_out;
}

}  // namespace headway::detail
