// SPDX-License-Identifier: MIT
//
// What a board says, in memory of its own: a service, its sessions and its statistics at one moment. Displays
// and exporters work on these, and so do their tests; where they come from is in boards.hpp.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <headway/board.hpp>
#include <headway/headway.hpp>

namespace headway::tools {

using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

struct SessionView {
  /// Texts are any bytes, and not longer than the board has room for. A value that could not be read, since its
  /// writer was killed in it, has the sequence 0.
  SessionInfo info;
  Merge merge = Merge::unset;
  WallTime opened_at;
  std::optional<WallTime> closed_at;
  /// Closed by its owner; the last values are on their way.
  bool closing = false;
};

struct ServiceView {
  /// The board's file, without its folder; stays the same while the service lives.
  std::string file;
  /// Any bytes; may be empty.
  std::string name;
  std::uint64_t process = 0;
  WallTime made_at;
  /// "0.1.0".
  std::string headway_version;
  /// The process is there. When it is not, the rest is what it left.
  bool alive = true;
  /// The bus has been stopped.
  std::optional<WallTime> stopped_at;
  std::uint64_t sessions_without_slot = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(board::Statistic::count)> statistics{};
  WallTime statistics_at;
  DurationHistogram callback_times;
  DurationHistogram delivery_delays;
  /// In order of opening; closed ones are among them for a while.
  std::vector<SessionView> sessions;

  [[nodiscard]] std::uint64_t statistic(board::Statistic which) const {
    return statistics.at(static_cast<std::size_t>(which));
  }
};

}  // namespace headway::tools
