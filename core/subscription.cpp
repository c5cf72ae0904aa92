// SPDX-License-Identifier: MIT
#include <headway/subscription.hpp>

#include <utility>

#include "core/bus_state.hpp"

namespace headway {

Subscription::Subscription(std::shared_ptr<detail::SubscriptionState> state) noexcept
    : state_(std::move(state)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    unsubscribe();
    state_ = std::move(other.state_);
  }
  return *this;
}

Subscription::~Subscription() { unsubscribe(); }

// Both hold on to the state: the handle may be destroyed meanwhile, by the callback.

bool Subscription::unsubscribe() {
  const auto state = state_;
  return !state || state->unsubscribe();
}

std::size_t Subscription::poll() {
  const auto state = state_;
  return state ? state->poll() : 0;
}

NativeHandle Subscription::wake_handle() const noexcept {
  return state_ ? state_->wake_handle() : no_handle;
}
std::uint64_t Subscription::id() const noexcept { return state_ ? state_->id : 0; }

}  // namespace headway
