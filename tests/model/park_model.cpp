// SPDX-License-Identifier: MIT
//
// Two providers report on lanes of their own; the dispatcher takes their marks, reads hot lanes, cools
// quiet ones and sleeps when there are none. One provider may die anywhere in its report, also inside the
// marking: the other's last value is taken nevertheless, or Relacy finds a dispatcher asleep for good.
#include "tick.hpp"

namespace headway::model {

/// Wrong policies of their own types, for which members of the library's are written wrong below.
struct FirstMarkerOnly : RelacyAtomics {};
struct RootFirst : RelacyAtomics {};
struct OneBitEpochs : RelacyAtomics {};

namespace {

struct Setup {
  /// Reports of the second provider.
  unsigned reports = 2;
  bool fenced = false;
  /// Operations until the first provider dies: one of 0 to this. 0: it does not report at all.
  unsigned last_breath = 24;
};
Setup setup;

template <class Atomics>
struct Park : Model<Park<Atomics>, 3> {
  using TestIntake = detail::Intake<Atomics, 1>;
  using TestLane = detail::Lane<Atomics, TestIntake>;
  using Gate = detail::BasicGate<Atomics>;
  static constexpr std::size_t lanes = 2;

  struct Shared {
    TestIntake intake;
    Gate gate;
    std::array<TestLane, lanes> lane;
    std::array<Audit, lanes> audit;
  };
  std::unique_ptr<Shared> shared;

  void build() {
    shared = std::make_unique<Shared>();
    shared->gate.word.store(Gate::open, std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < lanes; ++i) {
      shared->lane[i].open(shared->gate, shared->intake, i, nullptr, setup.fenced);
    }
    if (setup.last_breath != 0) death.of(0, rl::rand(setup.last_breath));
  }

  void report(std::uint32_t lane, std::uint64_t number) {
    shared->lane[lane].template report<detail::SpscRing<Atomics>>(0, number, number);
  }

  void run(unsigned thread) {
    if (thread == 0) {
      if (setup.last_breath != 0) report(0, 1);
    } else if (thread == 1) {
      for (unsigned number = 1; number <= setup.reports; ++number) report(1, number);
    } else {
      dispatch();
    }
  }

  [[nodiscard]] bool take_lane(std::size_t i) {
    detail::SpscRing<Atomics>* no_ring = nullptr;
    return take(shared->lane[i], no_ring, shared->audit[i]);
  }

  void dispatch() {
    Shared& all = *shared;
    HotList<Atomics, TestLane, lanes> list(all.lane, setup.fenced);
    for (;;) {
      all.intake.inbox.take([&](std::size_t i) { list.heat(i); });
      list.poll([&](std::size_t i) { return take_lane(i); },
                [&](std::size_t i) { return all.lane[i].changed(); });
      if (all.audit[1].newest() == setup.reports) return;
      if (list.any()) {
        rl::yield(1, RL_INFO);
        continue;
      }
      all.intake.parking.announce(detail::Sleep::parked);
      if (slips.no_last_look || !all.intake.inbox.last_look()) {
        all.intake.parking.word().wait_while(static_cast<std::uint32_t>(detail::Sleep::parked));
      }
      all.intake.parking.resume();
    }
  }

  void check() { shared.reset(); }
};

using Right = Park<RelacyAtomics>;

constexpr std::array cases = {
    sampled<Right>("one_dies"),
    sampled<Right>("two_live", [] { setup = {.last_breath = 1000}; }),
    sampled<Right>("alone", [] { setup = {.last_breath = 0}; }),
    sampled<Right>("fenced",
                   [] {
                     setup = {.fenced = true};
                     weakened.barriers = true;
                   }),
    right<Right>("one_report", [] { setup = {.reports = 1, .last_breath = 0}; }),
    sampled<Park<WrappingEpochs>>("epochs_wrap", [] { setup = {.reports = 3, .last_breath = 0}; }),
    wrong<Right>("no_look_after_cooling", [] { slips.no_look_after_cooling = true; }),
    wrong<Right>("no_barrier_in_cooling", [] { slips.no_barrier_in_cooling = true; }),
    wrong<Right>("no_last_look", [] { slips.no_last_look = true; }),
    wrong<Park<FirstMarkerOnly>>("only_the_first_marks_above"),
    wrong<Park<RootFirst>>("marks_from_the_root_down"),
    wrong<Park<OneBitEpochs>>("epochs_of_one_bit",
                              [] { setup = {.reports = 3, .last_breath = 0}; }),
    wrong<Right>("barriers_left_out", [] { weakened.barriers = true; }),
    wrong<Right>("read_modify_writes_relaxed", [] { weakened.read_modify_writes = true; }),
};

}  // namespace
}  // namespace headway::model

namespace headway::detail {

/// As the library's, but a marker that finds its leaf word in use trusts whoever uses it.
template <>
void Inbox<model::FirstMarkerOnly, 1>::mark(std::size_t index) noexcept {
  if (leaves_[index >> 1].fetch_or(bit(index), std::memory_order_acq_rel) != 0) return;
  middle_[index >> 2].fetch_or(bit(index >> 1), std::memory_order_acq_rel);
  root_.fetch_or(bit(index >> 2), std::memory_order_acq_rel);
}

/// As the library's, but it marks from the root down.
template <>
void Inbox<model::RootFirst, 1>::mark(std::size_t index) noexcept {
  root_.fetch_or(bit(index >> 2), std::memory_order_acq_rel);
  middle_[index >> 2].fetch_or(bit(index >> 1), std::memory_order_acq_rel);
  leaves_[index >> 1].fetch_or(bit(index), std::memory_order_acq_rel);
}

/// As the library's, but the second next epoch is this one again.
template <>
std::uint64_t LaneWord<model::OneBitEpochs>::with_next_epoch(std::uint64_t word) noexcept {
  return word ^ one_epoch;
}

}  // namespace headway::detail

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
