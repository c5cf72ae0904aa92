// SPDX-License-Identifier: MIT
//
// Parking: where the dispatcher sleeps, and how it is woken without a lock.
//
//   dispatcher:  parking.announce(parked);  if (!inbox.last_look()) wait(parking.word(), ...);
//                parking.resume();
//   provider:    inbox.mark(index);  parking.notify();
//   control:     inbox.mark_control();  parking.notify_control();
//
// While the dispatcher dozes until a time before which no subscription may be called anyway, providers
// need not wake it; only the control path does.
//
// Memory ordering: the announcement (P1) is made visible by the read-modify-write of Inbox::last_look and
// is read (P2) after that of the mark; see Inbox. A notifier that saw "notified" wakes too: whoever set it
// may have been stopped before its own wake.
#pragma once

#include <atomic>
#include <cstdint>

#include <headway/detail/atomics.hpp>

namespace headway::detail {

enum class Sleep : std::uint32_t {
  running = 0,
  /// Asleep; any mark wakes it.
  parked = 1,
  /// Woken, or about to be.
  notified = 2,
  /// Asleep until a set time; only the control path wakes it.
  dozing = 3
};

template <class Atomics>
class Parking {
 public:
  using Word = typename Atomics::template Atomic<std::uint32_t>;

  // Dispatcher.
  void announce(Sleep how) noexcept { word_.store(value(how), std::memory_order_relaxed); }  // P1
  void resume() noexcept { word_.store(value(Sleep::running), std::memory_order_relaxed); }
  [[nodiscard]] Word& word() noexcept { return word_; }

  // Any thread, after a mark.
  void notify() noexcept {
    std::uint32_t seen = word_.load(std::memory_order_relaxed);  // P2
    if (seen == value(Sleep::running) || seen == value(Sleep::dozing)) [[likely]]
      return;
    wake(seen);
  }
  void notify_control() noexcept {
    std::uint32_t seen = word_.load(std::memory_order_relaxed);  // P2
    if (seen == value(Sleep::running)) return;
    if (seen == value(Sleep::dozing)) {
      word_.compare_exchange_strong(seen, value(Sleep::notified), std::memory_order_relaxed,
                                    std::memory_order_relaxed);
    }
    wake(seen);
  }

 private:
  [[nodiscard]] static constexpr std::uint32_t value(Sleep sleep) noexcept {
    return static_cast<std::uint32_t>(sleep);
  }
  void wake(std::uint32_t seen) noexcept {
    if (seen == value(Sleep::parked)) {
      word_.compare_exchange_strong(seen, value(Sleep::notified), std::memory_order_relaxed,
                                    std::memory_order_relaxed);
    }
    Atomics::wake(word_);
  }

  alignas(cache_line) Word word_{value(Sleep::running)};
};

}  // namespace headway::detail
