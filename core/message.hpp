// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <headway/update.hpp>
#include "core/changes.hpp"
#include "core/session_state.hpp"

namespace headway::detail {

/// One thing a subscriber is to be told: an update, an opening or a closing.
struct Message {
  std::shared_ptr<SessionState> session;
  std::uint8_t kind = Change::opened;
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  std::uint64_t sequence = 0;
  std::chrono::steady_clock::time_point observed;

  [[nodiscard]] bool is_update() const noexcept { return kind < keys_per_session; }

  /// What the change stands for now.
  [[nodiscard]] static Message of(const Change& change) {
    Message message;
    message.session = change.session().shared_from_this();
    message.kind = change.kind();
    if (message.is_update()) {
      const auto& value = message.session->values[message.kind];
      message.completed = value.own_completed();
      message.total = value.own_total();
      message.sequence = value.own_sequence();
      message.observed = message.session->reporting->observed[message.kind];
    }
    return message;
  }

  [[nodiscard]] Update update() const {
    const Stage stage = stage_of(kind);
    return {
        session->id, session->name, role_of(kind), stage,
        completed,   total,         sequence,      session->units[static_cast<std::size_t>(stage)],
        observed};
  }
};

/// Of several messages on one key only the last is left, where it stands.
inline void keep_latest(std::vector<Message>& messages) {
  std::set<std::pair<const SessionState*, std::uint8_t>> seen;
  std::ranges::reverse(messages);
  std::erase_if(messages, [&](const Message& message) {
    return !seen.emplace(message.session.get(), message.kind).second;
  });
  std::ranges::reverse(messages);
}

}  // namespace headway::detail
