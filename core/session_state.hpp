// SPDX-License-Identifier: MIT
//
// SessionState: a session behind its handles. Three parts with three owners: what never changes, what the
// control path changes under the bus's mutex, and the session's share of the scoreboard, which the
// dispatcher writes and anyone may read under sequence locks.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <headway/detail/cell.hpp>
#include <headway/detail/gate.hpp>
#include <headway/detail/lane_types.hpp>
#include <headway/options.hpp>
#include <headway/session_info.hpp>
#include "core/changes.hpp"
#include "core/merge.hpp"

namespace headway::detail {

class BusState;
struct LaneRecord;

class SessionState : public std::enable_shared_from_this<SessionState> {
 public:
  SessionState(std::shared_ptr<BusState> owner, SessionId session_id, std::string session_name,
               const SessionOptions& options);
  SessionState(const SessionState&) = delete;
  SessionState& operator=(const SessionState&) = delete;
  ~SessionState();

  /// All that is known now. Takes the bus's control mutex for the texts.
  [[nodiscard]] SessionInfo info() const;
  /// The values alone, without any lock.
  void read_values(SessionInfo& info) const;

  const std::shared_ptr<BusState> bus;
  const SessionId id;
  const std::string name;
  const Merge merge;
  const std::array<Unit, 3> units;
  Gate& gate;

  /// Under the bus's control mutex.
  struct Control {
    std::string note;
    std::string detail;
    std::optional<Outcome> outcome;
    /// Reporters open now, of either kind.
    std::size_t reporters = 0;
    std::vector<LaneRecord*> lanes;
  } control;

  /// The scoreboard: written by the dispatcher alone.
  struct Board {
    std::array<Cell<StdAtomics>, keys_per_session> values;
    std::array<Change, Change::kinds> changes;
    std::array<std::chrono::steady_clock::time_point, keys_per_session> observed;
    /// Only for Merge::sum and Merge::latest.
    std::unique_ptr<MergeState> merging;
    /// Set when on_closed is due; read by it.
    Outcome outcome = Outcome::completed;
  } board;
};

}  // namespace headway::detail
