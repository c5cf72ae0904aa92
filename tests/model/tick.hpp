// SPDX-License-Identifier: MIT
//
// The dispatcher's side of the models: what a tick does with a lane, in the order in which core does it,
// and the audit of what it took. `Slips` are the errors that wrong variants make on purpose.
#pragma once

#include "explore.hpp"

namespace headway::model {

struct Slips {
  bool drains_before_copying = false;
  bool acknowledges_before_draining = false;
  bool no_look_after_cooling = false;
  bool no_barrier_in_cooling = false;
  bool no_barrier_in_closing = false;
  bool no_last_look = false;
  bool no_second_closing = false;
};
inline Slips slips;

/// What has been taken of one lane, against what its provider reported. A report's `completed` is its
/// number within the lane, its `total` that number plus 100 times the key: a torn value shows.
class Audit {
 public:
  /// Before the report is made, if it has a stamp.
  void reported(std::uint32_t key, std::uint64_t number, std::uint64_t stamp = 0) {
    ++reports_[key];
    last_reported_[key] = number;
    stamps_.at(number) = stamp;
  }
  void taken(std::uint32_t key, std::uint64_t completed, std::uint64_t total, std::uint64_t stamp,
             std::uint64_t reports) {
    RL_ASSERT(total == completed + 100 * key && "not torn");
    RL_ASSERT(stamp == stamps_.at(completed) && "its own stamp");
    RL_ASSERT(completed > newest_ && "a subsequence, across keys");
    newest_ = completed;
    last_taken_[key] = completed;
    taken_[key] += reports;
  }
  void drained(const detail::Record& record) {
    taken(record.key, record.completed, record.total, record.order, 1);
    ++drained_;
  }
  /// All that was reported has been taken, and nothing else.
  void check_complete() const {
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      RL_ASSERT(last_taken_[key] == last_reported_[key] && "the last word");
      RL_ASSERT(taken_[key] == reports_[key] && "the count");
    }
  }
  [[nodiscard]] std::uint64_t newest() const noexcept { return newest_; }
  [[nodiscard]] std::uint64_t drained() const noexcept { return drained_; }

 private:
  using PerKey = std::array<std::uint64_t, keys_per_session>;
  PerKey reports_{};
  PerKey last_reported_{};
  PerKey taken_{};
  PerKey last_taken_{};
  /// By number; 0: none.
  std::array<std::uint64_t, 16> stamps_{};
  std::uint64_t newest_ = 0;
  std::uint64_t drained_ = 0;
};

[[nodiscard]] constexpr std::uint64_t total_of(std::uint32_t key, std::uint64_t number) noexcept {
  return number + 100 * key;
}

/// Copies of one lane's cells, accepted but not yet applied.
template <class Lane>
class Copied {
 public:
  explicit Copied(Lane& lane) : copies_(lane.copy_changed()) {
    for (std::uint32_t i = 0; i < copies_.count; ++i) {
      reports_[i] = lane.accept(copies_.keys[i], copies_.values[i]);
    }
  }
  void apply(Audit& audit) const {
    for (std::uint32_t i = 0; i < copies_.count; ++i) {
      const detail::CellValue& value = copies_.values[i];
      audit.taken(copies_.keys[i], value.completed, value.total, value.order, reports_[i]);
    }
  }
  [[nodiscard]] bool any() const noexcept { return copies_.count != 0; }

 private:
  typename Lane::Copies copies_;
  std::array<std::uint64_t, keys_per_session> reports_{};
};

/// Takes what one lane holds: true if there was anything. A lane that is closing is not acknowledged.
template <class Lane, class Ring>
bool take(Lane& lane, Ring* ring, Audit& audit, bool closing = false) {
  std::size_t records = 0;
  const auto drain = [&] {
    if (ring == nullptr) return;
    records = ring->drain([&](const detail::Record& record) { audit.drained(record); });
  };
  if (slips.drains_before_copying) drain();
  const Copied copied(lane);
  const bool acknowledges = ring != nullptr && copied.any() && !closing;
  if (acknowledges && slips.acknowledges_before_draining) lane.acknowledge();
  if (!slips.drains_before_copying) drain();
  if (acknowledges && !slips.acknowledges_before_draining) lane.acknowledge();
  copied.apply(audit);
  return records != 0 || copied.any();
}

/// The dispatcher's list of hot lanes, as core/lane_reader.cpp keeps it.
template <class Atomics, class Lane, std::size_t count>
class HotList {
 public:
  HotList(std::array<Lane, count>& lanes, bool fenced) : lanes_(lanes), fenced_(fenced) {}

  void heat(std::size_t i) {
    if (!std::exchange(hot_[i], true)) lanes_[i].heat();
  }
  void drop(std::size_t i) noexcept { hot_[i] = false; }
  [[nodiscard]] bool any() const noexcept { return std::ranges::count(hot_, true) != 0; }

  /// Reads the hot lanes: take(i) is true if there was anything. A lane without is quiet enough to cool,
  /// unless it has_more(i) after the barrier.
  template <class Take, class HasMore>
  void poll(Take&& take, HasMore&& has_more) {
    std::array<bool, count> cooled{};
    for (std::size_t i = 0; i < count; ++i) {
      if (!hot_[i] || take(i)) continue;
      lanes_[i].cool();
      cooled[i] = true;
    }
    if (std::ranges::count(cooled, true) == 0) return;
    if (!fenced_ && !slips.no_barrier_in_cooling) Atomics::heavy_barrier();
    for (std::size_t i = 0; i < count; ++i) {
      if (!cooled[i]) continue;
      hot_[i] = !slips.no_look_after_cooling && has_more(i);
      if (hot_[i]) lanes_[i].heat();
    }
  }

 private:
  std::array<Lane, count>& lanes_;
  std::array<bool, count> hot_{};
  bool fenced_;
};

/// A policy under which a lane's epochs wrap at every second step.
struct WrappingEpochs : RelacyAtomics {};

}  // namespace headway::model

namespace headway::detail {

/// Half of the way round, and one more: no epoch comes twice, but for every other step they wrap.
template <>
inline std::uint64_t Lane<model::WrappingEpochs, Intake<model::WrappingEpochs, 1>>::with_next_epoch(
    std::uint64_t word) noexcept {
  return word + (std::uint64_t{1} << 63) + one_epoch;
}

}  // namespace headway::detail
