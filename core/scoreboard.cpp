// SPDX-License-Identifier: MIT
#include "core/scoreboard.hpp"

#include <utility>

#include "core/message.hpp"
#include "core/working_set.hpp"

namespace headway::detail {

HEADWAY_TICK_CODE LaneValue Scoreboard::merged(LaneRecord& lane, std::uint32_t key, LaneValue value,
                                               std::uint64_t order) noexcept {
  SessionState& session = *lane.session;
  GroupState* const group = lane.group.get();
  const bool relative = group != nullptr && group->has_relative(key);
  if (session.merge == Merge::sum) {
    return session.reporting->merging->sums[key].take((*lane.shares)[key], value, relative);
  }
  if (relative) value = group->relative_sums[key].take((*lane.shares)[key], value, true);

  const auto& cell = session.values()[key];
  const LaneValue now{cell.own_completed(), cell.own_total()};
  if (session.merge == Merge::latest) {
    std::uint64_t& newest = session.reporting->merging->newest[key];
    // A relative report has already moved its group's sum, whatever came in between.
    if (order < newest && !relative) return now;
    newest = std::max(newest, order);
    return value;
  }
  const bool races = session.merge == Merge::furthest || (group != nullptr && !relative);
  return races && cell.own_sequence() != 0 ? furthest(now, value) : value;
}

HEADWAY_TICK_CODE void Scoreboard::apply(LaneRecord& lane, std::uint32_t key,
                                         const LaneValue& value, std::uint64_t order,
                                         std::uint64_t reports,
                                         std::chrono::steady_clock::time_point now) {
  SessionState& session = *lane.session;
  const LaneValue result = merged(lane, key, value, order);
  auto& cell = session.values()[key];
  cell.publish(result.completed, result.total, cell.own_sequence() + reports);
  session.reporting->observed[key] = now;
  touch(session.changes[key]);
}

HEADWAY_TICK_CODE void Scoreboard::Run::begin(LaneRecord& lane, std::uint32_t key) {
  end();
  lane_ = &lane;
  key_ = key;
  SessionState& session = *lane.session;
  if (!board_.observer_.wants_records()) {
    recorded_ = false;
    return;
  }
  session.reporting->observed[key] = now_;
  const Update form = update_of(session, static_cast<std::uint8_t>(key));
  sequence_ = form.sequence;
  alone_ = lane.group == nullptr && session.merge == Merge::unset;
  recorded_ = board_.observer_.begin_records(session.changes[key], form);
}

void Scoreboard::Run::tell(std::uint64_t completed, std::uint64_t total) {
  if (alone_) {
    board_.observer_.record(completed, total, ++sequence_);
    return;
  }
  const LaneValue result = merged(*lane_, key_, {completed, total}, order_);
  board_.observer_.record(result.completed, result.total, ++sequence_);
  // Where the next result depends on what stands on the scoreboard, it must stand there.
  end();
}

HEADWAY_TICK_CODE void Scoreboard::Run::end() {
  if (lane_ == nullptr) return;
  SessionState& session = *lane_->session;
  const LaneValue result = merged(*lane_, key_, value_, order_);
  auto& cell = session.values()[key_];
  cell.publish(result.completed, result.total, cell.own_sequence() + count_);
  session.reporting->observed[key_] = now_;
  board_.changes_.touch(session.changes[key_]);
  board_.observer_.end_records(session.changes[key_]);
  lane_->parts()->drained += count_;
  lane_->found = true;
  all_ += std::exchange(count_, 0);
  lane_ = nullptr;
}

void Scoreboard::opened(SessionState& session) { touch(session.changes[Change::opened]); }

void Scoreboard::closed(SessionState& session, Outcome outcome) {
  session.final_outcome = outcome;
  touch(session.changes[Change::closed]);
}

void Scoreboard::forget(SessionState& session) noexcept {
  for (Change& change : session.changes) changes_.unlink(change);
}

}  // namespace headway::detail
