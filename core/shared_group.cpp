// SPDX-License-Identifier: MIT
//
// A thread's lanes in the shared reporters that it uses: found here when the cache of shared_group.hpp does
// not know, and handed on when the thread ends.
#include <headway/detail/shared_group.hpp>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <vector>

#include "core/bus_state.hpp"
#include "core/per_thread.hpp"

namespace headway::detail {

namespace {

/// This thread's lanes, by group. The groups are not kept alive by it.
class ThreadLanes {
 public:
  ThreadLanes() = default;
  ThreadLanes(const ThreadLanes&) = delete;
  ThreadLanes& operator=(const ThreadLanes&) = delete;
  ~ThreadLanes() {
    over = true;
    for (Entry& entry : entries_) {
      if (const auto group = entry.group.lock()) end(*group, *entry.lane);
    }
    thread_cache().fill({});
  }

  /// Null if the session is closed. Throws when there is no memory or no lane left.
  [[nodiscard]] BusLane* find(GroupState& group) {
    for (const Entry& entry : entries_) {
      if (entry.id == group.id) return entry.lane;
    }
    std::erase_if(entries_, [](const Entry& entry) { return entry.group.expired(); });
    entries_.reserve(entries_.size() + 1);
    BusState& bus = *group.session->bus;
    LaneRecord* const lane = bus.attach_thread(group);
    if (lane != nullptr) entries_.push_back({group.id, group.weak_from_this(), lane});
    return lane;
  }

  /// True once this thread's lanes have been handed on: it is ending.
  static constinit thread_local bool over;

 private:
  struct Entry {
    std::uint64_t id;
    std::weak_ptr<GroupState> group;
    LaneRecord* lane;
  };
  static void end(GroupState& group, LaneRecord& lane) {
    BusState& bus = *group.session->bus;
    if (!bus.inert()) bus.detach_thread(group, lane);
  }

  std::vector<Entry> entries_;
};

constinit thread_local bool ThreadLanes::over = false;

/// Null: use the fallback.
BusLane* find_lane(GroupState& group) noexcept {
  if (ThreadLanes::over) return nullptr;
  try {
    BusLane* const lane = per_thread<ThreadLanes>().find(group);
    if (lane != nullptr) thread_cache()[group.id % thread_cache_size] = {group.id, lane};
    return lane;
  } catch (const std::exception&) {
    return nullptr;
  }
}

Status refuse(const GroupState& group) noexcept {
  // Of a session that has just been closed the thread's lane may still have the turn.
  const ThreadCacheEntry& entry = thread_cache()[group.id % thread_cache_size];
  if (entry.group == group.id) entry.lane->take_turn_away();
  return refuse_by(*group.gate, &group.session->bus->intake());
}

Status refuse_kind(GroupState& group) noexcept {
  group.session->bus->intake().refused_invalid.fetch_add(1, std::memory_order_relaxed);
  return Status::invalid_argument;
}

}  // namespace

#if defined(_WIN32) && !defined(HEADWAY_STATIC)
ThreadCache& thread_cache() noexcept {
  static constinit thread_local ThreadCache cache{};
  return cache;
}
#elif !defined(HEADWAY_STATIC)
constinit thread_local ThreadCache cache_of_this_thread{};
#endif

bool GroupState::admit(Kind kind, std::uint32_t key) noexcept {
  const auto bit = static_cast<std::uint8_t>(kind);
  if (session->merge == Merge::sum) {
    kinds[key].fetch_or(bit, std::memory_order_relaxed);
    return true;
  }
  std::uint8_t seen = 0;
  return kinds[key].compare_exchange_strong(seen, bit, std::memory_order_relaxed) || seen == bit;
}

Status SharedGroup::report_first(std::uint32_t key, std::uint64_t completed,
                                 std::uint64_t total) noexcept {
  if (id == 0) return Status::closed;
  auto& group = static_cast<GroupState&>(*this);
  if (gate->refuses()) return refuse(group);
  if (!group.admit(Kind::absolute, key)) return refuse_kind(group);
  const std::uint32_t turn = turn_of(Kind::absolute, key);
  if (BusLane* const lane = find_lane(group)) {
    lane->admit(turn);
    return lane->report<SharedRing>(turn, completed, total);
  }
  const std::lock_guard lock(group.fallback_mutex);
  if (group.fallback == nullptr) return refuse(group);
  return group.fallback->report<SharedRing>(turn, completed, total);
}

Status SharedGroup::advance_first(std::uint32_t key, std::int64_t completed,
                                  std::int64_t more) noexcept {
  if (id == 0) return Status::closed;
  auto& group = static_cast<GroupState&>(*this);
  if (gate->refuses()) return refuse(group);
  if (!group.admit(Kind::relative, key)) return refuse_kind(group);
  const std::uint32_t turn = turn_of(Kind::relative, key);
  const auto change = [completed, more](LaneValue now) {
    return LaneValue{moved_part(now.completed, completed), moved_part(now.total, more)};
  };
  if (BusLane* const lane = find_lane(group)) {
    lane->admit(turn);
    return lane->report_changed<SharedRing>(turn, change);
  }
  const std::lock_guard lock(group.fallback_mutex);
  if (group.fallback == nullptr) return refuse(group);
  return group.fallback->report_changed<SharedRing>(turn, change);
}

Status SharedGroup::refuse_key() noexcept {
  if (id != 0) return refuse_kind(static_cast<GroupState&>(*this));
  return Status::invalid_argument;
}

}  // namespace headway::detail
