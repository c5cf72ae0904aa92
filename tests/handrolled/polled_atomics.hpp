// SPDX-License-Identifier: MIT
//
// Polled atomics: a report stores two numbers, and a timer's thread looks at them once an interval. Two
// forms: two atomics per key, which may be read torn; and both numbers packed into one, 32 bits each.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

#include "listeners.hpp"

namespace headway::handrolled {

class TwoAtomics {
 public:
  void store(std::uint64_t completed, std::uint64_t total) {
    total_.store(total, std::memory_order_relaxed);
    completed_.store(completed, std::memory_order_release);
  }
  void add_one() { completed_.fetch_add(1, std::memory_order_release); }
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> load() const {
    const std::uint64_t completed = completed_.load(std::memory_order_acquire);
    return {completed, total_.load(std::memory_order_relaxed)};
  }

 private:
  std::atomic<std::uint64_t> completed_{0};
  std::atomic<std::uint64_t> total_{0};
};

class OneAtomic {
 public:
  void store(std::uint64_t completed, std::uint64_t total) {
    both_.store(completed << 32U | (total & 0xffffffffU), std::memory_order_release);
  }
  void add_one() { both_.fetch_add(std::uint64_t{1} << 32U, std::memory_order_release); }
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> load() const {
    const std::uint64_t both = both_.load(std::memory_order_acquire);
    return {both >> 32U, both & 0xffffffffU};
  }

 private:
  std::atomic<std::uint64_t> both_{0};
};

template <class Cell>
class PolledAtomics : public Contender {
 public:
  PolledAtomics() : poller_([this] { poll(); }) {}
  ~PolledAtomics() override {
    close();
    poller_.join();
  }

  Status report(std::size_t key, std::uint64_t completed, std::uint64_t total) override {
    if (key >= keys_per_session) return Status::invalid_argument;
    if (canceled_.load(std::memory_order_relaxed)) return Status::aborted;
    if (closed_.load(std::memory_order_acquire)) return Status::closed;
    cells_[key].store(completed, total);
    return Status::ok;
  }
  Status advance(std::size_t key) override {
    if (key >= keys_per_session) return Status::invalid_argument;
    if (canceled_.load(std::memory_order_relaxed)) return Status::aborted;
    if (closed_.load(std::memory_order_acquire)) return Status::closed;
    cells_[key].add_one();
    return Status::ok;
  }

  std::size_t subscribe(Listener listener) override { return listeners_.add(std::move(listener)); }
  void unsubscribe(std::size_t handle) override { listeners_.remove(handle); }

  void close() override {
    const std::scoped_lock lock(mutex_);
    closed_.store(true);
    changed_.notify_all();
  }
  void cancel() override { canceled_.store(true); }
  bool flush(std::chrono::milliseconds deadline) override {
    std::unique_lock lock(mutex_);
    // The pass that runs may have gone by already.
    const std::uint64_t wanted = passes_begun_ + 1;
    flush_ = true;
    changed_.notify_all();
    return changed_.wait_for(lock, deadline, [&] { return ended_ || passes_ >= wanted; });
  }

 private:
  void poll() {
    std::unique_lock lock(mutex_);
    for (bool last = false; !last;) {
      changed_.wait_for(lock, interval, [this] { return flush_ || closed_.load(); });
      last = closed_.load();
      flush_ = false;
      const std::uint64_t pass = ++passes_begun_;
      lock.unlock();
      tell_changes();
      if (last) listeners_.tell_closed();
      lock.lock();
      passes_ = pass;
      ended_ = last;
      changed_.notify_all();
    }
  }
  void tell_changes() {
    // From the last stage to the first, so that no stage is seen to move before the one ahead is done.
    std::array<std::pair<std::uint64_t, std::uint64_t>, keys_per_session> now;
    for (std::size_t key = keys_per_session; key-- > 0;) now[key] = cells_[key].load();
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      if (now[key] == shown_[key]) continue;
      shown_[key] = now[key];
      listeners_.tell({.key = key, .completed = now[key].first, .total = now[key].second});
    }
  }

  std::array<Cell, keys_per_session> cells_{};
  std::array<std::pair<std::uint64_t, std::uint64_t>, keys_per_session> shown_{};
  std::atomic<bool> closed_{false};
  std::atomic<bool> canceled_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool flush_ = false;
  bool ended_ = false;
  std::uint64_t passes_begun_ = 0;
  std::uint64_t passes_ = 0;
  Listeners listeners_;
  std::thread poller_;
};

}  // namespace headway::handrolled
