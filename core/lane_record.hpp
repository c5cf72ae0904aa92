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

/// What a lane has beside its own memory if it has a ring, or if its session orders reports by stamps.
struct LaneParts : BusLaneExtra {
  /// Null if it shares a group's.
  std::unique_ptr<OwnRing> own_ring;
  /// Records of this lane that were drained from a ring.
  std::uint64_t drained = 0;
};

/// What a lane has contributed to its session's or its group's sums.
using LaneShares = std::array<LaneValue, keys_per_session>;

struct LaneRecord : BusLane {
  // The dispatcher's own, but for `active`.

  /// False: marks are leftovers of the lane's last life. Released when the lane is ready, and acquired by
  /// the dispatcher before it touches anything else here.
  std::atomic<bool> active{false};
  bool is_hot = false;
  /// Something was found in it in this tick.
  bool found = false;
  /// It is being closed, or has been: it is never heated again in this life.
  bool closing = false;
  /// It has been closed: what is still stored in it was refused.
  bool shut = false;
  std::uint32_t index = 0;
  std::uint32_t hot_index = 0;
  std::chrono::steady_clock::time_point last_change;
  /// Nothing in the lane is older.
  std::chrono::steady_clock::time_point last_read;

  // Set before `active`, cleared by the dispatcher when the lane retires.
  std::shared_ptr<SessionState> session;
  std::shared_ptr<GroupState> group;
  /// Null where nothing is added up.
  std::unique_ptr<LaneShares> shares;

  LaneRecord() = default;
  LaneRecord(const LaneRecord&) = delete;
  LaneRecord& operator=(const LaneRecord&) = delete;
  ~LaneRecord() { delete parts(); }

  /// Null, or made by whoever opened the lane, and owned by it.
  [[nodiscard]] LaneParts* parts() const noexcept { return static_cast<LaneParts*>(extra()); }
  [[nodiscard]] OwnRing* own_ring() const noexcept {
    return parts() != nullptr ? parts()->own_ring.get() : nullptr;
  }
  [[nodiscard]] std::uint64_t drained() const noexcept {
    return parts() != nullptr ? parts()->drained : 0;
  }
  [[nodiscard]] bool has_ring() const noexcept {
    return parts() != nullptr && parts()->ring != nullptr;
  }
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
  std::vector<LaneRecord*> threads;

  /// For threads that find no memory for a lane of their own.
  LaneRecord* fallback = nullptr;
  std::mutex fallback_mutex;

  // The dispatcher's own.
  std::vector<LaneRecord*> hot;
  std::array<ValueSum, keys_per_session> relative_sums;
};

}  // namespace headway::detail
