// SPDX-License-Identifier: MIT
//
// CallScope: one call of a subscriber, from the inside. The deliveries under way on a thread form a stack, so
// that the library knows when it is called from a callback, and from which.
#pragma once

#include <headway/session_id.hpp>

namespace headway::detail {

class BusState;
class SubscriptionState;

class CallScope {
 public:
  explicit CallScope(SubscriptionState& subscription) noexcept
      : subscription_(subscription), outer_(innermost_) {
    innermost_ = this;
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;
  ~CallScope() { innermost_ = outer_; }

  /// The innermost one on this thread; null outside of callbacks.
  [[nodiscard]] static CallScope* current() noexcept { return innermost_; }
  /// True if this thread is in a callback of a subscription of that bus.
  [[nodiscard]] static bool inside(const BusState& bus) noexcept;
  [[nodiscard]] static bool inside(const SubscriptionState& subscription) noexcept;

  [[nodiscard]] SubscriptionState& subscription() const noexcept { return subscription_; }

 private:
  SubscriptionState& subscription_;
  CallScope* outer_;
  static thread_local constinit CallScope* innermost_;
};

}  // namespace headway::detail
