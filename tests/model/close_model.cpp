// SPDX-License-Identifier: MIT
//
// A lane is closed while its provider reports. Every report that returned ok is in what was taken; none
// that returned closed is.
#include "tick.hpp"

namespace headway::model {

/// Wrong policies of their own types, for which members of the library's are written wrong below.
struct LateTrusted : RelacyAtomics {};
struct UnreadForgotten : RelacyAtomics {};

namespace {

struct Setup {
  /// One digit a report: its key.
  std::string_view keys = "001";
  /// 0: a lane without a ring.
  std::size_t capacity = 0;
  /// The dispatcher ticks once before it closes.
  bool tick = false;
  /// The dispatcher has the lane in its list.
  bool hot = true;
  bool fenced = false;
  /// The gate is closed first. The handshake does not depend on it.
  bool gate = true;
};
Setup setup;

template <class Atomics>
struct Close : Model<Close<Atomics>, 2> {
  using TestIntake = detail::Intake<Atomics, 1>;
  using Gate = detail::BasicGate<Atomics>;
  using Ring = detail::SpscRing<Atomics>;

  struct Shared {
    TestIntake intake;
    Gate gate;
    detail::Lane<Atomics, TestIntake> lane;
    detail::LaneExtra<Atomics> extra;
    std::optional<Ring> own_ring;
    Ring* ring = nullptr;
    Audit audit;
  };
  std::unique_ptr<Shared> shared;

  void build() {
    shared = std::make_unique<Shared>();
    Shared& all = *shared;
    all.gate.word.store(Gate::open, std::memory_order_relaxed);
    if (setup.capacity != 0) {
      all.extra.ring = all.ring = &all.own_ring.emplace(setup.capacity, std::uint64_t{0} - 1);
    }
    all.lane.open(all.gate, all.intake, 0, all.ring != nullptr ? &all.extra : nullptr,
                  setup.fenced);
    if (setup.hot) all.lane.heat();
  }

  void run(unsigned thread) {
    if (thread == 0) {
      provide();
    } else {
      close();
    }
  }

  void provide() {
    Shared& all = *shared;
    std::uint64_t number = 0;
    bool closed = false;
    for (const char digit : setup.keys) {
      const auto key = static_cast<std::uint32_t>(digit - '0');
      ++number;
      const Status status = all.lane.template report<Ring>(key, number, total_of(key, number));
      RL_ASSERT(status == Status::ok || status == Status::closed);
      RL_ASSERT((!closed || status == Status::closed) && "closed is for good");
      closed = status == Status::closed;
      if (!closed) all.audit.reported(key, number);
    }
  }

  void close() {
    Shared& all = *shared;
    if (setup.tick) take(all.lane, all.ring, all.audit);
    if (setup.gate) {
      all.gate.word.fetch_or(Gate::closed, std::memory_order_relaxed);
      all.lane.take_turn_away();
    }
    all.lane.begin_closing();
    if (!setup.fenced && !slips.no_barrier_in_closing) Atomics::heavy_barrier();
    for (bool again = false;; again = true) {
      take(all.lane, all.ring, all.audit, true);
      if (all.lane.finish_closing(all.audit.drained()) || slips.no_second_closing) break;
      // Not at once: after a yield Relacy shows no old values.
      if (again) rl::yield(1, RL_INFO);
    }
  }

  void check() {
    shared->audit.check_complete();
    shared.reset();
  }
};

using Right = Close<RelacyAtomics>;

constexpr std::array cases = {
    sampled<Right>("folding"),
    right<Right>("folding_small", [] { setup = {.keys = "01"}; }),
    sampled<Right>("after_a_tick", [] { setup = {.keys = "010", .tick = true}; }),
    sampled<Right>("with_a_ring", [] { setup = {.keys = "000", .capacity = 1}; }),
    right<Right>("with_a_ring_small", [] { setup = {.keys = "00", .capacity = 1}; }),
    right<Right>("ring_after_a_tick", [] { setup = {.keys = "00", .capacity = 1, .tick = true}; }),
    right<Right>("cold", [] { setup = {.keys = "00", .hot = false}; }),
    sampled<Right>("fenced",
                   [] {
                     setup = {.fenced = true};
                     weakened.barriers = true;
                   }),
    sampled<Right>("without_a_gate", [] { setup = {.keys = "000", .gate = false}; }),
    right<Right>("without_a_gate_small", [] { setup = {.keys = "00", .gate = false}; }),
    wrong<Right>("no_barrier", [] { slips.no_barrier_in_closing = true; }),
    wrong<Right>("late_report_ignored", [] { slips.no_second_closing = true; }),
    wrong<Close<LateTrusted>>("second_late_report_only_looks",
                              [] { setup = {.keys = "000", .gate = false}; }),
    wrong<Close<UnreadForgotten>>("closes_what_is_unread"),
    wrong<Right>("read_modify_writes_relaxed", [] { weakened.read_modify_writes = true; }),
};

}  // namespace
}  // namespace headway::model

namespace headway::detail {

/// As the library's, but a report that finds "late" takes it for granted that it will be taken.
template <>
bool LaneWord<model::LateTrusted>::be_late(std::uint64_t word) noexcept {
  while ((word & life_mask) == closing) {
    if (word_.compare_exchange_strong(word, (word & ~std::uint64_t{life_mask}) | late,
                                      std::memory_order_acq_rel, std::memory_order_acquire)) {
      return true;
    }
  }
  return (word & life_mask) == late;
}

/// As the library's, but a lane may be closed while a report is replacing one that was accepted.
template <>
bool Lane<model::UnreadForgotten, Intake<model::UnreadForgotten, 1>>::finish_closing(
    std::uint64_t pushes) noexcept {
  if (extra_ != nullptr) extra_->final_pushes.store(pushes, std::memory_order_relaxed);
  return word_.finish_closing();
}

}  // namespace headway::detail

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
