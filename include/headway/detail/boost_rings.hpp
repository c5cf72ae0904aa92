// SPDX-License-Identifier: MIT
//
// The rings of a build with -DHEADWAY_RING=boost: Boost.Lockfree's queues with the face of our own. Only
// that build needs Boost to compile against the headers.
#pragma once

#include <cstddef>
#include <cstdint>

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>

#include <headway/detail/record.hpp>

namespace headway::detail {

class BoostSpscRing {
 public:
  explicit BoostSpscRing(std::size_t capacity) : queue_(capacity) {}

  [[nodiscard]] bool try_push(const Record& record) noexcept { return queue_.push(record); }

  /// Its records tell all totals.
  template <class Totals, class Visitor>
  std::size_t drain(const Totals&, Visitor&& visit) {
    // Bounded by what is there now: a provider that keeps up must not keep the dispatcher here.
    std::size_t left = queue_.read_available();
    std::size_t records = 0;
    Record record;
    for (; left > 0 && queue_.pop(record); --left, ++records) visit(record);
    return records;
  }
  [[nodiscard]] bool empty() const noexcept { return queue_.read_available() == 0; }

 private:
  boost::lockfree::spsc_queue<Record> queue_;
};

class BoostMpscRing {
 public:
  explicit BoostMpscRing(std::size_t capacity) : capacity_(capacity), queue_(capacity) {}

  [[nodiscard]] bool try_push(const Record& record) noexcept { return queue_.bounded_push(record); }

  template <class Visitor>
  std::size_t drain(Visitor&& visit) {
    std::size_t records = 0;
    Record record;
    for (; records < capacity_ && queue_.pop(record); ++records) visit(record);
    return records;
  }
  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }

 private:
  std::size_t capacity_;
  boost::lockfree::queue<Record> queue_;
};

}  // namespace headway::detail
