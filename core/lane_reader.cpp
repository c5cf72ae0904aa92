// SPDX-License-Identifier: MIT
#include "core/lane_reader.hpp"
#include "core/working_set.hpp"

#include <algorithm>

#include <headway/detail/fences.hpp>

namespace headway::detail {

namespace {
/// More would only push each other out of the cache.
constexpr std::size_t prefetched_lanes = 8;
}  // namespace

HEADWAY_TICK_CODE void LaneReader::take_marks(time_point now) {
  intake_.inbox.take([&](std::size_t index) {
    LaneRecord& lane = lanes_.at(index);
    if (!lane.active.load(std::memory_order_acquire)) return;
    if (!lane.is_hot && !lane.closing) heat(lane, now);
  });
}

HEADWAY_RARE_CODE void LaneReader::heat(LaneRecord& lane, time_point now) {
  lane.hot_index = static_cast<std::uint32_t>(hot_.size());
  hot_.push_back(&lane);
  if (lane.group) {
    if (lane.group->hot.empty()) hot_groups_.push_back(lane.group);
    lane.group->hot.push_back(&lane);
  }
  lane.is_hot = true;
  lane.last_change = now;
  lane.heat();
}

void LaneReader::drop(LaneRecord& lane) noexcept {
  if (!lane.is_hot) return;
  hot_[lane.hot_index] = hot_.back();
  hot_[lane.hot_index]->hot_index = lane.hot_index;
  hot_.pop_back();
  leave_list(lane);
}

void LaneReader::leave_list(LaneRecord& lane) noexcept {
  lane.is_hot = false;
  if (!lane.group) return;
  std::erase(lane.group->hot, &lane);
  if (lane.group->hot.empty()) std::erase(hot_groups_, lane.group);
}

HEADWAY_TICK_CODE bool LaneReader::read_hot(time_point now) {
  bool unread = false;
  for (LaneRecord* const lane : hot_) {
    if (!lane->group) read_lane(*lane, now, unread);
  }
  for (const auto& group : hot_groups_) read_group(*group, group->hot, now, unread);
  for (LaneRecord* const lane : hot_) note_read(*lane, now);
  return !unread;
}

void LaneReader::prefetch() const noexcept {
  const auto first = std::span(hot_).first(std::min(hot_.size(), prefetched_lanes));
  for (const LaneRecord* const lane : first) prefetch_object(*lane);
  for (const LaneRecord* const lane : first) {
    if (const SessionState* const session = lane->session.get()) {
      prefetch_object(*session);
      if (const board::Slot* const slot = session->slot()) prefetch_object(slot->values);
      if (session->reporting) prefetch_object(*session->reporting);
    }
  }
}

HEADWAY_TICK_CODE void LaneReader::note_read(LaneRecord& lane, time_point now) noexcept {
  if (lane.found) {
    // It was reported after the lane was last read, and not before the lane was marked.
    const time_point marked{std::chrono::nanoseconds(static_cast<std::int64_t>(lane.marked_at()))};
    const time_point since = std::max(lane.last_read, marked);
    if (!oldest_ || since < *oldest_) oldest_ = since;
    lane.last_change = now;
    lane.found = false;
  }
  lane.last_read = now;
}

HEADWAY_TICK_CODE void LaneReader::read_lane(LaneRecord& lane, time_point now, bool& unread) {
  // The cells before the ring: what a fold waited for in the ring was pushed before it.
  const BusLane::Copies copies = lane.copy_changed();
  unread |= copies.unread;
  if (OwnRing* const ring = lane.own_ring()) {
    Scoreboard::Run run(board_, now);
    ring->drain(lane.parts()->heard, [&](const Record& record) { run.take(lane, record); });
    reports_ += run.finish();
  }
  take_copies(lane, copies, now);
}

HEADWAY_RARE_CODE void LaneReader::read_group(GroupState& group, std::span<LaneRecord* const> lanes,
                                              time_point now, bool& unread) {
  group_copies_.clear();
  for (LaneRecord* const lane : lanes) {
    group_copies_.push_back(lane->copy_changed());
    unread |= group_copies_.back().unread;
  }
  if (group.own_ring) {
    Scoreboard::Run run(board_, now);
    group.own_ring->drain([&](const Record& record) {
      LaneRecord& lane = lanes_.at(record.lane);
      // A lane that is shut has said what was too late; others of its group may still bring it up.
      if (!lane.shut) run.take(lane, record);
    });
    reports_ += run.finish();
  }
  for (std::size_t i = 0; i < lanes.size(); ++i) take_copies(*lanes[i], group_copies_[i], now);
}

HEADWAY_TICK_CODE void LaneReader::take_copies(LaneRecord& lane, const BusLane::Copies& copies,
                                               time_point now) {
  if (copies.count == 0) return;
  for (std::uint32_t i = 0; i < copies.count; ++i) {
    const CellValue& value = copies.values[i];
    const std::uint32_t key = copies.keys[i];
    const std::uint64_t reports = lane.accept(key, value);
    board_.apply(lane, key, {value.completed, value.total}, value.order, reports, now);
    reports_ += reports;
    folds_ += reports;
  }
  lane.found = true;
  // Only now may the provider use its ring again: nothing newer than these folds is in it yet.
  if (lane.has_ring() && !lane.closing) lane.acknowledge();
}

HEADWAY_RARE_CODE bool LaneReader::has_more(const LaneRecord& lane) const noexcept {
  if (lane.changed()) return true;
  if (const OwnRing* const ring = lane.own_ring()) return !ring->empty();
  return lane.group && lane.group->own_ring && !lane.group->own_ring->empty();
}

HEADWAY_TICK_CODE void LaneReader::cool(time_point now, std::chrono::nanoseconds quiet) {
  const auto is_quiet = [&](const LaneRecord* lane) { return now - lane->last_change >= quiet; };
  const auto first_quiet = std::partition(hot_.begin(), hot_.end(),
                                          [&](const LaneRecord* lane) { return !is_quiet(lane); });
  if (first_quiet == hot_.end()) return;
  for (auto lane = first_quiet; lane != hot_.end(); ++lane) (*lane)->cool();
  heavy_barrier();
  const auto first_cold = std::partition(first_quiet, hot_.end(),
                                         [&](const LaneRecord* lane) { return has_more(*lane); });
  for (auto lane = first_quiet; lane != first_cold; ++lane) {
    (*lane)->heat();
    (*lane)->last_change = now;
  }
  for (auto lane = first_cold; lane != hot_.end(); ++lane) {
    (*lane)->last_read = now;
    leave_list(**lane);
  }
  hot_.erase(first_cold, hot_.end());
  for (std::size_t i = 0; i < hot_.size(); ++i) hot_[i]->hot_index = static_cast<std::uint32_t>(i);
}

void LaneReader::begin_closing(std::span<LaneRecord* const> lanes) {
  if (lanes.empty()) return;
  for (LaneRecord* const lane : lanes) {
    drop(*lane);
    lane->closing = true;
    lane->begin_closing();
  }
  heavy_barrier();
}

bool LaneReader::try_close(std::span<LaneRecord* const> lanes, time_point now) {
  bool all = true;
  for (LaneRecord* const lane : lanes) {
    while (!lane->shut) {
      // A provider that was stopped in the middle of a store hides the report before it, which counts.
      // It will finish the store, see that its lane is closing, and ask for another look.
      if (!take_all(*lane, now)) {
        all = false;
        break;
      }
      lane->shut = lane->finish_closing(lane->drained());
    }
  }
  return all;
}

bool LaneReader::take_all(LaneRecord& lane, time_point now) {
  bool unread = false;
  if (lane.group) {
    LaneRecord* const only = &lane;
    read_group(*lane.group, {&only, 1}, now, unread);
  } else {
    read_lane(lane, now, unread);
  }
  note_read(lane, now);
  return !unread;
}

void LaneReader::retire(LaneRecord& lane, time_point now) {
  drop(lane);
  if (!lane.shut) static_cast<void>(take_all(lane, now));
  LaneTable::clear(lane);
}

}  // namespace headway::detail
