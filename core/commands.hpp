// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "core/lane_record.hpp"
#include "core/subscription_state.hpp"

namespace headway::detail {

/// So that the next push_back does not throw.
template <class T>
void make_room(std::vector<T>& entries) {
  if (entries.size() == entries.capacity()) entries.reserve(entries.size() * 2 + 1);
}

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
