// SPDX-License-Identifier: MIT
//
// LaneRecord: a lane with what the bus keeps beside it. GroupState: the shared part of a SharedReporter.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include <headway/detail/lane_types.hpp>
#include <headway/detail/shared_group.hpp>
#include "core/merge.hpp"
#include "core/session_state.hpp"

namespace headway::detail {

struct GroupState;

struct LaneRecord : BusLane {
  std::uint32_t index = 0;
  /// False: marks are leftovers of the lane's last life. Released when the lane is ready, and acquired by
  /// the dispatcher before it touches anything else here.
  std::atomic<bool> active{false};

  // Set before `active`, cleared by the dispatcher when the lane retires.
  std::shared_ptr<SessionState> session;
  std::shared_ptr<GroupState> group;
  std::unique_ptr<OwnRing> ring;
  std::unique_ptr<BusLaneExtra> extra;

  // The dispatcher's own.
  bool is_hot = false;
  std::size_t hot_index = 0;
  /// Something was found in it in this tick.
  bool found = false;
  /// It is being closed, or has been: it is never heated again in this life.
  bool closing = false;
  /// It has been closed: what is still stored in it was refused.
  bool shut = false;
  /// Records of this lane that were drained from a ring.
  std::uint64_t drained = 0;
  std::chrono::steady_clock::time_point last_change;
  /// Nothing in the lane is older.
  std::chrono::steady_clock::time_point last_read;
  /// What this lane has contributed to its session's or its group's sums.
  std::array<LaneValue, keys_per_session> share{};
};

struct GroupState final : SharedGroup, std::enable_shared_from_this<GroupState> {
  std::shared_ptr<SessionState> session;
  std::unique_ptr<SharedRing> own_ring;

  /// Kinds seen by key, as bits of Kind. Set by the first thread to use a key so.
  std::array<std::atomic<std::uint8_t>, keys_per_session> kinds{};
  [[nodiscard]] bool has_relative(std::uint32_t key) const noexcept {
    return (kinds[key].load(std::memory_order_relaxed) &
            static_cast<std::uint8_t>(Kind::relative)) != 0;
  }
  /// False if the key has been used in the other kind, and that may not be mixed.
  [[nodiscard]] bool admit(Kind kind, std::uint32_t key) noexcept;

  // Under the bus's control mutex.
  bool ended = false;
  std::vector<std::shared_ptr<ThreadLane>> threads;

  /// For threads that find no memory for a lane of their own.
  ThreadLane fallback;
  std::mutex fallback_mutex;

  // The dispatcher's own.
  std::vector<LaneRecord*> hot;
  std::array<ValueSum, keys_per_session> relative_sums;
};

}  // namespace headway::detail
