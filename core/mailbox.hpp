// SPDX-License-Identifier: MIT
//
// Mailbox: what the dispatcher has for a subscriber that is called on another thread. Bounded: the dispatcher
// never waits for room. What does not fit stays on the scoreboard, where it folds to the newest per key.
//
// At the very end, when no tick will come after, the rest goes into an overflow that is bounded by the number
// of keys.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include <boost/lockfree/spsc_queue.hpp>

#include "core/message.hpp"

namespace headway::detail {

class Mailbox {
 public:
  explicit Mailbox(std::size_t capacity) : queue_(capacity) {}

  // Dispatcher.
  [[nodiscard]] bool push(Message&& message) {
    if (!queue_.push(std::move(message))) return false;
    pushed_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  /// Only when no tick will follow.
  void push_last(Message&& message) {
    const std::lock_guard lock(overflow_mutex_);
    overflow_.push_back(std::move(message));
    pushed_.fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t pushed() const noexcept {
    return pushed_.load(std::memory_order_relaxed);
  }

  // The subscriber's thread.
  void take_all(std::vector<Message>& messages) {
    queue_.consume_all([&](Message& message) { messages.push_back(std::move(message)); });
    const std::lock_guard lock(overflow_mutex_);
    for (Message& message : overflow_) messages.push_back(std::move(message));
    overflow_.clear();
  }
  /// `count` of the messages taken have been handed over, or dropped with their subscription.
  void done(std::size_t count) noexcept { done_.fetch_add(count, std::memory_order_release); }

  // Any thread.
  [[nodiscard]] std::uint64_t done() const noexcept {
    return done_.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::size_t waiting() const noexcept {
    const std::uint64_t finished = done();
    return static_cast<std::size_t>(pushed() - finished);
  }

 private:
  boost::lockfree::spsc_queue<Message> queue_;
  std::atomic<std::uint64_t> pushed_{0};
  std::atomic<std::uint64_t> done_{0};
  std::mutex overflow_mutex_;
  std::vector<Message> overflow_;
};

}  // namespace headway::detail
