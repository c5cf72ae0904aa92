// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "core/lane_record.hpp"
#include "core/subscription_state.hpp"

namespace headway::detail {

/// What the control path has for the dispatcher since its last tick.
struct Commands {
  /// Sessions that were opened and subscriptions that were made, in that order: it decides what is replayed.
  using Arrival = std::variant<std::shared_ptr<SessionState>, std::shared_ptr<SubscriptionState>>;
  std::vector<Arrival> arrived;
  std::vector<std::shared_ptr<SessionState>> closed;
  /// Lanes whose provider has ended.
  std::vector<LaneRecord*> ended;
  std::vector<std::shared_ptr<SubscriptionState>> unsubscribed;
};

}  // namespace headway::detail
