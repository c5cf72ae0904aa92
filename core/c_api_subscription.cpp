// SPDX-License-Identifier: MIT
//
// The subscriptions of headway/headway.h.
#include "core/c_api.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

using headway::c_api::check_range;
using headway::c_api::enumerator;
using headway::c_api::guarded;
using headway::c_api::read_filter;
using headway::c_api::read_struct;
using headway::c_api::required;
using headway::c_api::view_of;

namespace {

/// Calls functions of C, or of C++: what those throw goes on to the bus.
class Callbacks final : public headway::Subscriber {
 public:
  Callbacks(const headway_callbacks& functions, void* user) noexcept
      : functions_(functions), user_(user) {}
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;
  ~Callbacks() override {
    if (subscribed_ && functions_.released != nullptr) functions_.released(user_);
  }

  /// From now on its end is the subscription's.
  void subscribed() noexcept { subscribed_ = true; }

  void on_opened(const headway::SessionInfo& session) override {
    if (functions_.opened == nullptr) return;
    const headway_session_info view = view_of(session);
    functions_.opened(user_, &view);
  }

  void on_progress(const headway::Update& update) override {
    if (functions_.progress == nullptr) return;
    const headway_update view = view_of(update);
    functions_.progress(user_, &view);
  }

  void on_batch(std::span<const headway::Update> updates) override {
    if (functions_.batch == nullptr) return Subscriber::on_batch(updates);
    views_.clear();
    pointers_.clear();
    // Before any pointer is taken.
    views_.reserve(updates.size());
    for (const headway::Update& update : updates) {
      pointers_.push_back(&views_.emplace_back(view_of(update)));
    }
    functions_.batch(user_, pointers_.data(), pointers_.size());
  }

  void on_closed(headway::SessionId session, headway::Outcome outcome) override {
    if (functions_.closed == nullptr) return;
    functions_.closed(user_, session.value(), static_cast<headway_outcome>(outcome));
  }

 private:
  headway_callbacks functions_;
  void* user_;
  bool subscribed_ = false;
  // Kept from batch to batch, for their memory.
  std::vector<headway_update> views_;
  std::vector<const headway_update*> pointers_;
};

headway_callbacks read_callbacks(const headway_callbacks& given) {
  const headway_callbacks functions = read_struct(&given, "headway_callbacks");
  if (functions.progress != nullptr && functions.batch != nullptr) {
    throw std::invalid_argument(
        "headway: headway_callbacks has both progress and batch; one of them must be NULL");
  }
  if (functions.progress == nullptr && functions.batch == nullptr && functions.opened == nullptr &&
      functions.closed == nullptr) {
    throw std::invalid_argument(
        "headway: headway_callbacks has none of progress, batch, opened and closed");
  }
  return functions;
}

headway::SubscriptionOptions read_options(const headway_subscription_options* given) {
  const headway_subscription_options options = read_struct(given, "headway_subscription_options");
  check_range(options.reserved, 0, "headway_subscription_options.reserved");
  headway::SubscriptionOptions result;
  if (options.interval_ns != 0) result.interval = std::chrono::nanoseconds(options.interval_ns);
  result.run_on =
      enumerator(options.run_on, headway::RunOn::caller, "headway_subscription_options.run_on");
  result.delivery = enumerator(options.delivery, headway::Delivery::recorded,
                               "headway_subscription_options.delivery");
  result.filter = read_filter(options.filter);
  result.replay_current = options.skip_current == 0;
  result.on_error = enumerator(options.on_error, headway::OnError::cancel_session,
                               "headway_subscription_options.on_error");
  if (options.queue_capacity != 0) result.queue_capacity = options.queue_capacity;
  if (options.name != nullptr) result.name = options.name;
  return result;
}

}  // namespace

headway_status headway_subscribe(headway_bus* bus, const headway_callbacks* callbacks, void* user,
                                 const headway_subscription_options* options,
                                 headway_subscription** subscription) noexcept {
  return guarded([&] {
    required(subscription, "subscription") = nullptr;
    headway::Bus& on = required(bus, "bus").bus;
    const headway_callbacks functions = read_callbacks(required(callbacks, "callbacks"));
    auto handle = std::make_unique<headway_subscription>();
    // Held until the end: a callback may end the subscription before this function does.
    const auto subscriber = std::make_shared<Callbacks>(functions, user);
    handle->subscription =
        on.subscribe(std::shared_ptr<headway::Subscriber>(subscriber), read_options(options));
    subscriber->subscribed();
    *subscription = handle.release();
    return HEADWAY_OK;
  });
}

headway_status headway_unsubscribe(headway_subscription* subscription) noexcept {
  return guarded([&] {
    const bool none_runs = required(subscription, "subscription").subscription.unsubscribe();
    return none_runs ? HEADWAY_OK : HEADWAY_S_FALSE;
  });
}

void headway_subscription_destroy(headway_subscription* subscription) noexcept {
  delete subscription;
}

headway_status headway_subscription_poll(headway_subscription* subscription,
                                         size_t* updates) noexcept {
  if (updates != nullptr) *updates = 0;
  return guarded([&] {
    const std::size_t handed_over = required(subscription, "subscription").subscription.poll();
    if (updates != nullptr) *updates = handed_over;
    return HEADWAY_OK;
  });
}

intptr_t headway_subscription_wake_handle(const headway_subscription* subscription) noexcept {
  if (subscription == nullptr) return -1;
  const headway::NativeHandle handle = subscription->subscription.wake_handle();
#if defined(_WIN32)
  return handle == nullptr ? -1 : reinterpret_cast<intptr_t>(handle);
#else
  return handle;
#endif
}

uint64_t headway_subscription_id(const headway_subscription* subscription) noexcept {
  return subscription == nullptr ? 0 : subscription->subscription.id();
}
