// SPDX-License-Identifier: MIT
//
// Relative reports, and reports with an order stamp, on a lane that is closed: every one that returned ok is
// in what was taken, none that returned closed is. (Absolute ones: close_model.cpp.)
#include "tick.hpp"

namespace headway::model {
namespace {

enum class Kind { relative, ordered };

struct Setup {
  Kind kind = Kind::relative;
  unsigned reports = 3;
  /// 0: a lane without a ring.
  std::size_t capacity = 0;
  /// Without barriers: read-modify-writes of the lane's word must do.
  bool fenced = false;
  /// The lane is closing, and the barrier passed, before the reports: they must do without one.
  bool closing_already = false;
};
Setup setup;

struct LaneModel : Model<LaneModel, 2> {
  using TestIntake = detail::Intake<RelacyAtomics, 1>;
  using Gate = detail::BasicGate<RelacyAtomics>;
  using Ring = detail::SpscRing<RelacyAtomics>;

  struct Shared {
    TestIntake intake;
    Gate gate;
    detail::Lane<RelacyAtomics, TestIntake> lane;
    detail::LaneExtra<RelacyAtomics> extra;
    std::optional<Ring> own_ring;
    Ring* ring = nullptr;
    Audit audit;
  };
  std::unique_ptr<Shared> shared;

  void build() {
    weakened.barriers = setup.fenced || setup.closing_already;
    shared = std::make_unique<Shared>();
    Shared& all = *shared;
    const bool ordered = setup.kind == Kind::ordered;
    all.gate.word.store(Gate::open | (ordered ? Gate::stamped : 0U), std::memory_order_relaxed);
    if (setup.capacity != 0) {
      all.extra.ring = all.ring = &all.own_ring.emplace(setup.capacity, std::uint64_t{0} - 1);
    }
    all.lane.open(all.gate, all.intake, 0, &all.extra, setup.fenced);
    all.lane.heat();
    if (setup.closing_already) all.lane.begin_closing();
  }

  Status report(std::uint64_t number) {
    Shared& all = *shared;
    if (setup.kind == Kind::ordered) {
      all.audit.stamped(number, number);
      return all.lane.report<Ring>(0, number, number);
    }
    return all.lane.report_changed<Ring>(0, [](detail::LaneValue now) {
      return detail::LaneValue{now.completed + 1, now.total + 1};
    });
  }

  void run(unsigned thread) {
    Shared& all = *shared;
    if (thread == 0) {
      for (std::uint64_t number = 1; number <= setup.reports; ++number) {
        if (report(number) != Status::ok) return;
        all.audit.reported(0, number);
      }
      return;
    }
    if (!setup.closing_already) {
      all.lane.begin_closing();
      RelacyAtomics::heavy_barrier();
    }
    // At once again, as the dispatcher does: after a yield Relacy shows no values older than those seen.
    for (bool again = false;; again = true) {
      take(all.lane, all.ring, all.audit, true);
      if (all.lane.finish_closing(all.audit.drained())) break;
      if (again) rl::yield(1, RL_INFO);
    }
  }

  void check() {
    shared->audit.check_complete();
    shared.reset();
  }
};

constexpr std::array cases = {
    right<LaneModel>("relative"),
    right<LaneModel>("relative_fenced", [] { setup = {.fenced = true}; }),
    right<LaneModel>("closing_already", [] { setup = {.closing_already = true}; }),
    right<LaneModel>("ordered", [] { setup = {.kind = Kind::ordered}; }),
    right<LaneModel>("ordered_in_a_ring", [] { setup = {.kind = Kind::ordered, .capacity = 4}; }),
};

}  // namespace
}  // namespace headway::model

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
