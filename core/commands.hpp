// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "core/lane_record.hpp"
#include "core/subscription_state.hpp"

namespace headway::detail {

/// What the control path has for the dispatcher since its last tick.
struct Commands {
  std::vector<std::shared_ptr<SessionState>> opened;
  std::vector<std::shared_ptr<SessionState>> closed;
  /// Lanes whose provider has ended.
  std::vector<LaneRecord*> ended;
  std::vector<std::shared_ptr<SubscriptionState>> subscribed;
  std::vector<std::shared_ptr<SubscriptionState>> unsubscribed;

  [[nodiscard]] bool empty() const noexcept {
    return opened.empty() && closed.empty() && ended.empty() && subscribed.empty() &&
           unsubscribed.empty();
  }
};

}  // namespace headway::detail
