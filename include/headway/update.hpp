// SPDX-License-Identifier: MIT
//
// Update: the newest value of one key, as a subscriber is given it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <headway/session_id.hpp>
#include <headway/vocabulary.hpp>

namespace headway {

/// completed / total clamped to [0, 1]; nullopt while the total is 0, which means "unknown".
/// Exact at both ends: 1.0 only when completed >= total, so that a display never rounds up to 100 %.
[[nodiscard]] inline std::optional<double> fraction_of(std::uint64_t completed,
                                                       std::uint64_t total) noexcept {
  if (total == 0) return std::nullopt;
  if (completed >= total) return 1.0;
  const double below_one = 0x1.fffffffffffffp-1;
  return std::min(static_cast<double>(completed) / static_cast<double>(total), below_one);
}

struct Update {
  SessionId session;
  /// The session's name; valid during the callback only.
  std::string_view session_name;
  Role role = Role::source;
  Stage stage = Stage::change_detection;
  /// As reported, or as the session's merge makes it of several reporters. `completed > total` and a
  /// total of 0 (unknown) are legal.
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  /// How many reports have been made on this key so far, this one included.
  std::uint64_t sequence = 0;
  Unit unit = Unit::items;
  /// When the dispatcher took the value from its lane.
  std::chrono::steady_clock::time_point observed;

  [[nodiscard]] std::optional<double> fraction() const noexcept {
    return fraction_of(completed, total);
  }
};

}  // namespace headway
