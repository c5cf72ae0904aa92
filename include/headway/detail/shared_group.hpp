// SPDX-License-Identifier: MIT
//
// SharedGroup: what the threads of one SharedReporter share. Each thread reports on a lane of its own,
// found through a small thread-local cache; lanes that have a ring share one.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <headway/detail/export.hpp>
#include <headway/detail/gate.hpp>
#include <headway/detail/lane_types.hpp>
#include <headway/detail/reentry.hpp>
#include <headway/detail/relative.hpp>
#include <headway/status.hpp>
#include <headway/vocabulary.hpp>

namespace headway::detail {

/// How a key of a SharedReporter is reported on.
enum class Kind : std::uint8_t { absolute = 1, relative = 2 };

/// One thread's lane in one group.
struct ThreadLane {
  BusLane* lane = nullptr;
  /// Keys that have been admitted, by kind: absolute in bits 0-5, relative in bits 6-11.
  std::uint32_t admitted = 0;
};

struct ThreadCacheEntry {
  std::uint64_t group = 0;
  ThreadLane* place = nullptr;
};

/// The thread's groups, by the low bits of their ids. Ids are never used twice in a process, so an entry
/// cannot be mistaken for another group's.
inline constexpr std::size_t thread_cache_size = 4;
inline constinit thread_local std::array<ThreadCacheEntry, thread_cache_size> thread_cache{};

class SharedGroup {
 public:
  Status report(std::uint32_t key, std::uint64_t completed, std::uint64_t total) noexcept {
    ThreadLane* place = find();
    if (place == nullptr || !admits(*place, Kind::absolute, key)) [[unlikely]] {
      return report_first(key, completed, total);
    }
    const ReportGuard guard(*gate, place->lane);
    if (!gate->is_open()) [[unlikely]]
      return report_gated(*place, key, completed, total);
    return place->lane->report(ring, key, completed, total);
  }
  Status advance(std::uint32_t key, std::int64_t completed, std::int64_t more) noexcept {
    ThreadLane* place = find();
    if (place == nullptr || !admits(*place, Kind::relative, key)) [[unlikely]] {
      return advance_first(key, completed, more);
    }
    const ReportGuard guard(*gate, place->lane);
    const auto change = [completed, more](LaneValue now) {
      return LaneValue{moved_part(now.completed, completed), moved_part(now.total, more)};
    };
    if (!gate->is_open()) [[unlikely]] {
      const LaneValue value = change(place->lane->current(key));
      return report_gated(*place, key, value.completed, value.total);
    }
    return place->lane->report_changed(ring, key, change);
  }
  HEADWAY_EXPORT Status refuse_key() noexcept;

  std::uint64_t id = 0;
  Gate* gate = &inert_gate;
  SharedRing* ring = nullptr;

 protected:
  SharedGroup() = default;
  ~SharedGroup() = default;

 private:
  [[nodiscard]] ThreadLane* find() const noexcept {
    const ThreadCacheEntry& entry = thread_cache[id % thread_cache_size];
    return entry.group == id ? entry.place : nullptr;
  }
  [[nodiscard]] static bool admits(const ThreadLane& place, Kind kind, std::uint32_t key) noexcept {
    return (place.admitted >> (kind == Kind::absolute ? key : key + keys_per_session) & 1) != 0;
  }

  // The rarities: the thread's first report, a key's first of its kind, a gate that is not open.
  HEADWAY_EXPORT Status report_first(std::uint32_t key, std::uint64_t completed,
                                     std::uint64_t total) noexcept;
  HEADWAY_EXPORT Status advance_first(std::uint32_t key, std::int64_t completed,
                                      std::int64_t more) noexcept;
  HEADWAY_EXPORT Status report_gated(ThreadLane& place, std::uint32_t key, std::uint64_t completed,
                                     std::uint64_t total) noexcept;
};

}  // namespace headway::detail
