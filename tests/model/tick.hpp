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

/// A ring tells totals only when they change. 0: they always do; otherwise they go to and fro, and so many reports in
/// turn have the same one.
inline std::uint64_t same_totals = 0;
[[nodiscard]] inline std::uint64_t total_of(std::uint32_t key, std::uint64_t number) noexcept {
  const std::uint64_t total = same_totals == 0 ? number : 1 + number / same_totals % 2;
  return total + 100 * key;
}

/// What has been taken of one lane, against what its provider reported. A report's `completed` is its
/// number within the lane, its `total` goes by that number and its key: a torn value shows.
class Audit {
 public:
  void reported(std::uint32_t key, std::uint64_t number) {
    ++reports_[key];
    last_reported_[key] = number;
  }
  /// The report has drawn this stamp, and has not been stored yet.
  void stamped(std::uint64_t number, std::uint64_t stamp) { stamps_.at(number) = stamp; }
  void taken(std::uint32_t key, std::uint64_t completed, std::uint64_t total, std::uint64_t stamp,
             std::uint64_t reports) {
    RL_ASSERT(total == total_of(key, completed) && "not torn");
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

/// Copies of one lane's cells.
template <class Lane>
class Copied {
 public:
  explicit Copied(Lane& lane) : lane_(lane), copies_(lane.copy_changed()) {}

  /// After the drain: the provider may go back to its ring.
  void accept() {
    for (std::uint32_t i = 0; i < copies_.count; ++i) {
      reports_[i] = lane_.accept(copies_.keys[i], copies_.values[i]);
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
  Lane& lane_;
  typename Lane::Copies copies_;
  std::array<std::uint64_t, keys_per_session> reports_{};
};

/// Drains the lane's own ring, or the one that it shares.
template <class Lane, class Ring, class Visitor>
std::size_t drain(Lane& lane, Ring& ring, Visitor&& visit) {
  if constexpr (requires { ring.drain(lane.extra()->heard, visit); }) {
    return ring.drain(lane.extra()->heard, visit);
  } else {
    return ring.drain(visit);
  }
}

/// Takes what one lane holds: true if there was anything. A lane that is closing is not acknowledged.
template <class Lane, class Ring>
bool take(Lane& lane, Ring* ring, Audit& audit, bool closing = false) {
  std::size_t records = 0;
  const auto drain_ring = [&] {
    if (ring == nullptr) return;
    records = drain(lane, *ring, [&](const detail::Record& record) { audit.drained(record); });
  };
  if (slips.drains_before_copying) drain_ring();
  Copied copied(lane);
  const auto acknowledge = [&] {
    copied.accept();
    if (ring != nullptr && copied.any() && !closing) lane.acknowledge();
  };
  if (slips.acknowledges_before_draining) acknowledge();
  if (!slips.drains_before_copying) drain_ring();
  if (!slips.acknowledges_before_draining) acknowledge();
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

/// A policy that tells of the stamps that the lanes draw: `drawn` hears of each before anybody can see it.
inline std::function<void(std::uint64_t)> drawn;
struct Drawing : RelacyAtomics {
  template <class T>
  class Atomic : public RelacyAtomics::Atomic<T> {
   public:
    using RelacyAtomics::Atomic<T>::Atomic;
    T fetch_add(T more, std::memory_order order, Place place = {}) {
      const T before = RelacyAtomics::Atomic<T>::fetch_add(more, order, place);
      if (drawn) drawn(before + more);
      return before;
    }
  };
};

}  // namespace headway::model

namespace headway::detail {

/// Half of the way round the 32 bits that tell epochs apart, and one more: none comes twice, but for every
/// other step they wrap.
template <>
inline std::uint64_t LaneWord<model::WrappingEpochs>::with_next_epoch(std::uint64_t word) noexcept {
  return word + (one_epoch << 31) + one_epoch;
}

}  // namespace headway::detail
