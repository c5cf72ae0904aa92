// SPDX-License-Identifier: MIT
//
// SessionInfo: everything known of one session at one moment, in memory of its own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <headway/session_id.hpp>
#include <headway/update.hpp>
#include <headway/vocabulary.hpp>

namespace headway {

/// The latest value of one key. `sequence == 0`: nothing has been reported on it.
struct LatestValue {
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  std::uint64_t sequence = 0;
};

struct SessionInfo {
  SessionId id;
  std::string name;
  /// By stage.
  std::array<Unit, 3> units{};
  /// The last text given to Session::note().
  std::string note;
  /// By key_index(role, stage). Each value is consistent in itself.
  std::array<LatestValue, keys_per_session> values{};
  bool canceled = false;
  /// Set once the session is closed.
  std::optional<Outcome> outcome;
  /// The text given to Session::close().
  std::string detail;

  [[nodiscard]] bool open() const noexcept { return !outcome.has_value(); }
  [[nodiscard]] const LatestValue& value(Role role, Stage stage) const {
    return values.at(key_index(role, stage));
  }
  /// As Update::fraction(), but 0 of 0 in a session that has completed is 1: nothing was to be done.
  [[nodiscard]] std::optional<double> fraction(Role role, Stage stage) const {
    const LatestValue& latest = value(role, stage);
    if (latest.total == 0 && outcome == Outcome::completed) return 1.0;
    return fraction_of(latest.completed, latest.total);
  }
};

}  // namespace headway
