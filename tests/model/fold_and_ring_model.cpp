// SPDX-License-Identifier: MIT
//
// One provider reports on two keys into a lane with a ring, while the dispatcher ticks. Whatever goes
// through the ring and whatever folds: what is taken is a subsequence of what was reported, across keys;
// the last word of each key is taken; the counts are exact; and once all is taken the ring is used again.
#include "tick.hpp"

namespace headway::model {

/// Wrong policies of their own types, for which members of the library's are written wrong below.
struct OnePass : RelacyAtomics {};
struct StampOutside : RelacyAtomics {};
struct Overtaker : RelacyAtomics {};

namespace {

struct Setup {
  /// 0: a lane without a ring.
  std::size_t capacity = 1;
  /// One digit a report: its key.
  std::string_view keys = "0101";
  unsigned ticks = 2;
  /// The lane is folding when the threads start, and its ring is empty again.
  bool folding = false;
  bool fenced = false;
  /// The first report with a stamp of the session's: from then on each has one.
  std::uint64_t stamped_from = ~std::uint64_t{0};
};
Setup setup;

template <class Atomics>
struct FoldAndRing : Model<FoldAndRing<Atomics>, 2> {
  using TestIntake = detail::Intake<Atomics, 1>;
  using Gate = detail::BasicGate<Atomics>;
  using Ring = detail::SpscRing<Atomics>;

  struct Shared {
    TestIntake intake;
    Gate gate;
    detail::Lane<Atomics, TestIntake> lane;
    detail::LaneExtra<Atomics> extra;
    Ring ring{setup.capacity, std::uint64_t{0} - 1};
    Audit audit;
  };
  std::unique_ptr<Shared> shared;
  std::uint64_t number;

  void build() {
    shared = std::make_unique<Shared>();
    number = 0;
    Shared& all = *shared;
    all.gate.word.store(Gate::open, std::memory_order_relaxed);
    // They begin just below their wrap.
    all.gate.order.store(setup.stamped_from - 4, std::memory_order_relaxed);
    all.extra.ring = ring();
    all.lane.open(all.gate, all.intake, 0, &all.extra, setup.fenced);
    all.lane.heat();
    if (setup.folding) {
      for (std::size_t i = 0; i <= setup.capacity; ++i) report(0);
      drain(all.lane, all.ring, [&](const detail::Record& record) { all.audit.drained(record); });
    }
  }

  void report(std::uint32_t key) {
    Shared& all = *shared;
    if (++number == setup.stamped_from) {
      all.gate.word.fetch_or(Gate::stamped, std::memory_order_relaxed);
      all.lane.take_turn_away();
    }
    all.audit.reported(key, number);
    if (number >= setup.stamped_from) all.audit.stamped(number, number - 3);
    RL_ASSERT(all.lane.template report<Ring>(key, number, total_of(key, number)) == Status::ok);
  }
  [[nodiscard]] Ring* ring() { return setup.capacity != 0 ? &shared->ring : nullptr; }

  void run(unsigned thread) {
    if (thread == 0) {
      for (const char key : setup.keys) report(static_cast<std::uint32_t>(key - '0'));
    } else {
      for (unsigned i = 0; i < setup.ticks; ++i) take(shared->lane, ring(), shared->audit);
    }
  }

  void check() {
    Shared& all = *shared;
    take(all.lane, ring(), all.audit);
    take(all.lane, ring(), all.audit);
    all.audit.check_complete();
    RL_ASSERT(!all.lane.changed());
    const std::uint64_t before = all.extra.pushes;
    report(0);
    RL_ASSERT(all.extra.pushes == before + (setup.capacity != 0 ? 1 : 0));
    take(all.lane, ring(), all.audit);
    all.audit.check_complete();
    // And folds again when the ring is full again.
    for (std::size_t i = 0; i <= 2 * setup.capacity; ++i) report(0);
    take(all.lane, ring(), all.audit);
    all.audit.check_complete();
    RL_ASSERT(all.extra.pushes <= before + 1 + 2 * setup.capacity);
    shared.reset();
  }
};

using Right = FoldAndRing<RelacyAtomics>;

constexpr std::array cases = {
    right<Right>("small", [] { setup = {.keys = "00", .ticks = 1}; }),
    right<Right>("capacity_1", [] { setup = {.keys = "010", .ticks = 1}; }),
    right<Right>("capacity_2", [] { setup = {.capacity = 2, .keys = "0010", .ticks = 1}; }),
    sampled<Right>("folding", [] { setup = {.keys = "10", .ticks = 1, .folding = true}; }),
    right<Right>("folding_small", [] { setup = {.keys = "0", .ticks = 1, .folding = true}; }),
    right<Right>("without_a_ring", [] { setup = {.capacity = 0, .keys = "10", .ticks = 1}; }),
    sampled<Right>("two_ticks", [] { setup = {.keys = "0101"}; }),
    right<Right>("same_totals",
                 [] {
                   setup = {.capacity = 2, .keys = "0000", .ticks = 1};
                   same_totals = 2;
                 }),
    right<Right>("same_totals_folding",
                 [] {
                   setup = {.keys = "00", .ticks = 1, .folding = true};
                   same_totals = 2;
                 }),
    right<Right>("fenced",
                 [] {
                   setup = {.keys = "00", .ticks = 1, .fenced = true};
                   weakened.barriers = true;
                 }),
    right<Right>("stamped",
                 [] { setup = {.capacity = 2, .keys = "00", .ticks = 1, .stamped_from = 1}; }),
    right<Right>("stamped_half_way",
                 [] { setup = {.capacity = 2, .keys = "01", .ticks = 1, .stamped_from = 2}; }),
    right<Right>("stamped_without_a_ring",
                 [] { setup = {.capacity = 0, .keys = "00", .ticks = 1, .stamped_from = 1}; }),
    wrong<Right>("drains_before_copying", [] { slips.drains_before_copying = true; }),
    wrong<Right>("acknowledges_before_draining",
                 [] {
                   setup = {.keys = "0", .ticks = 1, .folding = true};
                   slips.acknowledges_before_draining = true;
                 }),
    wrong<FoldAndRing<OnePass>>("second_pass_left_out"),
    wrong<FoldAndRing<StampOutside>>(
        "stamp_outside_the_lock",
        [] { setup = {.capacity = 0, .keys = "00", .ticks = 1, .stamped_from = 1}; }),
    wrong<FoldAndRing<Overtaker>>("stamped_overtakes_folds",
                                  [] { setup = {.capacity = 2, .stamped_from = 1}; }),
    wrong<Right>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<Right>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
};

}  // namespace
}  // namespace headway::model

namespace headway::detail {

/// As the library's, without the second look at the cells.
template <>
LaneCopies LaneCells<model::OnePass>::copy_changed(const Word* order) const noexcept {
  LaneCopies found;
  for (std::uint32_t key = 0; key < keys_per_session; ++key) {
    CellValue copy;
    if (changed(key) && read(key, order, copy)) found.insert(key, copy);
  }
  return found;
}

/// As the library's, but the stamp is stored before the write has begun.
template <>
void Cell<model::StampOutside>::write_ordered_after(std::uint64_t newest, std::uint64_t completed,
                                                    std::uint64_t total, Word& order_word,
                                                    std::uint64_t order) noexcept {
  order_word.store(order, std::memory_order_release);
  begin_after(newest);
  completed_.store(completed, std::memory_order_release);
  total_.store(total, std::memory_order_release);
  version_.store(newest + 1, std::memory_order_release);
}

/// As the library's, but it goes into the ring while folds have not been taken.
template <>
template <>
Status
Lane<model::Overtaker, Intake<model::Overtaker, 1>>::report_ordered<SpscRing<model::Overtaker>>(
    std::uint32_t key, std::uint64_t completed, std::uint64_t total, std::uint64_t order) noexcept {
  if (extra_->push_ordered<SpscRing<model::Overtaker>>(key, completed, total, order)) {
    return look(false);
  }
  cells_[key].write_ordered_after(begin_fold(key), completed, total, extra_->order[key], order);
  model::Overtaker::light_barrier();
  return look(true);
}

}  // namespace headway::detail

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
