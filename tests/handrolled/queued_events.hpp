// SPDX-License-Identifier: MIT
//
// Queued events: every report goes into a bounded queue, from which one thread calls the listeners. When
// it is full a report waits: dropping one could drop a last word.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "listeners.hpp"

namespace headway::handrolled {

class QueuedEvents : public Contender {
 public:
  QueuedEvents() : consumer_([this] { consume(); }) {}
  ~QueuedEvents() override {
    close();
    consumer_.join();
  }

  Status report(std::size_t key, std::uint64_t completed, std::uint64_t total) override {
    return push(key, [&](Progress& now) {
      now.completed = completed;
      now.total = total;
    });
  }
  Status advance(std::size_t key) override {
    return push(key, [](Progress& now) { ++now.completed; });
  }

  std::size_t subscribe(Listener listener) override { return listeners_.add(std::move(listener)); }
  void unsubscribe(std::size_t handle) override { listeners_.remove(handle); }

  void close() override {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    some_.notify_one();
    room_.notify_all();
  }
  void cancel() override {
    const std::scoped_lock lock(mutex_);
    canceled_ = true;
    room_.notify_all();
  }
  bool flush(std::chrono::milliseconds deadline) override {
    std::unique_lock lock(mutex_);
    const std::uint64_t wanted = pushed_;
    return told_.wait_for(lock, deadline, [&] { return delivered_ >= wanted; });
  }

 private:
  static constexpr std::size_t capacity = std::size_t{1} << 16U;

  template <class Change>
  Status push(std::size_t key, Change change) {
    if (key >= keys_per_session) return Status::invalid_argument;
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return closed_ || canceled_ || queue_.size() < capacity; });
    if (canceled_) return Status::aborted;
    if (closed_) return Status::closed;
    Progress& now = state_[key];
    change(now);
    now.key = key;
    ++now.sequence;
    ++pushed_;
    queue_.push_back(now);
    if (queue_.size() == 1) some_.notify_one();
    return Status::ok;
  }
  void consume() {
    std::vector<Progress> batch;
    for (bool last = false; !last;) {
      {
        std::unique_lock lock(mutex_);
        some_.wait(lock, [this] { return closed_ || !queue_.empty(); });
        batch.clear();
        batch.swap(queue_);
        last = closed_;
        room_.notify_all();
      }
      for (const Progress& progress : batch) listeners_.tell(progress);
      if (last) listeners_.tell_closed();
      const std::scoped_lock lock(mutex_);
      delivered_ += batch.size();
      told_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable some_;
  std::condition_variable room_;
  std::condition_variable told_;
  std::vector<Progress> queue_;
  std::array<Progress, keys_per_session> state_{};
  std::uint64_t pushed_ = 0;
  std::uint64_t delivered_ = 0;
  bool closed_ = false;
  bool canceled_ = false;
  Listeners listeners_;
  std::thread consumer_;
};

}  // namespace headway::handrolled
