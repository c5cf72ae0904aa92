// SPDX-License-Identifier: MIT
//
// subscribe: an ISyncCallback on a bus.
//
//   auto subscription = subscribe(bus, application, {.on_error = OnError::cancel_session});
#pragma once

#include <memory>
#include <stdexcept>
#include <utility>

#include <headway/bus.hpp>
#include <headway/options.hpp>
#include <headway/subscriber.hpp>
#include <headway/subscription.hpp>
#include <headway/update.hpp>
#include <headway/winsync/dwords.hpp>
#include <headway/winsync/ref_ptr.hpp>

namespace headway::winsync {
inline namespace HEADWAY_WINSYNC_NAMES {

/// What a failed ISyncCallback::OnProgress becomes, so that the bus treats it as any failing callback.
class CallbackFailed : public std::runtime_error {
 public:
  explicit CallbackFailed(HRESULT result)
      : std::runtime_error("ISyncCallback::OnProgress failed"), result_(result) {}
  [[nodiscard]] HRESULT result() const noexcept { return result_; }

 private:
  HRESULT result_;
};

/// An ISyncCallback as a Subscriber. Holds a reference to it.
class CallbackSubscriber final : public Subscriber {
 public:
  /// Throws std::invalid_argument for a null pointer.
  explicit CallbackSubscriber(ISyncCallback* callback) : callback_(callback) {
    if (!callback_) throw std::invalid_argument("headway::winsync: the callback is null");
  }

  void on_progress(const Update& update) override {
    const Work work = to_dwords(update.completed, update.total);
    const HRESULT result = callback_->OnProgress(static_cast<SYNC_PROVIDER_ROLE>(update.role),
                                                 static_cast<SYNC_PROGRESS_STAGE>(update.stage),
                                                 work.completed, work.total);
    if (result < 0) throw CallbackFailed(result);
  }

 private:
  RefPtr<ISyncCallback> callback_;
};

/// Registers a callback and holds a reference to it for as long as the subscription stands: when
/// Subscription::unsubscribe() has returned true the reference is released, as it is after a call in which the
/// callback unsubscribed itself. (Where the bus ends first, that is when the Subscription is unsubscribed or
/// destroyed.)
///
/// A failing HRESULT, one below 0, counts as an exception of the subscription and follows its on_error: ignore,
/// unsubscribe, or cancel the session, after which providers get E_ABORT. Several callbacks may stand on one bus;
/// options.filter limits one to a session. Throws std::invalid_argument for a null pointer, otherwise as
/// Bus::subscribe() does. Any thread.
[[nodiscard]] inline Subscription subscribe(Bus& bus, ISyncCallback* callback,
                                            SubscriptionOptions options = {}) {
  return bus.subscribe(std::make_shared<CallbackSubscriber>(callback), std::move(options));
}
[[nodiscard]] inline Subscription subscribe(Bus& bus, ISyncCallback& callback,
                                            SubscriptionOptions options = {}) {
  return subscribe(bus, &callback, std::move(options));
}

}  // namespace HEADWAY_WINSYNC_NAMES
}  // namespace headway::winsync
