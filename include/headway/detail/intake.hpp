// SPDX-License-Identifier: MIT
//
// Intake: what the providers of one bus share with its dispatcher. Touched only when a lane wakes up or a
// report is refused.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <utility>

#include <headway/detail/inbox.hpp>
#include <headway/detail/parking.hpp>

namespace headway::detail {

template <class Atomics, unsigned fan_bits = 6>
struct Intake {
  using Counter = typename Atomics::template Atomic<std::uint64_t>;

  explicit Intake(typename Atomics::Clock clock_source = {}) : clock(std::move(clock_source)) {}

  /// A provider's interrupt: lane `index` has something to read.
  void interrupt(std::size_t index) noexcept {
    inbox.mark(index);
    parking.notify();
  }
  /// The control path has something to do.
  void interrupt_control() noexcept {
    inbox.mark_control();
    parking.notify_control();
  }

  /// The clock's time as a number, for a lane that is marked.
  [[nodiscard]] std::int64_t timestamp() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(clock.now().time_since_epoch())
        .count();
  }

  Inbox<Atomics, fan_bits> inbox;
  Parking<Atomics> parking;
  typename Atomics::Clock clock;
  Counter refused_invalid{0};
  Counter refused_aborted{0};
  Counter refused_closed{0};
};

}  // namespace headway::detail
