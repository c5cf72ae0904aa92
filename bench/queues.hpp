// SPDX-License-Identifier: MIT
//
// The peers: queues of records, each in its best form, and the thread that takes the records out.
//
// A queue here has a capacity; push(), which is false when it is full; and drain(visit), which hands over
// what was in it when the drain began (a consumer that chases its producers slows them), in the largest
// pieces that the queue gives. One that takes several producers also has a Token, which each producer owns.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#if defined(HEADWAY_BENCH_READERWRITERQUEUE)
#include <readerwriterqueue/readerwriterqueue.h>
#endif
#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
#include <concurrentqueue/concurrentqueue.h>
#endif
#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
#include <atomic_queue/atomic_queue.h>
#endif
#if defined(HEADWAY_BENCH_TBB)
#include <tbb/concurrent_queue.h>
#endif

#include "sink.hpp"

namespace bench {

/// The same information as a report of Headway.
struct Item {
  std::uint64_t completed;
  std::uint64_t total;
  std::uint32_t session;
  std::uint16_t role;
  std::uint16_t stage;
};

inline constexpr std::size_t queue_capacity = 65536;
inline constexpr std::chrono::microseconds queue_pause{100};

inline void deliver(Sink& sink, const Item& item, std::uint64_t count) {
  sink.on_progress(item.completed, item.total, count);
}

/// After each drain.
template <class Target>
void end_of_drain(Target&) {}

/// One producer and one consumer, which delivers each record to the target. A provider that finds the queue
/// full tries again.
template <class Queue, class Target = Sink>
class Queued {
 public:
  static constexpr bool counts = true;
  explicit Queued(Target& target, std::chrono::nanoseconds pause = queue_pause)
      : target_(target), consumer_(pause, [this] {
          queue_.drain([this](const Item& item) { deliver(target_, item, ++count_); });
          end_of_drain(target_);
        }) {}
  void report(std::uint64_t completed, std::uint64_t total) { report(1, 2, completed, total); }
  void report(std::uint16_t role_number, std::uint16_t stage_number, std::uint64_t completed,
              std::uint64_t total) {
    while (!queue_.push({completed, total, 1, role_number, stage_number}))
      std::this_thread::yield();
    last_ = completed;
  }
  void settle() {
    while (target_.delivered() != last_) std::this_thread::yield();
  }
  void stop() { consumer_.stop(); }

 private:
  // The provider's, the consumer's and the queue's own apart.
  alignas(apart) std::uint64_t last_ = 0;
  alignas(apart) Target& target_;
  std::uint64_t count_ = 0;
  alignas(apart) Queue queue_;
  alignas(apart) Paced consumer_;
};

/// For a queue that keeps nothing for its producers.
struct NoToken {
  template <class Queue>
  explicit NoToken(Queue&) noexcept {}
};

template <std::size_t capacity>
class SizedBoostSpsc {
 public:
  bool push(const Item& item) { return queue_.push(item); }
  template <class Visit>
  void drain(Visit visit) {
    queue_.consume_all(visit);
  }

 private:
  boost::lockfree::spsc_queue<Item, boost::lockfree::capacity<capacity>> queue_;
};
using BoostSpsc = SizedBoostSpsc<queue_capacity>;

template <std::size_t capacity>
class SizedBoostQueue {
 public:
  using Token = NoToken;
  bool push(const Item& item) { return queue_.bounded_push(item); }
  bool push(Token&, const Item& item) { return push(item); }
  template <class Visit>
  void drain(Visit visit) {
    queue_.consume_all(visit);
  }

 private:
  // It has places for at most 65535 nodes, one of which is its own.
  boost::lockfree::queue<Item> queue_{capacity < 65535 ? capacity : 65534};
};
using BoostQueue = SizedBoostQueue<queue_capacity>;

/// What people write by hand: the consumer swaps the vector out under the lock.
template <std::size_t capacity>
class SizedMutexVector {
 public:
  using Token = NoToken;
  SizedMutexVector() {
    items_.reserve(capacity);
    taken_.reserve(capacity);
  }
  bool push(const Item& item) {
    const std::lock_guard lock(mutex_);
    if (items_.size() == capacity) return false;
    items_.push_back(item);
    return true;
  }
  bool push(Token&, const Item& item) { return push(item); }
  template <class Visit>
  void drain(Visit visit) {
    {
      const std::lock_guard lock(mutex_);
      items_.swap(taken_);
    }
    for (const Item& item : taken_) visit(item);
    taken_.clear();
  }

 private:
  std::mutex mutex_;
  std::vector<Item> items_;
  alignas(apart) std::vector<Item> taken_;
};
using MutexVector = SizedMutexVector<queue_capacity>;

#if defined(HEADWAY_BENCH_READERWRITERQUEUE)
template <std::size_t capacity>
class SizedReaderWriter {
 public:
  bool push(const Item& item) { return queue_.try_enqueue(item); }
  template <class Visit>
  void drain(Visit visit) {
    Item item;
    for (std::size_t left = queue_.size_approx(); left != 0 && queue_.try_dequeue(item); --left) {
      visit(item);
    }
  }

 private:
  // One block: it is faster than a chain of small ones, and one place of it stays empty.
  moodycamel::ReaderWriterQueue<Item, capacity> queue_{capacity - 1};
};
using ReaderWriter = SizedReaderWriter<queue_capacity>;
#endif

#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
/// Takes what is left of a queue when the drain begins, in bulk.
template <class Queue, class Visit>
void drain_in_bulk(Queue& queue, moodycamel::ConsumerToken& consumer, std::size_t left,
                   Visit visit) {
  Item items[256];
  while (left != 0) {
    const std::size_t got =
        queue.try_dequeue_bulk(consumer, items, std::min(left, std::size(items)));
    if (got == 0) return;
    for (std::size_t i = 0; i < got; ++i) visit(items[i]);
    left -= got;
  }
}

template <std::size_t capacity>
class SizedConcurrent {
 public:
  bool push(const Item& item) { return queue_.try_enqueue(producer_, item); }
  template <class Visit>
  void drain(Visit visit) {
    drain_in_bulk(queue_, consumer_, queue_.size_approx(), visit);
  }

 private:
  moodycamel::ConcurrentQueue<Item> queue_{capacity};
  moodycamel::ProducerToken producer_{queue_};
  moodycamel::ConsumerToken consumer_{queue_};
};

/// Of several producers, with a token each or without. It may allocate: the blocks that it has from the start
/// stay with the producer that took them first, and others would starve. So it has no bound of its own, and
/// its producers wait while the consumer takes more than the capacity.
template <std::size_t capacity>
class SizedConcurrentMpsc {
 public:
  struct Token {
    explicit Token(SizedConcurrentMpsc& queue) : token(queue.queue_) {}
    moodycamel::ProducerToken token;
  };
  bool push(Token& producer, const Item& item) {
    return !full_.load(std::memory_order_relaxed) && queue_.enqueue(producer.token, item);
  }
  /// Without a token: what threads must do that share one handle.
  bool push(const Item& item) {
    return !full_.load(std::memory_order_relaxed) && queue_.enqueue(item);
  }
  template <class Visit>
  void drain(Visit visit) {
    const std::size_t left = queue_.size_approx();
    if (left > capacity) full_.store(true, std::memory_order_relaxed);
    drain_in_bulk(queue_, consumer_, left, visit);
    if (left > capacity) full_.store(false, std::memory_order_relaxed);
  }

 private:
  moodycamel::ConcurrentQueue<Item> queue_{capacity};
  moodycamel::ConsumerToken consumer_{queue_};
  alignas(apart) std::atomic<bool> full_{false};
};
using Concurrent = SizedConcurrent<queue_capacity>;
#endif

#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
template <std::size_t capacity, bool one_producer>
class SizedAtomicQueue {
 public:
  using Token = NoToken;
  bool push(const Item& item) { return queue_.try_push(item); }
  bool push(Token&, const Item& item) { return push(item); }
  template <class Visit>
  void drain(Visit visit) {
    Item item{};
    for (std::size_t left = queue_.was_size(); left != 0 && queue_.try_pop(item); --left)
      visit(item);
  }

 private:
  // Without the spreading of neighbours over cache lines: a consumer that takes batches is slower with it.
  atomic_queue::AtomicQueue2<Item, capacity, false, true, false, one_producer> queue_;
};
using AtomicQueueSpsc = SizedAtomicQueue<queue_capacity, true>;
#endif

#if defined(HEADWAY_BENCH_TBB)
template <std::size_t capacity>
class SizedTbbBounded {
 public:
  using Token = NoToken;
  SizedTbbBounded() { queue_.set_capacity(static_cast<std::ptrdiff_t>(capacity)); }
  bool push(const Item& item) { return queue_.try_push(item); }
  bool push(Token&, const Item& item) { return push(item); }
  template <class Visit>
  void drain(Visit visit) {
    Item item{};
    for (auto left = queue_.size(); left > 0 && queue_.try_pop(item); --left) visit(item);
  }

 private:
  tbb::concurrent_bounded_queue<Item> queue_;
};
using TbbBounded = SizedTbbBounded<queue_capacity>;
#endif

}  // namespace bench
