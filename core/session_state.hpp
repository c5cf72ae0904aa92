// SPDX-License-Identifier: MIT
//
// SessionState: a session behind its handles. Three parts with three owners: what never changes, what the
// control path changes under the bus's mutex, and the session's share of the scoreboard, which the
// dispatcher writes and anyone may read under sequence locks.
//
// There may be a million of them: what only some sessions need is allocated when they need it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <headway/detail/atomics.hpp>
#include <headway/detail/gate.hpp>
#include <headway/detail/lane_types.hpp>
#include <headway/options.hpp>
#include <headway/session_info.hpp>
#include "core/board.hpp"
#include "core/changes.hpp"
#include "core/lane_set.hpp"
#include "core/merge.hpp"

namespace headway::detail {

class BusState;

class SessionState : public ChangeSet, public std::enable_shared_from_this<SessionState> {
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

  /// Gives it a slot on the board, if there is one and has room. Before anybody knows of the session.
  void show();
  /// Null if it has none.
  [[nodiscard]] board::Slot* slot() const noexcept { return shown_ ? place_.slot : nullptr; }

  // Under the bus's control mutex.

  /// Swaps it with the note. Throws std::bad_alloc and then has changed nothing.
  void swap_note(std::string& text);
  /// Where there is no memory for the text, the session closes without it.
  void set_detail(std::string&& text) noexcept;
  /// Before a lane is added. Throws std::bad_alloc and then has changed nothing.
  void prepare_reporting();
  [[nodiscard]] std::span<LaneRecord* const> lanes() const noexcept {
    return reporting ? reporting->lanes.all() : std::span<LaneRecord* const>();
  }
  [[nodiscard]] std::uint32_t reporters() const noexcept {
    return reporting ? reporting->reporters : 0;
  }

  const std::shared_ptr<BusState> bus;
  const SessionId id;
  const std::string name;
  Gate& gate;
  const Merge merge;
  const std::array<Unit, 3> units;

  /// Under the bus's control mutex, as the texts.
  struct Control {
    std::optional<Outcome> outcome;
  } control;

  // The scoreboard, with what is in ChangeSet: written by the dispatcher alone.

  /// Set when on_closed is due; read by it.
  Outcome final_outcome = Outcome::completed;

 private:
  /// Which of the places it is; beside other small members, where it takes no room.
  bool shown_ = false;
  /// The values, or the slot on the board that has them.
  union Place {
    Place() noexcept : own{} {}
    std::array<BoardCell<StdAtomics>, keys_per_session> own;
    board::Slot* slot;
  } place_;

 public:
  /// By key.
  [[nodiscard]] std::span<BoardCell<StdAtomics>, keys_per_session> values() noexcept {
    return shown_ ? place_.slot->values : place_.own;
  }
  [[nodiscard]] std::span<const BoardCell<StdAtomics>, keys_per_session> values() const noexcept {
    return shown_ ? place_.slot->values : place_.own;
  }

  /// What only a session has that has had a reporter.
  struct Reporting {
    // Under the bus's control mutex.

    /// Reporters open now, of either kind.
    std::uint32_t reporters = 0;
    LaneSet lanes;

    // The dispatcher's own.

    std::array<std::chrono::steady_clock::time_point, keys_per_session> observed;
    /// Only for Merge::sum and Merge::latest.
    std::unique_ptr<MergeState> merging;
  };
  /// Made before the session's first lane; then it stays.
  std::unique_ptr<Reporting> reporting;

 private:
  struct Texts {
    std::string note;
    std::string detail;
  };
  /// Made when the first of them is set.
  std::unique_ptr<Texts> texts_;
};

inline SessionState& Change::session() const noexcept {
  return static_cast<SessionState&>(ChangeSet::of(*this));
}

}  // namespace headway::detail
