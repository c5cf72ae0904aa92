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

namespace headway::detail {

namespace {

/// This thread's places, by group. The groups are not kept alive by it.
class ThreadPlaces {
 public:
  ThreadPlaces() = default;
  ThreadPlaces(const ThreadPlaces&) = delete;
  ThreadPlaces& operator=(const ThreadPlaces&) = delete;
  ~ThreadPlaces() {
    over = true;
    for (Entry& entry : entries_) {
      if (const auto group = entry.group.lock()) end(*group, entry.place);
    }
    thread_cache.fill({});
  }

  /// Null if the session is closed. Throws when there is no memory or no lane left.
  [[nodiscard]] ThreadLane* find(GroupState& group) {
    for (const Entry& entry : entries_) {
      if (entry.id == group.id) return entry.place.get();
    }
    std::erase_if(entries_, [](const Entry& entry) { return entry.group.expired(); });
    entries_.reserve(entries_.size() + 1);
    BusState& bus = *group.session->bus;
    auto place = bus.attach_thread(group);
    if (!place) return nullptr;
    ThreadLane* const found = place.get();
    entries_.push_back({group.id, group.weak_from_this(), std::move(place)});
    return found;
  }

  /// True once this thread's places have been handed on: it is ending.
  static constinit thread_local bool over;

 private:
  struct Entry {
    std::uint64_t id;
    std::weak_ptr<GroupState> group;
    std::shared_ptr<ThreadLane> place;
  };
  static void end(GroupState& group, const std::shared_ptr<ThreadLane>& place) {
    BusState& bus = *group.session->bus;
    if (!bus.inert()) bus.detach_thread(group, place);
  }

  std::vector<Entry> entries_;
};

constinit thread_local bool ThreadPlaces::over = false;

/// Null: use the fallback.
ThreadLane* find_place(GroupState& group) noexcept {
  if (ThreadPlaces::over) return nullptr;
  try {
    static thread_local ThreadPlaces places;
    ThreadLane* const place = places.find(group);
    if (place != nullptr) thread_cache[group.id % thread_cache_size] = {group.id, place};
    return place;
  } catch (const std::exception&) {
    return nullptr;
  }
}

Status refuse(const GroupState& group) noexcept {
  return detail::refuse(*group.gate, &group.session->bus->intake());
}

void note_kind(ThreadLane& place, Kind kind, std::uint32_t key) noexcept {
  place.admitted |= 1U << (kind == Kind::absolute ? key : key + keys_per_session);
}

Status refuse_kind(GroupState& group) noexcept {
  group.session->bus->intake().refused_invalid.fetch_add(1, std::memory_order_relaxed);
  return Status::invalid_argument;
}

}  // namespace

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
  if (ThreadLane* const place = find_place(group)) {
    note_kind(*place, Kind::absolute, key);
    return report(key, completed, total);
  }
  const std::lock_guard lock(group.fallback_mutex);
  if (group.fallback.lane == nullptr) return refuse(group);
  return report_gated(group.fallback, key, completed, total);
}

Status SharedGroup::advance_first(std::uint32_t key, std::int64_t completed,
                                  std::int64_t more) noexcept {
  if (id == 0) return Status::closed;
  auto& group = static_cast<GroupState&>(*this);
  if (gate->refuses()) return refuse(group);
  if (!group.admit(Kind::relative, key)) return refuse_kind(group);
  if (ThreadLane* const place = find_place(group)) {
    note_kind(*place, Kind::relative, key);
    return advance(key, completed, more);
  }
  const std::lock_guard lock(group.fallback_mutex);
  if (group.fallback.lane == nullptr) return refuse(group);
  const LaneValue now = group.fallback.lane->current(key);
  return report_gated(group.fallback, key, moved_part(now.completed, completed),
                      moved_part(now.total, more));
}

Status SharedGroup::report_gated(ThreadLane& place, std::uint32_t key, std::uint64_t completed,
                                 std::uint64_t total) noexcept {
  if (gate->refuses()) return refuse(static_cast<GroupState&>(*this));
  if (gate->is_open()) return place.lane->report(ring, key, completed, total);
  const std::uint64_t order = gate->order.fetch_add(1, std::memory_order_relaxed) + 1;
  return place.lane->report_ordered(ring, key, completed, total, order);
}

Status SharedGroup::refuse_key() noexcept {
  if (id != 0) return refuse_kind(static_cast<GroupState&>(*this));
  return Status::invalid_argument;
}

}  // namespace headway::detail
