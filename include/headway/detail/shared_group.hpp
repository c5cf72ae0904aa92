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

/// How a key of a SharedReporter is reported on. The two take turns of their own on a lane, so that the second
/// kind is noticed without a look at each report.
enum class Kind : std::uint8_t { absolute = 1, relative = 2 };
[[nodiscard]] constexpr std::uint32_t turn_of(Kind kind, std::uint32_t key) noexcept {
  return kind == Kind::absolute ? key : key | 8;
}

struct ThreadCacheEntry {
  std::uint64_t group = 0;
  BusLane* lane = nullptr;
};

/// The thread's groups, by the low bits of their ids. Ids are never used twice in a process, so an entry
/// cannot be mistaken for another group's.
inline constexpr std::size_t thread_cache_size = 4;
using ThreadCache = std::array<ThreadCacheEntry, thread_cache_size>;
#if defined(_WIN32) && !defined(HEADWAY_STATIC)
// A DLL and its users cannot share a thread_local variable, only the way to it.
[[nodiscard]] HEADWAY_EXPORT ThreadCache& thread_cache() noexcept;
#else
#if defined(HEADWAY_STATIC)
inline constinit thread_local ThreadCache cache_of_this_thread{};
#else
// One for the library and its users: it is filled there and looked into here.
HEADWAY_EXPORT extern constinit thread_local ThreadCache cache_of_this_thread;
#endif
[[nodiscard]] inline ThreadCache& thread_cache() noexcept { return cache_of_this_thread; }
#endif

class SharedGroup {
 public:
  Status report(std::uint32_t key, std::uint64_t completed, std::uint64_t total) noexcept {
    BusLane* const lane = find();
    if (lane == nullptr) [[unlikely]]
      return report_first(key, completed, total);
    const ReportGuard guard(*lane);
    const std::uint32_t turn = turn_of(Kind::absolute, key);
    if (lane->folds_on(turn)) [[likely]]
      return lane->fold(turn, completed, total);
    if (!lane->admits(turn)) [[unlikely]]
      return report_first(key, completed, total);
    return BusLane::report_elsewhere<SharedRing>(*lane, turn, completed, total);
  }
  Status advance(std::uint32_t key, std::int64_t completed, std::int64_t more) noexcept {
    BusLane* const lane = find();
    if (lane == nullptr) [[unlikely]]
      return advance_first(key, completed, more);
    const ReportGuard guard(*lane);
    const std::uint32_t turn = turn_of(Kind::relative, key);
    const auto change = [completed, more](LaneValue now) {
      return LaneValue{moved_part(now.completed, completed), moved_part(now.total, more)};
    };
    if (lane->folds_on(turn)) [[likely]]
      return lane->fold_changed(turn, change);
    if (!lane->admits(turn)) [[unlikely]]
      return advance_first(key, completed, more);
    return lane->report_changed<SharedRing>(turn, change);
  }
  HEADWAY_EXPORT Status refuse_key() noexcept;

  std::uint64_t id = 0;
  Gate* gate = &inert_gate;

 protected:
  SharedGroup() = default;
  ~SharedGroup() = default;

 private:
  [[nodiscard]] BusLane* find() const noexcept {
    const ThreadCacheEntry& entry = thread_cache()[id % thread_cache_size];
    return entry.group == id ? entry.lane : nullptr;
  }

  // The rarities: the thread's first report, a key's first of its kind.
  HEADWAY_EXPORT Status report_first(std::uint32_t key, std::uint64_t completed,
                                     std::uint64_t total) noexcept;
  HEADWAY_EXPORT Status advance_first(std::uint32_t key, std::int64_t completed,
                                      std::int64_t more) noexcept;
};

}  // namespace headway::detail
