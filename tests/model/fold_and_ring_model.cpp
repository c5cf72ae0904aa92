// SPDX-License-Identifier: MIT
//
// One provider reports on two keys into a lane with a ring, while the dispatcher ticks. Whatever goes
// through the ring and whatever folds: what is taken is a subsequence of what was reported, across keys;
// the last word of each key is taken; the counts are exact; and once all is taken the ring is used again.
#include "tick.hpp"

namespace headway::model {

/// A wrong policy of its own type, for which a member of the library's is written wrong below.
struct OnePass : RelacyAtomics {};

namespace {

struct Setup {
  std::size_t capacity = 1;
  /// One digit a report: its key.
  std::string_view keys = "0101";
  unsigned ticks = 2;
  /// The lane is folding when the threads start, and its ring is empty again.
  bool folding = false;
  bool fenced = false;
};
Setup setup;

template <class Atomics>
struct FoldAndRing : Model<FoldAndRing<Atomics>, 2> {
  using TestIntake = detail::Intake<Atomics, 1>;

  struct Shared {
    TestIntake intake;
    detail::Lane<Atomics, TestIntake> lane;
    detail::LaneExtra<Atomics> extra;
    detail::SpscRing<Atomics> ring{setup.capacity, std::uint64_t{0} - 1};
    Audit audit;
  };
  std::unique_ptr<Shared> shared;
  std::uint64_t number;

  void build() {
    shared = std::make_unique<Shared>();
    number = 0;
    Shared& all = *shared;
    all.extra.has_ring = true;
    all.lane.open(&all.intake, 0, &all.extra, setup.fenced, true);
    all.lane.heat();
    if (setup.folding) {
      for (std::size_t i = 0; i <= setup.capacity; ++i) report(0);
      all.ring.drain([&](const detail::Record& record) { all.audit.drained(record); });
    }
  }

  void report(std::uint32_t key) {
    shared->audit.reported(key, ++number);
    RL_ASSERT(shared->lane.report(&shared->ring, key, number, total_of(key, number)) == Status::ok);
  }

  void run(unsigned thread) {
    if (thread == 0) {
      for (const char key : setup.keys) report(static_cast<std::uint32_t>(key - '0'));
    } else {
      for (unsigned i = 0; i < setup.ticks; ++i) take(shared->lane, &shared->ring, shared->audit);
    }
  }

  void check() {
    Shared& all = *shared;
    take(all.lane, &all.ring, all.audit);
    take(all.lane, &all.ring, all.audit);
    all.audit.check_complete();
    RL_ASSERT(!all.lane.changed());
    const std::uint64_t before = all.extra.pushes;
    report(0);
    RL_ASSERT(all.extra.pushes == before + 1);
    take(all.lane, &all.ring, all.audit);
    all.audit.check_complete();
    shared.reset();
  }
};

using Right = FoldAndRing<RelacyAtomics>;

constexpr std::array cases = {
    right<Right>("capacity_1", [] { setup = {.keys = "010", .ticks = 1}; }),
    right<Right>("capacity_2", [] { setup = {.capacity = 2, .keys = "0010", .ticks = 1}; }),
    right<Right>("folding", [] { setup = {.keys = "10", .ticks = 1, .folding = true}; }),
    right<Right>("two_ticks", [] { setup = {.keys = "0101"}; }),
    right<Right>("fenced", [] { setup = {.keys = "010", .ticks = 1, .fenced = true}; }),
    wrong<Right>("drains_before_copying", [] { slips.drains_before_copying = true; }),
    wrong<Right>("acknowledges_before_draining",
                 [] {
                   setup = {.keys = "0", .ticks = 1, .folding = true};
                   slips.acknowledges_before_draining = true;
                 }),
    wrong<FoldAndRing<OnePass>>("second_pass_left_out"),
    wrong<Right>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<Right>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
};

}  // namespace
}  // namespace headway::model

namespace headway::detail {

/// As the library's, without the second look at the cells.
template <>
Lane<model::OnePass, Intake<model::OnePass, 1>>::Copies
Lane<model::OnePass, Intake<model::OnePass, 1>>::copy_changed() noexcept {
  Copies found;
  for (std::uint32_t key = 0; key < keys_per_session; ++key) {
    CellValue copy;
    if (cells_[key].version() != taken_version_[key] && read(key, copy)) found.insert(key, copy);
  }
  return found;
}

}  // namespace headway::detail

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
