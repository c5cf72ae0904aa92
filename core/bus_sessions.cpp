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
  if (session.merge != Merge::unset || session.reporters() == 0) return;
  throw std::invalid_argument("headway: session \"" + session.name +
                              "\" has a reporter already; for several, say in "
                              "SessionOptions::merge how their values become "
                              "one: sum, furthest or latest");
}

/// The parts of a lane in the session, with a ring or without. Null if it needs none.
std::unique_ptr<LaneParts> make_parts(const SessionState& session, bool has_ring) {
  if (!has_ring && session.merge != Merge::latest) return nullptr;
  return std::make_unique<LaneParts>();
}
std::unique_ptr<LaneParts> make_parts(const SessionState& session, const GroupState& group) {
  auto parts = make_parts(session, group.own_ring != nullptr);
  if (parts) parts->ring = group.own_ring.get();
  return parts;
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
  session->show();
  sessions_.add(session);
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
    make_room(commands_.closed);
    session.control.outcome = outcome;
    if (board::Slot* const slot = session.slot()) Board::set_closing(*slot, outcome, detail);
    session.set_detail(std::move(detail));
    shut_gate(session);
    --open_sessions_;
    commands_.closed.push_back(session.shared_from_this());
    has_commands_.store(true, std::memory_order_release);
  }
  intake_.interrupt_control();
}

void BusState::shut_gate(SessionState& session) noexcept {
  session.gate.word.fetch_or(Gate::closed, std::memory_order_relaxed);
  // No barrier: a report that is just taking the turn and misses this finds its lane closing, or closed.
  for (LaneRecord* const lane : session.lanes()) lane->take_turn_away();
}

void BusState::change_gate(SessionState& session, Gate::Bits bit) noexcept {
  if (!session.lanes().empty()) {
    session.gate.word.fetch_or(Gate::changing, std::memory_order_relaxed);
    heavy_barrier();
    for (LaneRecord* const lane : session.lanes()) lane->take_turn_away();
  }
  // Whoever sees the bit sees that the turns are gone.
  session.gate.word.fetch_or(bit, std::memory_order_release);
}

void BusState::cancel(SessionState& session) noexcept {
  if (session.bus->inert()) return;
  const std::lock_guard lock(session.bus->mutex_);
  cancel_locked(session);
}

bool BusState::cancel_locked(SessionState& session) noexcept {
  // Not once it is closed: its reports go on answering `closed`.
  if (session.control.outcome) return false;
  if (!session.gate.is_canceled()) {
    change_gate(session, Gate::canceled);
    if (board::Slot* const slot = session.slot()) Board::set_canceled(*slot);
  }
  return true;
}

bool BusState::cancel(SessionId id) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  return found && cancel_locked(*found);
}

void BusState::note(SessionState& session, std::string_view text) {
  std::string copy(text);
  const std::lock_guard lock(mutex_);
  session.swap_note(copy);
}

std::vector<LaneRecord*> BusState::lanes_of(const SessionState& session) const {
  const std::lock_guard lock(mutex_);
  const auto lanes = session.lanes();
  return {lanes.begin(), lanes.end()};
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
  oldest = sessions_.take(closed_sessions_.front());
  if (oldest) {
    if (board::Slot* const slot = oldest->slot()) Board::hide(*slot);
  }
  closed_sessions_.pop_front();
}

LaneRecord& BusState::add_lane(const std::shared_ptr<SessionState>& session,
                               std::shared_ptr<GroupState> group,
                               std::unique_ptr<LaneParts> parts) {
  session->prepare_reporting();
  session->reporting->lanes.make_room();
  std::unique_ptr<LaneShares> shares;
  if (group || session->merge == Merge::sum) shares = std::make_unique<LaneShares>();
  LaneRecord& lane = lanes_.acquire();
  lane.session = session;
  lane.group = std::move(group);
  lane.shares = std::move(shares);
  if (parts) parts->lane = lane.index;
  lane.open(session->gate, intake_, lane.index, parts.release(), !asymmetric());
  lane.active.store(true, std::memory_order_release);
  session->reporting->lanes.add(lane);
  return lane;
}

BusLane& BusState::open_lane(const std::shared_ptr<SessionState>& session,
                             const ReporterOptions& reporter) {
  check_ring(reporter);
  std::unique_ptr<LaneParts> parts = make_parts(*session, reporter.ring_capacity != 0);
  if (reporter.ring_capacity != 0) {
    parts->own_ring = std::make_unique<OwnRing>(reporter.ring_capacity);
    parts->ring = parts->own_ring.get();
  }
  const std::lock_guard lock(mutex_);
  if (session->control.outcome) {
    return session->gate.is_canceled() ? canceled_lane_ : closed_lane_;
  }
  check_second(*session);
  LaneRecord& lane = add_lane(session, nullptr, std::move(parts));
  if (++session->reporting->reporters > 1 && session->merge == Merge::latest) {
    change_gate(*session, Gate::stamped);
  }
  return lane;
}

void BusState::end_lane(LaneRecord& lane) noexcept {
  if (dispatcher_.settled()) {
    // Nobody reads the lanes any more.
    lane.session->reporting->lanes.remove(lane);
    const std::shared_ptr<SessionState> last = lane.session;
    LaneTable::clear(lane);
    lanes_.release(lane);
    return;
  }
  commands_.ended.push_back(&lane);
  has_commands_.store(true, std::memory_order_release);
}

void BusState::end_reporter(SessionState& session, BusLane& lane) noexcept {
  if (&lane == &closed_lane_ || &lane == &canceled_lane_) return;
  {
    const std::lock_guard lock(mutex_);
    --session.reporting->reporters;
    end_lane(static_cast<LaneRecord&>(lane));
  }
  intake_.interrupt_control();
}

void BusState::release_lanes(const std::vector<LaneRecord*>& lanes,
                             const std::vector<std::shared_ptr<SessionState>>& sessions) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    sessions[i]->reporting->lanes.remove(*lanes[i]);
    lanes_.release(*lanes[i]);
  }
}

std::shared_ptr<SharedGroup> BusState::open_group(const std::shared_ptr<SessionState>& session,
                                                  const ReporterOptions& reporter) {
  check_ring(reporter);
  auto group = std::make_shared<GroupState>();
  group->id = next_group_id();
  group->gate = &session->gate;
  group->session = session;
  if (reporter.ring_capacity != 0) {
    group->own_ring = std::make_unique<SharedRing>(reporter.ring_capacity);
  }
  std::unique_ptr<LaneParts> parts = make_parts(*session, *group);
  const std::lock_guard lock(mutex_);
  if (session->control.outcome) {
    group->ended = true;
    return group;
  }
  check_second(*session);
  group->fallback = &add_lane(session, group, std::move(parts));
  ++session->reporting->reporters;
  if (session->merge == Merge::latest) change_gate(*session, Gate::stamped);
  return group;
}

void BusState::end_group(GroupState& group) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (group.ended) return;
    group.ended = true;
    --group.session->reporting->reporters;
    end_lane(*group.fallback);
    for (LaneRecord* const lane : group.threads) end_lane(*lane);
    group.threads.clear();
  }
  intake_.interrupt_control();
}

LaneRecord* BusState::attach_thread(GroupState& group) {
  std::unique_ptr<LaneParts> parts = make_parts(*group.session, group);
  const std::lock_guard lock(mutex_);
  if (group.ended || group.session->control.outcome) return nullptr;
  make_room(group.threads);
  LaneRecord& lane = add_lane(group.session, group.fallback->group, std::move(parts));
  group.threads.push_back(&lane);
  return &lane;
}

void BusState::detach_thread(GroupState& group, LaneRecord& lane) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (std::erase(group.threads, &lane) == 0) return;
    end_lane(lane);
  }
  intake_.interrupt_control();
}

}  // namespace headway::detail
