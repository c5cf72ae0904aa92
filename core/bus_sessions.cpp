// SPDX-License-Identifier: MIT
//
// Sessions, reporters and the threads of shared reporters: how they come and go.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include <headway/detail/fences.hpp>
#include "core/bus_state.hpp"

namespace headway::detail {

namespace {

void check_name(const std::string& name) {
  constexpr std::size_t longest = 255;
  if (name.empty() || name.size() > longest) {
    throw std::invalid_argument("headway: a session's name has " + std::to_string(name.size()) +
                                " bytes; it must have 1 to 255");
  }
  if (name.find('\0') != std::string::npos) {
    throw std::invalid_argument("headway: a session's name must not contain a NUL byte");
  }
}

void check_merge(const SessionOptions& options) {
  if (options.merge <= Merge::latest) return;
  throw std::invalid_argument("headway: SessionOptions::merge is " +
                              std::to_string(static_cast<unsigned>(options.merge)) +
                              "; it must be unset, sum, furthest or latest");
}

void check_units(const SessionOptions& options) {
  for (const Unit unit : options.units) {
    if (unit <= Unit::bytes) continue;
    throw std::invalid_argument("headway: SessionOptions::units has " +
                                std::to_string(static_cast<unsigned>(unit)) +
                                "; it must be items or bytes");
  }
}

void check_ring(const ReporterOptions& options) {
  constexpr std::size_t largest = std::size_t{1} << 20;
  if (options.ring_capacity > largest) {
    throw std::invalid_argument("headway: ReporterOptions::ring_capacity is " +
                                std::to_string(options.ring_capacity) +
                                "; it must be from 0 to 1048576");
  }
}

/// Beside one that is open; each of the three ways to merge would be silently wrong for somebody.
void check_second(const SessionState& session) {
  if (session.merge != Merge::unset || session.control.reporters == 0) return;
  throw std::invalid_argument("headway: session \"" + session.name +
                              "\" has a reporter already; for several, say in "
                              "SessionOptions::merge how their values become "
                              "one: sum, furthest or latest");
}

std::unique_ptr<BusLaneExtra> make_extra(const SessionState& session, bool has_ring) {
  if (!has_ring && session.merge != Merge::latest) return nullptr;
  auto extra = std::make_unique<BusLaneExtra>();
  extra->has_ring = has_ring;
  return extra;
}

std::uint64_t next_group_id() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

std::shared_ptr<SessionState> BusState::open_session(std::string name,
                                                     const SessionOptions& session_options) {
  check_name(name);
  check_merge(session_options);
  check_units(session_options);
  std::unique_lock lock(mutex_);
  const SessionId id(++last_session_);
  lock.unlock();
  auto session =
      std::make_shared<SessionState>(shared_from_this(), id, std::move(name), session_options);
  lock.lock();
  if (stopping()) {
    session->control.outcome = Outcome::abandoned;
    session->gate.word.store(Gate::closed, std::memory_order_relaxed);
    return session;
  }
  make_room(commands_.arrived);
  sessions_.emplace(id, session);
  ++open_sessions_;
  commands_.arrived.emplace_back(session);
  has_commands_.store(true, std::memory_order_release);
  lock.unlock();
  intake_.interrupt_control();
  return session;
}

void BusState::close(SessionState& session, Outcome outcome, std::string detail) {
  {
    const std::lock_guard lock(mutex_);
    if (session.control.outcome) return;
    session.control.outcome = outcome;
    session.control.detail = std::move(detail);
    session.gate.word.fetch_or(Gate::closed, std::memory_order_relaxed);
    --open_sessions_;
    commands_.closed.push_back(session.shared_from_this());
    has_commands_.store(true, std::memory_order_release);
  }
  intake_.interrupt_control();
}

void BusState::cancel(SessionState& session) noexcept {
  std::uint32_t word = session.gate.word.load(std::memory_order_relaxed);
  // Not once it is closed: its reports go on answering `closed`.
  while ((word & Gate::closed) == 0 && word != Gate::inert &&
         !session.gate.word.compare_exchange_weak(word, word | Gate::canceled,
                                                  std::memory_order_relaxed)) {
  }
}

bool BusState::cancel(SessionId id) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second->control.outcome) return false;
  cancel(*found->second);
  return true;
}

void BusState::note(SessionState& session, std::string_view text) {
  std::string copy(text);
  const std::lock_guard lock(mutex_);
  session.control.note.swap(copy);
}

std::vector<LaneRecord*> BusState::lanes_of(const SessionState& session) const {
  const std::lock_guard lock(mutex_);
  return session.control.lanes;
}

Outcome BusState::outcome_of(const SessionState& session) const {
  const std::lock_guard lock(mutex_);
  return session.control.outcome.value_or(Outcome::abandoned);
}

void BusState::retire_session(const std::shared_ptr<SessionState>& session) {
  std::shared_ptr<SessionState> oldest;
  const std::lock_guard lock(mutex_);
  closed_sessions_.push_back(session->id);
  if (closed_sessions_.size() <= options.closed_sessions_kept) return;
  const auto found = sessions_.find(closed_sessions_.front());
  closed_sessions_.pop_front();
  if (found == sessions_.end()) return;
  oldest = std::move(found->second);
  sessions_.erase(found);
}

LaneRecord& BusState::add_lane(const std::shared_ptr<SessionState>& session,
                               std::shared_ptr<GroupState> group, std::unique_ptr<OwnRing> ring,
                               std::unique_ptr<BusLaneExtra> extra) {
  make_room(session->control.lanes);
  LaneRecord& lane = lanes_.acquire();
  lane.session = session;
  lane.group = std::move(group);
  lane.ring = std::move(ring);
  lane.extra = std::move(extra);
  if (lane.extra) lane.extra->lane = lane.index;
  const bool has_ring = lane.extra && lane.extra->has_ring;
  lane.open(&intake_, lane.index, lane.extra.get(), !asymmetric(), has_ring);
  lane.active.store(true, std::memory_order_release);
  session->control.lanes.push_back(&lane);
  return lane;
}

ReportPath BusState::open_lane(const std::shared_ptr<SessionState>& session,
                               const ReporterOptions& reporter) {
  check_ring(reporter);
  const bool has_ring = reporter.ring_capacity != 0;
  std::unique_ptr<OwnRing> ring;
  if (has_ring) ring = std::make_unique<OwnRing>(reporter.ring_capacity);
  std::unique_ptr<BusLaneExtra> extra = make_extra(*session, has_ring);
  const std::lock_guard lock(mutex_);
  if (session->control.outcome) return {&session->gate, nullptr, nullptr, &intake_};
  check_second(*session);
  LaneRecord& lane = add_lane(session, nullptr, std::move(ring), std::move(extra));
  if (++session->control.reporters > 1 && session->merge == Merge::latest) {
    session->gate.word.fetch_or(Gate::stamped, std::memory_order_relaxed);
  }
  return {&session->gate, &lane, lane.ring.get(), &intake_};
}

void BusState::end_lane(LaneRecord& lane) noexcept {
  if (dispatcher_.settled()) {
    // Nobody reads the lanes any more.
    std::erase(lane.session->control.lanes, &lane);
    const std::shared_ptr<SessionState> last = lane.session;
    LaneTable::clear(lane);
    lanes_.release(lane);
    return;
  }
  commands_.ended.push_back(&lane);
  has_commands_.store(true, std::memory_order_release);
}

void BusState::end_reporter(SessionState& session, BusLane* lane) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (lane == nullptr) return;
    --session.control.reporters;
    end_lane(static_cast<LaneRecord&>(*lane));
  }
  intake_.interrupt_control();
}

void BusState::release_lanes(const std::vector<LaneRecord*>& lanes,
                             const std::vector<std::shared_ptr<SessionState>>& sessions) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    std::erase(sessions[i]->control.lanes, lanes[i]);
    lanes_.release(*lanes[i]);
  }
}

std::shared_ptr<SharedGroup> BusState::open_group(const std::shared_ptr<SessionState>& session,
                                                  const ReporterOptions& reporter) {
  check_ring(reporter);
  const bool has_ring = reporter.ring_capacity != 0;
  auto group = std::make_shared<GroupState>();
  group->id = next_group_id();
  group->gate = &session->gate;
  group->session = session;
  if (has_ring) group->own_ring = std::make_unique<SharedRing>(reporter.ring_capacity);
  group->ring = group->own_ring.get();
  std::unique_ptr<BusLaneExtra> extra = make_extra(*session, has_ring);
  const std::lock_guard lock(mutex_);
  if (session->control.outcome) {
    group->ended = true;
    return group;
  }
  check_second(*session);
  group->fallback.lane = &add_lane(session, group, nullptr, std::move(extra));
  ++session->control.reporters;
  if (session->merge == Merge::latest) {
    session->gate.word.fetch_or(Gate::stamped, std::memory_order_relaxed);
  }
  return group;
}

void BusState::end_group(GroupState& group) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (group.ended) return;
    group.ended = true;
    --group.session->control.reporters;
    end_lane(static_cast<LaneRecord&>(*group.fallback.lane));
    for (const auto& place : group.threads) end_lane(static_cast<LaneRecord&>(*place->lane));
    group.threads.clear();
  }
  intake_.interrupt_control();
}

std::shared_ptr<ThreadLane> BusState::attach_thread(GroupState& group) {
  const bool has_ring = group.ring != nullptr;
  auto place = std::make_shared<ThreadLane>();
  std::unique_ptr<BusLaneExtra> extra = make_extra(*group.session, has_ring);
  const std::lock_guard lock(mutex_);
  if (group.ended || group.session->control.outcome) return nullptr;
  make_room(group.threads);
  auto self =
      std::static_pointer_cast<GroupState>(static_cast<LaneRecord&>(*group.fallback.lane).group);
  place->lane = &add_lane(group.session, std::move(self), nullptr, std::move(extra));
  group.threads.push_back(place);
  return place;
}

void BusState::detach_thread(GroupState& group, const std::shared_ptr<ThreadLane>& place) noexcept {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(group.threads, place);
    if (found == group.threads.end()) return;
    group.threads.erase(found);
    end_lane(static_cast<LaneRecord&>(*place->lane));
  }
  intake_.interrupt_control();
}

}  // namespace headway::detail
