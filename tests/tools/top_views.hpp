// SPDX-License-Identifier: MIT
//
// Services and sessions as a board would give them, for tests of what is made of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "boards/service.hpp"
#include "top/frame.hpp"
#include "top/model.hpp"

namespace headway::tools {

inline constexpr TimePoint start_now{std::chrono::hours(100)};
inline constexpr WallTime start_wall{std::chrono::hours(24 * 365 * 50)};

/// So long after the start, by both clocks.
inline Moment moment(std::chrono::milliseconds after) {
  return {start_wall + after, start_now + after};
}

inline ServiceView service_of(std::string name, std::uint64_t process) {
  ServiceView service;
  service.file = "headway." + std::to_string(process) + ".1";
  service.name = std::move(name);
  service.process = process;
  service.made_at = start_wall;
  service.headway_version = "0.1.0";
  service.statistics_at = start_wall;
  return service;
}

inline SessionView session_of(std::uint64_t id, std::string name,
                              std::chrono::milliseconds opened = {}) {
  SessionView session;
  session.info.id = SessionId(id);
  session.info.name = std::move(name);
  session.opened_at = start_wall + opened;
  return session;
}

inline LatestValue& value_of(SessionView& session, Role role, Stage stage) {
  return session.info.values.at(key_index(role, stage));
}

/// Reports on the destination's change application.
inline SessionView& applied(SessionView& session, std::uint64_t completed, std::uint64_t total) {
  LatestValue& value = value_of(session, Role::destination, Stage::change_application);
  value = {completed, total, value.sequence + 1};
  return session;
}

inline SessionView& close(SessionView& session, Outcome outcome, std::string detail = {},
                          std::chrono::milliseconds at = {}) {
  session.info.outcome = outcome;
  session.info.detail = std::move(detail);
  session.closed_at = start_wall + at;
  return session;
}

inline void look(Model& model, std::vector<ServiceView> services,
                 std::chrono::milliseconds after = {}) {
  model.look(std::move(services), moment(after).wall, moment(after).now);
}

/// What is left when the colours are taken away.
inline std::string without_colors(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = text.find('m', i);
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace headway::tools
