// SPDX-License-Identifier: MIT
//
// LaneReader: the dispatcher's way to the lanes. It keeps the list of hot lanes, reads them once a tick,
// cools those that went quiet, and quiesces those that end.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/lane_table.hpp"
#include "core/scoreboard.hpp"

namespace headway::detail {

class LaneReader {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  LaneReader(BusIntake& intake, LaneTable& lanes, Scoreboard& board)
      : intake_(intake), lanes_(lanes), board_(board) {}

  /// Takes the interrupts: lanes that were marked are hot from now on.
  void take_marks(time_point now);
  /// Reads every hot lane into the scoreboard. False if something could not be read, and is to be tried
  /// again.
  [[nodiscard]] bool read_hot(time_point now);
  /// Earliest moment at which something that was found since the last call may have been reported.
  [[nodiscard]] std::optional<time_point> take_oldest() noexcept {
    return std::exchange(oldest_, std::nullopt);
  }
  /// Lanes that had nothing for `quiet` interrupt again. One barrier for all.
  void cool(time_point now, std::chrono::nanoseconds quiet);
  /// Begins to shut the lanes: they leave the hot list. One barrier for all.
  void begin_closing(std::span<LaneRecord* const> lanes);
  /// Takes the last values; whatever is reported later is refused. False while a lane cannot be shut,
  /// because its provider was stopped in the middle of a report: to be tried again.
  [[nodiscard]] bool try_close(std::span<LaneRecord* const> lanes, time_point now);
  /// The lane's provider is gone: takes its last values and gives the lane's memory back.
  void retire(LaneRecord& lane, time_point now);

  /// Asks for what reading the hot lanes is going to touch, for the first few of them.
  void prefetch() const noexcept;

  [[nodiscard]] std::size_t hot() const noexcept { return hot_.size(); }
  [[nodiscard]] std::uint64_t reports() const noexcept { return reports_; }
  [[nodiscard]] std::uint64_t folds() const noexcept { return folds_; }

 private:
  void heat(LaneRecord& lane, time_point now);
  void drop(LaneRecord& lane) noexcept;
  [[nodiscard]] bool has_more(const LaneRecord& lane) const noexcept;
  /// Reads one lane that has no group.
  void read_lane(LaneRecord& lane, time_point now, bool& unread);
  /// Reads the lanes of a group and the ring they share.
  void read_group(GroupState& group, std::span<LaneRecord* const> lanes, time_point now,
                  bool& unread);
  void leave_list(LaneRecord& lane) noexcept;
  /// Reads one lane, whatever it is. False if something could not be read.
  [[nodiscard]] bool take_all(LaneRecord& lane, time_point now);
  void note_read(LaneRecord& lane, time_point now) noexcept;
  void take_copies(LaneRecord& lane, const BusLane::Copies& copies, time_point now);

  BusIntake& intake_;
  LaneTable& lanes_;
  Scoreboard& board_;
  std::vector<LaneRecord*> hot_;
  std::vector<std::shared_ptr<GroupState>> hot_groups_;
  std::vector<BusLane::Copies> group_copies_;
  std::optional<time_point> oldest_;
  std::uint64_t reports_ = 0;
  std::uint64_t folds_ = 0;
};

}  // namespace headway::detail
