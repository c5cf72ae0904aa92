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

/// What a subscriber is told of one key, as it stands on the scoreboard. Of the dispatcher's.
[[nodiscard]] inline Update update_of(const SessionState& session, std::uint8_t key) {
  const auto& value = session.values()[key];
  const Stage stage = stage_of(key);
  return {session.id,
          session.name,
          role_of(key),
          stage,
          value.own_completed(),
          value.own_total(),
          value.own_sequence(),
          session.units[static_cast<std::size_t>(stage)],
          session.reporting->observed[key]};
}

/// One thing for a mailbox: an update, an opening or a closing.
struct Message {
  std::shared_ptr<SessionState> session;
  std::uint8_t kind = Change::opened;
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  std::uint64_t sequence = 0;
  std::chrono::steady_clock::time_point observed;

  /// What the change stands for now.
  [[nodiscard]] static Message of(const Change& change) {
    const SessionState& session = change.session();
    if (change.kind() >= keys_per_session) {
      return {change.session().shared_from_this(), change.kind(), 0, 0, 0, {}};
    }
    const Update update = update_of(session, change.kind());
    return of(change, update.observed, update.completed, update.total, update.sequence);
  }
  /// An update on the change's key.
  [[nodiscard]] static Message of(const Change& change,
                                  std::chrono::steady_clock::time_point observed,
                                  std::uint64_t completed, std::uint64_t total,
                                  std::uint64_t sequence) {
    return {
        change.session().shared_from_this(), change.kind(), completed, total, sequence, observed};
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
