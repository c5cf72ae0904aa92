// SPDX-License-Identifier: MIT
//
// Locked state: a struct under a mutex. The report that finds the interval over calls the listeners with
// what has changed, after the lock; close and flush call them with the rest.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include "listeners.hpp"

namespace headway::handrolled {

class LockedState : public Contender {
 public:
  Status report(std::size_t key, std::uint64_t completed, std::uint64_t total) override {
    return change(key, [&](Progress& now) {
      now.completed = completed;
      now.total = total;
    });
  }
  Status advance(std::size_t key) override {
    return change(key, [](Progress& now) { ++now.completed; });
  }

  std::size_t subscribe(Listener listener) override { return listeners_.add(std::move(listener)); }
  void unsubscribe(std::size_t handle) override { listeners_.remove(handle); }

  void close() override {
    const std::scoped_lock delivering(delivery_);
    {
      const std::scoped_lock lock(mutex_);
      if (std::exchange(closed_, true)) return;
    }
    deliver();
    listeners_.tell_closed();
  }
  void cancel() override {
    const std::scoped_lock lock(mutex_);
    canceled_ = true;
  }
  bool flush(std::chrono::milliseconds deadline) override {
    const std::unique_lock delivering(delivery_, deadline);
    if (delivering) deliver();
    return delivering.owns_lock();
  }

 private:
  template <class Change>
  Status change(std::size_t key, Change change) {
    if (key >= keys_per_session) return Status::invalid_argument;
    {
      const std::scoped_lock lock(mutex_);
      if (canceled_) return Status::aborted;
      if (closed_) return Status::closed;
      change(state_[key]);
      ++state_[key].sequence;
      const auto now = std::chrono::steady_clock::now();
      if (now < next_) return Status::ok;
      next_ = now + interval;
    }
    // Whoever delivers just now takes this report along, or the next one does.
    const std::unique_lock delivering(delivery_, std::try_to_lock);
    if (delivering) deliver();
    return Status::ok;
  }
  /// Under delivery_: so the listeners see states in their order.
  void deliver() {
    std::array<Progress, keys_per_session> now;
    {
      const std::scoped_lock lock(mutex_);
      now = state_;
    }
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      if (now[key].sequence == shown_[key]) continue;
      shown_[key] = now[key].sequence;
      now[key].key = key;
      listeners_.tell(now[key]);
    }
  }

  std::mutex mutex_;
  std::array<Progress, keys_per_session> state_{};
  std::chrono::steady_clock::time_point next_{};
  bool closed_ = false;
  bool canceled_ = false;
  std::recursive_timed_mutex delivery_;
  std::array<std::uint64_t, keys_per_session> shown_{};
  Listeners listeners_;
};

}  // namespace headway::handrolled
