// SPDX-License-Identifier: MIT
//
// The threads of a shared reporter: each has a lane of its own, all push into one ring. A tick copies the
// cells of all lanes, drains the ring, acknowledges each lane, and applies. For each lane: a subsequence
// of what was reported, the last word, the exact count. One thread may be stopped for good inside a push.
#include "tick.hpp"

namespace headway::model {
namespace {

struct Setup {
  std::size_t capacity = 1;
  /// One digit a report, its key; for each lane.
  std::array<std::string_view, 2> keys = {"00", "0"};
  unsigned ticks = 1;
  bool fenced = false;
  /// Operations until the first provider dies: one of 0 to this. 0: it lives.
  unsigned last_breath = 0;
  /// Each report draws a stamp, as under Merge::latest.
  bool stamped = false;
};
Setup setup;

bool drains_before_copying_all = false;

template <class Atomics>
struct SharedLanes : Model<SharedLanes<Atomics>, 3> {
  using TestIntake = detail::Intake<Atomics, 1>;
  using TestLane = detail::Lane<Atomics, TestIntake>;
  using Gate = detail::BasicGate<Atomics>;
  using Ring = detail::MpscRing<Atomics>;
  static constexpr std::uint32_t lanes = 2;

  struct Shared {
    TestIntake intake;
    Gate gate;
    Ring ring{setup.capacity, std::uint64_t{0} - 1};
    std::array<TestLane, lanes> lane;
    std::array<detail::LaneExtra<Atomics>, lanes> extra;
    std::array<Audit, lanes> audit;
    /// The report under way.
    std::array<std::uint64_t, lanes> number{};
  };
  std::unique_ptr<Shared> shared;

  void build() {
    shared = std::make_unique<Shared>();
    Shared& all = *shared;
    all.gate.word.store(Gate::open | (setup.stamped ? Gate::stamped : 0U),
                        std::memory_order_relaxed);
    // Stamps begin just below their wrap.
    all.gate.order.store(std::uint64_t{0} - 2, std::memory_order_relaxed);
    drawn = [&all](std::uint64_t stamp) {
      const unsigned thread = rl::thread_index();
      if (!(thread == 0 && death.happened())) all.audit[thread].stamped(all.number[thread], stamp);
    };
    for (std::uint32_t i = 0; i < lanes; ++i) {
      all.extra[i].ring = &all.ring;
      all.extra[i].lane = i;
      all.lane[i].open(all.gate, all.intake, i, &all.extra[i], setup.fenced);
      all.lane[i].heat();
    }
    if (setup.last_breath != 0) death.of(0, rl::rand(setup.last_breath));
  }

  void tick() {
    Shared& all = *shared;
    const auto drain = [&] {
      all.ring.drain([&](const detail::Record& record) { all.audit[record.lane].drained(record); });
    };
    if (drains_before_copying_all) drain();
    std::array<Copied<TestLane>, lanes> copied = {Copied(all.lane[0]), Copied(all.lane[1])};
    if (!drains_before_copying_all) drain();
    for (std::uint32_t i = 0; i < lanes; ++i) {
      copied[i].accept();
      copied[i].apply(all.audit[i]);
      if (copied[i].any()) all.lane[i].acknowledge();
    }
  }

  void run(unsigned thread) {
    Shared& all = *shared;
    if (thread == lanes) {
      for (unsigned i = 0; i < setup.ticks; ++i) tick();
      return;
    }
    std::uint64_t& number = all.number[thread];
    for (const char digit : setup.keys[thread]) {
      const auto key = static_cast<std::uint32_t>(digit - '0');
      ++number;
      if (!(thread == 0 && death.happened())) all.audit[thread].reported(key, number);
      const Status status =
          all.lane[thread].template report<Ring>(key, number, total_of(key, number));
      RL_ASSERT(status == Status::ok);
    }
  }

  void check() {
    tick();
    tick();
    if (!death.happened()) shared->audit[0].check_complete();
    shared->audit[1].check_complete();
    shared.reset();
  }
};

using Right = SharedLanes<Drawing>;

constexpr std::array cases = {
    right<Right>("small",
                 [] {
                   setup = {.keys = {"0", "0"}};
                 }),
    sampled<Right>("capacity_1"),
    sampled<Right>("capacity_2",
                   [] {
                     setup = {.capacity = 2, .keys = {"01", "1"}};
                   }),
    sampled<Right>("two_ticks",
                   [] {
                     setup = {.keys = {"001", "01"}, .ticks = 2};
                   }),
    sampled<Right>("fenced",
                   [] {
                     setup = {.fenced = true};
                     weakened.barriers = true;
                   }),
    sampled<Right>("one_dies",
                   [] {
                     setup = {.keys = {"0", "0"}, .last_breath = 16};
                   }),
    sampled<Right>("stamped",
                   [] {
                     setup = {.keys = {"0", "0"}, .stamped = true};
                   }),
    wrong<Right>("drains_before_copying",
                 [] {
                   setup = {.keys = {"000", "00"}, .ticks = 2};
                   drains_before_copying_all = true;
                 }),
    wrong<Right>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<Right>("read_modify_writes_relaxed", [] { weakened.read_modify_writes = true; }),
};

}  // namespace
}  // namespace headway::model

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
