// SPDX-License-Identifier: MIT
//
// Subscription: a subscriber's place on the bus. Its destructor unsubscribes, so make it the last member
// of the class whose members the callbacks use. It may outlive the bus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <headway/detail/export.hpp>

namespace headway {

/// What an event loop waits on: a file descriptor that becomes readable (Linux); the HANDLE of an event that
/// stays signalled until it is cleared (Windows).
#if defined(_WIN32)
using NativeHandle = void*;
inline constexpr NativeHandle no_handle = nullptr;
#else
using NativeHandle = int;
inline constexpr NativeHandle no_handle = -1;
#endif

namespace detail {
class SubscriptionState;
}

class HEADWAY_EXPORT Subscription {
 public:
  /// Stands for nothing: unsubscribe() is true, poll() is 0.
  Subscription() noexcept = default;
  explicit Subscription(std::shared_ptr<detail::SubscriptionState> state) noexcept;
  Subscription(Subscription&&) noexcept = default;
  Subscription& operator=(Subscription&& other) noexcept;
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription();

  /// No callback starts after this. Returns true once none is running either: it waits for one that
  /// runs on another thread, so do not hold a lock that the callback takes. From inside the
  /// subscription's own callback it returns true at once, and that call is the last. Where waiting
  /// would close a cycle of callbacks that wait for each other it returns false without waiting, and
  /// promises only that no new call starts. Any thread.
  bool unsubscribe();

  /// RunOn::caller: runs the callbacks for what is waiting, on this thread, and returns how many updates
  /// were handed over. 0 for other kinds, inside a callback of the same subscription, and while another
  /// thread polls it.
  std::size_t poll();

  /// RunOn::caller: readable (signalled) while poll() has something to do; poll() clears it. Owned by
  /// the subscription. For other kinds no_handle.
  [[nodiscard]] NativeHandle wake_handle() const noexcept;

  /// As in Statistics::subscriptions; 0 for an empty one.
  [[nodiscard]] std::uint64_t id() const noexcept;

 private:
  std::shared_ptr<detail::SubscriptionState> state_;
};

}  // namespace headway
