// SPDX-License-Identifier: MIT
//
// Direct call: a report calls the listeners on the reporting thread, as Windows Sync does it.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <utility>

#include "listeners.hpp"

namespace headway::handrolled {

class DirectCall : public Contender {
 public:
  Status report(std::size_t key, std::uint64_t completed, std::uint64_t total) override {
    return tell(key, [&](Progress& now) {
      now.completed = completed;
      now.total = total;
    });
  }
  Status advance(std::size_t key) override {
    return tell(key, [](Progress& now) { ++now.completed; });
  }

  std::size_t subscribe(Listener listener) override { return listeners_.add(std::move(listener)); }
  void unsubscribe(std::size_t handle) override { listeners_.remove(handle); }

  void close() override {
    const std::scoped_lock lock(mutex_);
    if (!std::exchange(closed_, true)) listeners_.tell_closed();
  }
  void cancel() override { canceled_.store(true); }
  /// When a report has returned there is nothing left to deliver.
  bool flush(std::chrono::milliseconds deadline) override {
    return std::unique_lock(mutex_, deadline).owns_lock();
  }

 private:
  template <class Change>
  Status tell(std::size_t key, Change change) {
    if (key >= keys_per_session) return Status::invalid_argument;
    // During the call, so that the listeners see reports of several threads one after the other.
    const std::scoped_lock lock(mutex_);
    if (canceled_.load()) return Status::aborted;
    if (closed_) return Status::closed;
    Progress& now = state_[key];
    change(now);
    now.key = key;
    ++now.sequence;
    listeners_.tell(now);
    return Status::ok;
  }

  std::recursive_timed_mutex mutex_;
  std::array<Progress, keys_per_session> state_{};
  bool closed_ = false;
  std::atomic<bool> canceled_{false};
  Listeners listeners_;
};

}  // namespace headway::handrolled
