// SPDX-License-Identifier: MIT
//
// Scoreboard: the merged latest value of every key. Written by whoever runs the dispatch; read by anyone.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/changes.hpp"
#include "core/lane_record.hpp"
#include "core/session_state.hpp"

namespace headway::detail {

/// Is told of every change as it happens, for Delivery::recorded.
class ChangeObserver {
 public:
  virtual void changed(const Change& change) = 0;

 protected:
  ~ChangeObserver() = default;
};

class Scoreboard {
 public:
  explicit Scoreboard(ChangeObserver& observer) : observer_(observer) {}

  /// A lane has something new on a key: its value, standing for so many reports.
  void apply(LaneRecord& lane, std::uint32_t key, const LaneValue& value, std::uint64_t order,
             std::uint64_t reports, std::chrono::steady_clock::time_point now);
  void opened(SessionState& session);
  /// Nothing of the session follows.
  void closed(SessionState& session, Outcome outcome);
  /// The session has been handed over to everybody.
  void forget(SessionState& session) noexcept;

  [[nodiscard]] const ChangeList& changes() const noexcept { return changes_; }

 private:
  [[nodiscard]] static LaneValue merged(LaneRecord& lane, std::uint32_t key, LaneValue value,
                                        std::uint64_t order) noexcept;
  void touch(Change& change) {
    changes_.touch(change);
    observer_.changed(change);
  }

  ChangeList changes_;
  ChangeObserver& observer_;
};

}  // namespace headway::detail
