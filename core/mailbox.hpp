// SPDX-License-Identifier: MIT
//
// Mailbox: what the dispatcher has for a subscriber that is called on another thread. Bounded: the dispatcher
// never waits for room. What does not fit stays on the scoreboard, where it folds to the newest per key.
//
// For flush and stop, which must not leave anything behind, the rest goes into an overflow, which is folded to
// the newest per key as it grows: the number of keys bounds it.
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
  /// False if there is no room, and nothing was done.
  [[nodiscard]] bool push(const Message& message) {
    // Behind what has overflown, or the order would be lost.
    if (overflown_.load(std::memory_order_acquire) || !queue_.push(message)) return false;
    pushed_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  /// Always finds room: for flush and stop, which must not leave anything behind.
  void push_surely(Message&& message) {
    if (push(message)) return;
    const std::lock_guard lock(overflow_mutex_);
    overflow_.push_back(std::move(message));
    overflown_.store(true, std::memory_order_relaxed);
    pushed_.fetch_add(1, std::memory_order_relaxed);
    if (overflow_.size() < folded_size_ * 2 + 64) return;
    const std::size_t before = overflow_.size();
    keep_latest(overflow_);
    folded_size_ = overflow_.size();
    folded_ += before - folded_size_;
  }
  [[nodiscard]] std::uint64_t pushed() const noexcept {
    return pushed_.load(std::memory_order_relaxed);
  }

  /// What was taken together. A message that was folded away is done with only when the one it was folded
  /// into has been handed over.
  struct Taken {
    std::size_t messages = 0;
    std::size_t folded = 0;
  };

  // The subscriber's thread.
  [[nodiscard]] Taken take_all(std::vector<Message>& messages) {
    // Locked from the start: what overflows after the queue has been emptied waits for the next time.
    const std::lock_guard lock(overflow_mutex_);
    queue_.consume_all([&](Message& message) { messages.push_back(std::move(message)); });
    for (Message& message : overflow_) messages.push_back(std::move(message));
    overflow_.clear();
    folded_size_ = 0;
    overflown_.store(false, std::memory_order_release);
    return {messages.size(), folded_};
  }
  /// What was taken has been handed over, or dropped with its subscription.
  void done(const Taken& taken) noexcept {
    if (taken.folded != 0) {
      const std::lock_guard lock(overflow_mutex_);
      folded_ -= taken.folded;
    }
    done_.fetch_add(taken.messages + taken.folded, std::memory_order_release);
  }

  // Any thread.
  [[nodiscard]] std::uint64_t done() const noexcept {
    return done_.load(std::memory_order_acquire);
  }
  /// Pushed and not done with.
  [[nodiscard]] std::size_t waiting() const noexcept {
    const std::uint64_t finished = done();
    return static_cast<std::size_t>(pushed() - finished);
  }
  /// The same without those that were folded away. Approximate while the subscriber's thread is at it.
  [[nodiscard]] std::size_t left() const {
    const std::lock_guard lock(overflow_mutex_);
    const std::size_t all = waiting();
    return all > folded_ ? all - folded_ : 0;
  }

 private:
  boost::lockfree::spsc_queue<Message> queue_;
  std::atomic<std::uint64_t> pushed_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<bool> overflown_{false};
  mutable std::mutex overflow_mutex_;
  std::vector<Message> overflow_;
  /// Its size when it was folded last, and how many were folded away that are not done with.
  std::size_t folded_size_ = 0;
  std::size_t folded_ = 0;
};

}  // namespace headway::detail
