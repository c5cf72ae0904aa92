// SPDX-License-Identifier: MIT
//
// The peers: a queue of records between the provider and a thread that calls the sink for each. The
// consumer drains in batches and pauses between them; a provider that finds the queue full tries again.
#pragma once

#include <chrono>
#include <cstdint>
#include <thread>

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

template <class Queue>
class Queued {
 public:
  static constexpr bool counts = true;
  explicit Queued(Sink& sink) : sink_(sink) {}
  void report(std::uint64_t completed, std::uint64_t total) {
    while (!queue_.push({completed, total, 1, 1, 2})) std::this_thread::yield();
    last_ = completed;
  }
  void settle() {
    while (sink_.delivered() != last_) std::this_thread::yield();
  }
  void stop() { consumer_.stop(); }

 private:
  Sink& sink_;
  std::uint64_t last_ = 0;
  std::uint64_t count_ = 0;
  Queue queue_;
  Paced consumer_{queue_pause, [this] {
                    queue_.drain([this](const Item& item) {
                      sink_.on_progress(item.completed, item.total, ++count_);
                    });
                  }};
};

class BoostSpsc {
 public:
  bool push(const Item& item) { return queue_.push(item); }
  template <class Visit>
  void drain(Visit visit) {
    queue_.consume_all(visit);
  }

 private:
  boost::lockfree::spsc_queue<Item, boost::lockfree::capacity<queue_capacity>> queue_;
};

class BoostQueue {
 public:
  bool push(const Item& item) { return queue_.bounded_push(item); }
  template <class Visit>
  void drain(Visit visit) {
    queue_.consume_all(visit);
  }

 private:
  boost::lockfree::queue<Item> queue_{queue_capacity - 2};
};

#if defined(HEADWAY_BENCH_READERWRITERQUEUE)
class ReaderWriter {
 public:
  bool push(const Item& item) { return queue_.try_enqueue(item); }
  template <class Visit>
  void drain(Visit visit) {
    Item item;
    while (queue_.try_dequeue(item)) visit(item);
  }

 private:
  moodycamel::ReaderWriterQueue<Item> queue_{queue_capacity};
};
#endif

#if defined(HEADWAY_BENCH_CONCURRENTQUEUE)
class Concurrent {
 public:
  bool push(const Item& item) { return queue_.try_enqueue(producer_, item); }
  template <class Visit>
  void drain(Visit visit) {
    Item items[256];
    while (const std::size_t got = queue_.try_dequeue_bulk(items, 256)) {
      for (std::size_t i = 0; i < got; ++i) visit(items[i]);
    }
  }

 private:
  moodycamel::ConcurrentQueue<Item> queue_{queue_capacity};
  moodycamel::ProducerToken producer_{queue_};
};
#endif

#if defined(HEADWAY_BENCH_ATOMIC_QUEUE)
class AtomicQueueSpsc {
 public:
  bool push(const Item& item) { return queue_.try_push(item); }
  template <class Visit>
  void drain(Visit visit) {
    Item item{};
    while (queue_.try_pop(item)) visit(item);
  }

 private:
  atomic_queue::AtomicQueue2<Item, queue_capacity, true, true, false, true> queue_;
};
#endif

}  // namespace bench
