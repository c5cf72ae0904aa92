// SPDX-License-Identifier: MIT
#include <headway/subscriber.hpp>

#include "core/call_scope.hpp"
#include "core/subscription_state.hpp"
#include "core/working_set.hpp"

namespace headway {

Subscriber::~Subscriber() = default;
void Subscriber::on_opened(const SessionInfo& /*session*/) {}
void Subscriber::on_progress(const Update& /*update*/) {}
void Subscriber::on_closed(SessionId /*session*/, Outcome /*outcome*/) {}

HEADWAY_TICK_CODE void Subscriber::on_batch(std::span<const Update> updates) {
  detail::CallScope* const delivery = detail::CallScope::current();
  for (const Update& update : updates) {
    if (delivery == nullptr) {
      on_progress(update);
      continue;
    }
    if (delivery->subscription().ended()) return;
    try {
      on_progress(update);
    } catch (...) {
      delivery->subscription().failed(update.session);
    }
  }
}

}  // namespace headway
