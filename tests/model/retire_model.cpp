// SPDX-License-Identifier: MIT
//
// A lane's two lives. A reporter ends with reports in flight; the dispatcher takes the last word and clears
// the lane; another thread opens it and reports, while a mark, a place in the list or the closing of the
// first life may still be about. Each life's last words and exact counts arrive, and go to that life.
//
// The dispatcher ticks in the order of core/dispatcher.cpp: marks, retirements, hot lanes, closing. What the
// control mutex orders in core is ordered by two words here, `ended` and `vacant`, which is less.
#include "tick.hpp"

namespace headway::model {

/// Wrong policies of their own types, for which members of the library's are written wrong below.
struct MarkedStays : RelacyAtomics {};
struct WordStays : RelacyAtomics {};
struct TakenStays : RelacyAtomics {};
struct CountsStay : RelacyAtomics {};

namespace {

struct Setup {
  /// For each life, one digit a report: its key.
  std::array<std::string_view, 2> keys = {"0", "0"};
  /// 0: a lane without a ring.
  std::size_t capacity = 0;
  /// The session of the first life is closed in the first tick.
  bool closes = false;
  bool fenced = false;
};
Setup setup;

/// What wrong variants leave out when a lane retires.
struct RetireSlips {
  bool last_word_left = false;
  bool ring_left = false;
  bool place_in_list_kept = false;
  bool vacant_before_cleared = false;
  bool leftover_marks_taken = false;
  bool closing_goes_on = false;
};
RetireSlips retire_slips;

template <class Atomics, class Ring = detail::SpscRing<Atomics>>
struct Retire : Model<Retire<Atomics, Ring>, 3> {
  using TestIntake = detail::Intake<Atomics, 1>;
  using TestLane = detail::Lane<Atomics, TestIntake>;
  using Gate = detail::BasicGate<Atomics>;
  using Word = typename Atomics::template Atomic<std::uint32_t>;
  /// The threads of a shared reporter push into one ring, and their lanes retire one by one.
  static constexpr bool one_ring = std::is_same_v<Ring, detail::MpscRing<Atomics>>;

  /// What core keeps for one reporter.
  struct Life {
    detail::LaneExtra<Atomics> extra;
    std::optional<Ring> ring;
    Audit audit;
  };
  struct Shared {
    TestIntake intake;
    Gate gate;
    std::array<TestLane, 1> lane;
    std::array<Life, 2> life;
    HotList<Atomics, TestLane, 1> list{lane, setup.fenced};
    /// Which life the lane is in: plain memory, as the rest of core's LaneRecord.
    typename Atomics::template Plain<std::uint32_t> which;
    Word active{0};
    Word ended{0};
    Word vacant{0};
    // The dispatcher's own.
    bool closing = false;
    bool shut = false;
    bool retired = false;
  };
  std::unique_ptr<Shared> shared;

  void build() {
    shared = std::make_unique<Shared>();
    shared->gate.word.store(Gate::open, std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < 2; ++i) {
      Life& life = shared->life[i];
      if (setup.capacity != 0) life.ring.emplace(setup.capacity, std::uint64_t{0} - 1);
      life.extra.ring = ring(i);
    }
    open(0);
  }

  [[nodiscard]] Ring* ring(std::uint32_t life) {
    auto& found = shared->life[one_ring ? 0 : life].ring;
    return found ? &*found : nullptr;
  }

  // The control path.

  void open(std::uint32_t life) {
    Shared& all = *shared;
    auto& extra = all.life[life].extra;
    all.which.store(life);
    all.lane[0].open(all.gate, all.intake, 0, extra.ring != nullptr ? &extra : nullptr,
                     setup.fenced);
    all.active.store(1, std::memory_order_release);
  }

  // The providers.

  void provide(std::uint32_t life) {
    Shared& all = *shared;
    std::uint64_t number = 0;
    for (const char digit : setup.keys[life]) {
      const auto key = static_cast<std::uint32_t>(digit - '0');
      ++number;
      const Status status = all.lane[0].template report<Ring>(key, number, total_of(key, number));
      RL_ASSERT(status == Status::ok || (life == 0 && setup.closes));
      if (status == Status::ok) all.life[life].audit.reported(key, number);
    }
  }

  void run(unsigned thread) {
    Shared& all = *shared;
    if (thread == 0) {
      provide(0);
      all.ended.store(1, std::memory_order_release);
      all.ended.wake_all();
    } else if (thread == 1) {
      while (all.vacant.load(std::memory_order_acquire) == 0) all.vacant.wait_while(0);
      open(1);
      provide(1);
    } else {
      tick();
      while (all.ended.load(std::memory_order_acquire) == 0) all.ended.wait_while(0);
      tick();
      tick();
    }
  }

  // The dispatcher.

  bool take_lane() {
    Shared& all = *shared;
    const std::uint32_t life = all.which.load();
    return take(all.lane[0], ring(life), all.life[life].audit, all.closing);
  }

  void tick() {
    Shared& all = *shared;
    all.intake.inbox.take([&](std::size_t i) {
      const bool active = all.active.load(std::memory_order_acquire) != 0;
      if ((active || retire_slips.leftover_marks_taken) && !all.closing) all.list.heat(i);
    });
    try_closing();
    if (!all.retired && all.ended.load(std::memory_order_acquire) != 0) retire();
    all.list.poll([&](std::size_t) { return take_lane(); },
                  [&](std::size_t) {
                    Ring* const own = ring(all.which.load());
                    return all.lane[0].changed() || (own != nullptr && !own->empty());
                  });
    if (setup.closes && !all.retired && !all.closing) {
      all.list.drop(0);
      all.closing = true;
      all.lane[0].begin_closing();
      if (!setup.fenced) Atomics::heavy_barrier();
      try_closing();
    }
  }

  /// One try a tick is enough here: another is never refused what the first was not.
  void try_closing() {
    Shared& all = *shared;
    if (!all.closing || all.shut) return;
    take_lane();
    all.shut = all.lane[0].finish_closing(all.life[all.which.load()].audit.drained());
  }

  void retire() {
    Shared& all = *shared;
    if (!retire_slips.place_in_list_kept) all.list.drop(0);
    if (!all.shut && !retire_slips.last_word_left) {
      if (retire_slips.ring_left) {
        Copied copied(all.lane[0]);
        copied.accept();
        copied.apply(all.life[0].audit);
      } else {
        take_lane();
      }
    }
    if (retire_slips.vacant_before_cleared) vacate();
    if (!retire_slips.closing_goes_on) all.closing = all.shut = false;
    all.retired = true;
    all.active.store(0, std::memory_order_relaxed);
    all.lane[0].reset();
    if (!retire_slips.vacant_before_cleared) vacate();
  }

  void vacate() {
    shared->vacant.store(1, std::memory_order_release);
    shared->vacant.wake_all();
  }

  void check() {
    tick();
    tick();
    for (const Life& life : shared->life) life.audit.check_complete();
    shared.reset();
  }
};

using Right = Retire<RelacyAtomics>;
using SharedRing = Retire<RelacyAtomics, detail::MpscRing<RelacyAtomics>>;

constexpr std::array cases = {
    right<Right>("folding"),
    sampled<Right>("two_keys",
                   [] {
                     setup = {.keys = {"01", "10"}};
                   }),
    sampled<Right>("with_a_ring",
                   [] {
                     setup = {.keys = {"00", "00"}, .capacity = 1};
                   }),
    sampled<SharedRing>("shared_ring",
                        [] {
                          setup = {.keys = {"00", "0"}, .capacity = 1};
                        }),
    right<Right>("ring_small", [] { setup = {.capacity = 1}; }),
    right<SharedRing>("shared_ring_small", [] { setup = {.capacity = 1}; }),
    right<Right>("while_closing", [] { setup = {.closes = true}; }),
    right<Right>("fenced",
                 [] {
                   setup = {.fenced = true};
                   weakened.barriers = true;
                 }),
    right<Retire<WrappingEpochs>>("epochs_wrap"),
    wrong<Right>("last_word_left", [] { retire_slips.last_word_left = true; }),
    wrong<SharedRing>("ring_left",
                      [] {
                        setup = {.capacity = 1};
                        retire_slips.ring_left = true;
                      }),
    wrong<Right>("place_in_list_kept", [] { retire_slips.place_in_list_kept = true; }),
    wrong<Right>("vacant_before_cleared", [] { retire_slips.vacant_before_cleared = true; }),
    wrong<Right>("leftover_marks_taken", [] { retire_slips.leftover_marks_taken = true; }),
    wrong<Right>("closing_goes_on",
                 [] {
                   setup = {.closes = true};
                   retire_slips.closing_goes_on = true;
                 }),
    wrong<Retire<MarkedStays>>("opened_as_marked"),
    wrong<Retire<WordStays>>("opened_hot"),
    wrong<Retire<WordStays>>("opened_closing", [] { setup = {.closes = true}; }),
    wrong<Retire<TakenStays>>("taken_stays"),
    wrong<Retire<CountsStay>>("counts_stay"),
    wrong<Right>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<Right>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
};

}  // namespace
}  // namespace headway::model

namespace headway::detail {

/// As the library's, but what was marked in the last life counts as marked in this one.
template <>
void Lane<model::MarkedStays, Intake<model::MarkedStays, 1>>::open(
    Gate& gate, Intake<model::MarkedStays, 1>& intake, std::uint32_t index, Extra* extra,
    bool fenced) noexcept {
  gate_ = &gate;
  intake_ = &intake;
  index_ = index;
  extra_ = extra;
  last_ = extra != nullptr && extra->ring != nullptr ? nullptr : &cells_[0];
  admitted_ = 0;
  turn_.store(nobody, std::memory_order_relaxed);
  static_cast<void>(word_.open(fenced));
}

/// As the library's, but the lane's word stays what it was.
template <>
std::uint32_t LaneWord<model::WordStays>::open(bool) noexcept {
  return epoch_of(word_.load(std::memory_order_relaxed));
}

/// As the library's, but it leaves what has been taken of the last life.
template <>
void LaneCells<model::TakenStays>::reset() noexcept {
  for (auto& cell : cells_) cell.reset();
  taken_count_.fill(0);
}

/// As the library's, but it leaves how much has been taken in the last life.
template <>
void LaneCells<model::CountsStay>::reset() noexcept {
  for (auto& cell : cells_) cell.reset();
  taken_.store(0, std::memory_order_relaxed);
}

}  // namespace headway::detail

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
