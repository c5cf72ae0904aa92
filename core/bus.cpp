// SPDX-License-Identifier: MIT
#include <headway/bus.hpp>

#include <array>
#include <cstddef>
#include <new>
#include <stdexcept>
#include <utility>

#include "core/bus_state.hpp"

namespace headway {

namespace {

class FunctionSubscriber final : public Subscriber {
 public:
  explicit FunctionSubscriber(std::function<void(const Update&)> function)
      : function_(std::move(function)) {}
  void on_progress(const Update& update) override { function_(update); }

 private:
  std::function<void(const Update&)> function_;
};

}  // namespace

Bus::Bus(BusOptions options) : state_(std::make_shared<detail::BusState>(std::move(options))) {
  state_->start();
}

Bus::~Bus() {
  if (state_->inert()) {
    // The child of a fork: locks may be held by threads that are not here. Leave it all as it is.
    using Kept = std::shared_ptr<detail::BusState>;
    alignas(Kept) static std::array<std::byte, sizeof(Kept)> place;
    ::new (static_cast<void*>(place.data())) Kept(std::move(state_));
    return;
  }
  state_->stop(std::chrono::nanoseconds::max());
  state_->abandon();
}

Session Bus::open_session(std::string name, SessionOptions options) {
  if (state_->inert()) return {};
  return Session(state_->open_session(std::move(name), options));
}

Subscription Bus::subscribe(Subscriber& subscriber, SubscriptionOptions options) {
  // Refers to it without owning it.
  return subscribe(std::shared_ptr<Subscriber>(std::shared_ptr<void>(), &subscriber),
                   std::move(options));
}

Subscription Bus::subscribe(std::shared_ptr<Subscriber> subscriber, SubscriptionOptions options) {
  if (!subscriber) throw std::invalid_argument("headway: the subscriber is a null pointer");
  if (state_->inert()) return {};
  return Subscription(state_->subscribe(std::move(subscriber), std::move(options)));
}

Subscription Bus::subscribe(std::function<void(const Update&)> function,
                            SubscriptionOptions options) {
  if (!function) throw std::invalid_argument("headway: the subscriber is an empty function");
  return subscribe(std::make_shared<FunctionSubscriber>(std::move(function)), std::move(options));
}

std::vector<SessionInfo> Bus::snapshot(const Filter& filter) const {
  return state_->inert() ? std::vector<SessionInfo>() : state_->snapshot(filter);
}

bool Bus::cancel(SessionId id) { return !state_->inert() && state_->cancel(id); }

FlushResult Bus::flush(std::chrono::nanoseconds deadline) {
  return state_->inert() ? FlushResult::timed_out : state_->flush(deadline);
}

StopReport Bus::stop(std::chrono::nanoseconds deadline) {
  if (!state_->inert()) return state_->stop(deadline);
  StopReport nothing;
  nothing.complete = false;
  return nothing;
}

Statistics Bus::statistics() const { return state_->inert() ? Statistics{} : state_->statistics(); }

std::size_t Bus::poll() { return state_->inert() ? 0 : state_->poll(); }

}  // namespace headway
