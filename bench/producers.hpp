// SPDX-License-Identifier: MIT
//
// Contenders for several threads that report at once. Each has a Handle, which a thread makes from it and
// report()s through, and arrived(), which settles and says whether all that was reported was delivered.
//
// Each thread reports the values 1 to `each` on its own; the first of them before the timing starts, since a
// thread's first use of a shared handle is not what is asked about.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "floors.hpp"
#include "headways.hpp"
#include "queues.hpp"
#include "sink.hpp"
#include "threads.hpp"

namespace bench {

/// Takes records of several threads, in any order.
class Tally final : public Sink {
 public:
  void on_progress(std::uint64_t completed, std::uint64_t, std::uint64_t count) override {
    newest_ = completed;
    count_ = count;
    sum_ += completed;
  }
  [[nodiscard]] std::uint64_t newest() const noexcept { return newest_; }
  [[nodiscard]] std::uint64_t reports() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }

 private:
  std::uint64_t newest_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
};

/// Floor: each thread has two atomics of its own to store to, or one to add to.
template <bool adds>
class OwnAtomics {
  struct alignas(apart) Place {
    std::atomic<std::uint64_t> completed{0};
    std::atomic<std::uint64_t> total{1};
  };

 public:
  explicit OwnAtomics(std::size_t threads) : places_(threads) {}
  class Handle {
   public:
    Handle(OwnAtomics& all, std::size_t thread) : place_(all.places_[thread]) {}
    void report(std::uint64_t completed, std::uint64_t total) noexcept {
      if constexpr (adds) {
        place_.completed.fetch_add(1, std::memory_order_relaxed);
      } else {
        place_.completed.store(completed, std::memory_order_relaxed);
        place_.total.store(total, std::memory_order_relaxed);
      }
    }

   private:
    Place& place_;
  };
  [[nodiscard]] bool arrived(std::uint64_t threads, std::uint64_t each) {
    poller_.stop();
    return tally_.newest() == threads * each;
  }

 private:
  Tally tally_;
  std::vector<Place> places_;
  Paced poller_{display_interval, [this] {
                  std::uint64_t completed = 0;
                  std::uint64_t total = 0;
                  for (const Place& place : places_) {
                    completed += place.completed.load(std::memory_order_relaxed);
                    total += place.total.load(std::memory_order_relaxed);
                  }
                  tally_.on_progress(completed, total, completed);
                }};
};

/// Floor: all threads add to one atomic.
class OneAtomic {
 public:
  explicit OneAtomic(std::size_t) {}
  class Handle {
   public:
    Handle(OneAtomic& one, std::size_t) : completed_(one.completed_) {}
    void report(std::uint64_t, std::uint64_t) noexcept {
      completed_.fetch_add(1, std::memory_order_relaxed);
    }

   private:
    std::atomic<std::uint64_t>& completed_;
  };
  [[nodiscard]] bool arrived(std::uint64_t threads, std::uint64_t each) {
    poller_.stop();
    return tally_.newest() == threads * each;
  }

 private:
  Tally tally_;
  alignas(apart) std::atomic<std::uint64_t> completed_{0};
  alignas(apart) Paced poller_{display_interval, [this] {
                                 const auto seen = completed_.load(std::memory_order_relaxed);
                                 tally_.on_progress(seen, 1, seen);
                               }};
};

/// One bus, one session that sums its reporters' shares, one subscriber.
class BusOfThreads {
 public:
  explicit BusOfThreads(headway::Merge merge)
      : session_(bus_.open_session("bench", {.merge = merge})),
        subscription_(bus_.subscribe(
            [this](const headway::Update& update) {
              tally_.on_progress(update.completed, update.total, update.sequence);
            },
            {.interval = display_interval})) {}

 protected:
  [[nodiscard]] bool delivered(std::uint64_t completed, std::uint64_t reports) {
    return bus_.flush(std::chrono::seconds(10)) == headway::FlushResult::ok &&
           tally_.newest() == completed && tally_.reports() == reports;
  }
  Tally tally_;
  headway::Bus bus_;
  headway::Session session_;
  headway::Subscription subscription_;
};

/// A Reporter each, or a Counter each.
template <std::size_t ring_capacity, bool by_counter>
class OwnReporters : public BusOfThreads {
 public:
  explicit OwnReporters(std::size_t) : BusOfThreads(headway::Merge::sum) {}
  class Handle {
   public:
    Handle(OwnReporters& all, std::size_t)
        : reporter_(all.session_.reporter({.ring_capacity = ring_capacity})),
          counter_(reporter_.at(role, stage)) {}
    void report(std::uint64_t completed, std::uint64_t total) noexcept {
      if constexpr (by_counter) {
        counter_.report(completed, total);
      } else {
        reporter_.report(role, stage, completed, total);
      }
    }

   private:
    headway::Reporter reporter_;
    headway::Counter counter_;
  };
  [[nodiscard]] bool arrived(std::uint64_t threads, std::uint64_t each) {
    return delivered(threads * each, threads * each);
  }
};

enum class Use { report, counter_report, advance, counter_advance };

/// One SharedReporter or SharedCounter.
template <std::size_t ring_capacity, Use use>
class OneShared : public BusOfThreads {
 public:
  explicit OneShared(std::size_t)
      : BusOfThreads(headway::Merge::unset),
        reporter_(session_.shared_reporter({.ring_capacity = ring_capacity})) {}
  class Handle {
   public:
    Handle(OneShared& one, std::size_t)
        : reporter_(one.reporter_), counter_(reporter_.at(role, stage)) {}
    void report(std::uint64_t completed, std::uint64_t total) noexcept {
      if constexpr (use == Use::report) reporter_.report(role, stage, completed, total);
      if constexpr (use == Use::counter_report) counter_.report(completed, total);
      if constexpr (use == Use::advance) reporter_.advance(role, stage);
      if constexpr (use == Use::counter_advance) counter_.advance();
    }

   private:
    headway::SharedReporter& reporter_;
    headway::SharedCounter counter_;
  };
  [[nodiscard]] bool arrived(std::uint64_t threads, std::uint64_t each) {
    const bool relative = use == Use::advance || use == Use::counter_advance;
    return delivered(relative ? threads * each : each, threads * each);
  }

 private:
  headway::SharedReporter reporter_;
};

/// A queue with a token for each thread, or with none, as threads must use it that share one handle.
template <class Queue, bool with_token>
class QueueOfThreads {
 public:
  explicit QueueOfThreads(std::size_t) {}
  class Handle {
   public:
    Handle(QueueOfThreads& all, std::size_t) : queue_(all.queue_), token_(all.queue_) {}
    void report(std::uint64_t completed, std::uint64_t total) {
      const Item item{completed, total, 1, 1, 2};
      while (!push(item)) std::this_thread::yield();
    }

   private:
    bool push(const Item& item) {
      if constexpr (with_token) {
        return queue_.push(token_, item);
      } else {
        return queue_.push(item);
      }
    }
    using Token = std::conditional_t<with_token, typename Queue::Token, NoToken>;
    Queue& queue_;
    [[no_unique_address]] Token token_;
  };
  [[nodiscard]] bool arrived(std::uint64_t threads, std::uint64_t each) {
    consumer_.stop();
    return tally_.reports() == threads * each && tally_.sum() == threads * (each * (each + 1) / 2);
  }

 private:
  Tally tally_;
  std::uint64_t count_ = 0;
  alignas(apart) Queue queue_;
  alignas(apart) Paced consumer_{queue_pause, [this] {
                                   queue_.drain([this](const Item& item) {
                                     tally_.on_progress(item.completed, item.total, ++count_);
                                   });
                                 }};
};

/// Nanoseconds a report by the wall clock; cpu_ns is what one costs its thread.
template <class Contender>
void report_from_threads(benchmark::State& state, std::size_t threads) {
  const auto contender = std::make_unique<Contender>(threads);
  const auto wanted = static_cast<std::uint64_t>(state.max_iterations);
  const std::uint64_t timed = (wanted + threads - 1) / threads;
  Spent spent;
  // Once: as many at a time as are wanted at all.
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(timed * threads))) {
    spent = run_threads(threads, [&](std::size_t thread) {
      typename Contender::Handle handle(*contender, thread);
      handle.report(1, whole);
      return [handle = std::move(handle), timed]() mutable {
        for (std::uint64_t i = 0; i < timed; ++i) handle.report(i + 2, whole);
      };
    });
    state.SetIterationTime(spent.wall_seconds);
  }
  if (!contender->arrived(threads, timed + 1)) {
    state.SkipWithError("what was reported was not delivered");
  }
  const auto reports = static_cast<double>(timed * threads);
  state.SetItemsProcessed(static_cast<std::int64_t>(timed * threads));
  state.counters["cpu_ns"] = spent.cpu_seconds * 1e9 / reports;
}

}  // namespace bench
