// SPDX-License-Identifier: MIT
//
// A gate that changes under a provider that folds without a look at it. Whoever changes it says so, takes the turn
// away and changes it, as core/bus_sessions.cpp does. Once that is done, or has been seen, every report that begins
// is refused, or has a stamp; what was refused changes nothing and is not taken; what returned ok is. The closing of a session has no barrier
// there: the closing of its lanes must do.
#include "tick.hpp"

namespace headway::model {

/// Wrong policies of their own types, for which members of the library's are written wrong below.
struct LooksFirst : Drawing {};
struct TurnKept : Drawing {};
struct PlainTurns : Drawing {};
struct PlainAcknowledgement : Drawing {};

namespace {

enum class Change { cancel, stamp, close };

struct Setup {
  Change change = Change::cancel;
  /// One digit a report: its key.
  std::string_view keys = "00";
  /// Reports made before the threads start. Nothing of them is taken before.
  std::string_view before = "";
  /// 0: a lane without a ring.
  std::size_t capacity = 0;
  /// Of a dispatcher beside the one who changes the gate.
  unsigned ticks = 0;
  bool fenced = false;
};
Setup setup;

/// What wrong variants do when they change a gate.
struct GateSlips {
  bool no_barrier = false;
  bool turn_first = false;
  bool turn_left = false;
  bool at_once = false;
  bool closed_at_once = false;
};
GateSlips gate_slips;

template <class Atomics>
struct GateModel : Model<GateModel<Atomics>, 3> {
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
    /// The gate has been changed: what comes after is to see it.
    typename Atomics::template Atomic<std::uint32_t> changed{0};
    Audit audit;
    std::uint64_t number = 0;
    /// 0: none has been drawn.
    std::uint64_t last_stamp = 0;
    std::uint64_t refused = 0;
  };
  std::unique_ptr<Shared> shared;

  void build() {
    shared = std::make_unique<Shared>();
    Shared& all = *shared;
    all.gate.word.store(Gate::open, std::memory_order_relaxed);
    drawn = [&all](std::uint64_t stamp) {
      all.last_stamp = stamp;
      all.audit.stamped(all.number, stamp);
    };
    if (setup.capacity != 0) {
      all.extra.ring = all.ring = &all.own_ring.emplace(setup.capacity, std::uint64_t{0} - 1);
    }
    const bool has_extra = setup.capacity != 0 || setup.change == Change::stamp;
    all.lane.open(all.gate, all.intake, 0, has_extra ? &all.extra : nullptr, setup.fenced);
    all.lane.heat();
    report_all(setup.before);
  }

  void run(unsigned thread) {
    if (thread == 0) {
      report_all(setup.keys);
    } else if (thread == 1) {
      change_gate();
    } else {
      for (unsigned i = 0; i < setup.ticks; ++i) take_lane();
    }
  }

  // The provider.

  void report_all(std::string_view keys) {
    for (const char digit : keys) report(static_cast<std::uint32_t>(digit - '0'));
  }
  void report(std::uint32_t key) {
    Shared& all = *shared;
    const std::uint64_t number = ++all.number;
    const bool after = all.changed.load(std::memory_order_acquire) != 0 ||
                       (setup.change == Change::cancel && all.gate.is_canceled());
    const detail::LaneValue before = all.lane.current(key);
    all.last_stamp = 0;
    const Status status = all.lane.template report<Ring>(key, number, total_of(key, number));
    if (status == Status::ok) {
      all.audit.reported(key, number);
      RL_ASSERT(all.refused == 0 && "refused is for good");
      RL_ASSERT(!after || (setup.change == Change::stamp && all.last_stamp != 0));
      return;
    }
    ++all.refused;
    if (setup.change == Change::cancel) {
      RL_ASSERT(status == Status::aborted);
      const detail::LaneValue now = all.lane.current(key);
      RL_ASSERT(now.completed == before.completed && now.total == before.total);
    } else {
      RL_ASSERT(setup.change == Change::close && status == Status::closed);
    }
  }

  // The control path.

  [[nodiscard]] static typename Gate::Bits bit() {
    switch (setup.change) {
      case Change::cancel: return Gate::canceled;
      case Change::stamp: return Gate::stamped;
      default: return Gate::closed;
    }
  }
  void set(typename Gate::Bits to) { shared->gate.word.fetch_or(to, std::memory_order_relaxed); }
  void change_gate() {
    Shared& all = *shared;
    const bool closes = setup.change == Change::close;
    if (gate_slips.turn_first) all.lane.take_turn_away();
    set(closes || gate_slips.at_once ? bit() : Gate::changing);
    if (!closes && !setup.fenced && !gate_slips.no_barrier) Atomics::heavy_barrier();
    if (!gate_slips.turn_first && !gate_slips.turn_left) all.lane.take_turn_away();
    if (!closes) all.gate.word.fetch_or(bit(), std::memory_order_release);
    if (closes && !gate_slips.closed_at_once) close_lane();
    all.changed.store(1, std::memory_order_release);
    if (closes && gate_slips.closed_at_once) close_lane();
  }

  // The dispatcher.

  bool take_lane(bool closing = false) {
    return take(shared->lane, shared->ring, shared->audit, closing);
  }
  void close_lane() {
    Shared& all = *shared;
    all.lane.begin_closing();
    if (!setup.fenced) Atomics::heavy_barrier();
    for (bool again = false;; again = true) {
      take_lane(true);
      if (all.lane.finish_closing(all.audit.drained())) return;
      // Not at once: after a yield Relacy shows no old values.
      if (again) rl::yield(1, RL_INFO);
    }
  }

  void check() {
    Shared& all = *shared;
    if (setup.change != Change::close) {
      take_lane();
      take_lane();
    }
    all.audit.check_complete();
    RL_ASSERT(all.intake.refused_aborted.load(std::memory_order_relaxed) +
                  all.intake.refused_closed.load(std::memory_order_relaxed) ==
              all.refused);
    shared.reset();
  }
};

using Right = GateModel<Drawing>;

void set_fenced(Setup to) {
  setup = to;
  setup.fenced = true;
  weakened.barriers = true;
}

constexpr std::array cases = {
    right<Right>("canceled"),
    sampled<Right>("two_keys", [] { setup = {.keys = "0110"}; }),
    sampled<Right>("with_a_ring", [] { setup = {.keys = "000", .capacity = 1}; }),
    sampled<Right>("from_folds_to_the_ring",
                   [] { setup = {.keys = "000", .before = "00", .capacity = 1, .ticks = 1}; }),
    sampled<Right>("while_ticking", [] { setup = {.ticks = 2}; }),
    right<Right>("stamped", [] { setup = {.change = Change::stamp}; }),
    sampled<Right>("stamped_two_keys",
                   [] { setup = {.change = Change::stamp, .keys = "0110", .ticks = 1}; }),
    sampled<Right>("stamped_in_a_ring",
                   [] { setup = {.change = Change::stamp, .keys = "000", .capacity = 2}; }),
    right<Right>("closed", [] { setup = {.change = Change::close}; }),
    sampled<Right>("closed_two_keys", [] { setup = {.change = Change::close, .keys = "0110"}; }),
    sampled<Right>("closed_with_a_ring",
                   [] { setup = {.change = Change::close, .keys = "000", .capacity = 1}; }),
    right<Right>("fenced", [] { set_fenced({}); }),
    sampled<Right>("fenced_two_keys", [] { set_fenced({.keys = "0110"}); }),
    sampled<Right>("fenced_while_ticking",
                   [] { set_fenced({.keys = "000", .capacity = 1, .ticks = 2}); }),
    right<Right>("fenced_stamped", [] { set_fenced({.change = Change::stamp}); }),
    right<Right>("fenced_closed", [] { set_fenced({.change = Change::close}); }),
    wrong<Right>("no_barrier", [] { gate_slips.no_barrier = true; }),
    wrong<Right>("no_barrier_before_stamps",
                 [] {
                   setup = {.change = Change::stamp};
                   gate_slips.no_barrier = true;
                 }),
    wrong<Right>("turn_taken_away_first", [] { gate_slips.turn_first = true; }),
    wrong<Right>("changed_at_once", [] { gate_slips.at_once = true; }),
    wrong<Right>("turn_left", [] { gate_slips.turn_left = true; }),
    wrong<Right>("closed_at_once",
                 [] {
                   setup = {.change = Change::close};
                   gate_slips.closed_at_once = true;
                 }),
    wrong<Right>("barriers_left_out", [] { weakened.barriers = true; }),
    wrong<GateModel<LooksFirst>>("looks_at_the_gate_first"),
    wrong<GateModel<TurnKept>>("turn_kept_when_refused", [] { setup = {.keys = "0110"}; }),
    wrong<GateModel<TurnKept>>(
        "turn_kept_when_stamped",
        [] { setup = {.change = Change::stamp, .keys = "0110", .ticks = 1}; }),
    wrong<GateModel<PlainTurns>>("fenced_plain_turns", [] { set_fenced({}); }),
    wrong<GateModel<PlainAcknowledgement>>(
        "fenced_plain_acknowledgement",
        [] { set_fenced({.keys = "000", .before = "00", .capacity = 1, .ticks = 1}); }),
    wrong<Right>("fenced_turn_first",
                 [] {
                   set_fenced({});
                   gate_slips.turn_first = true;
                 }),
    wrong<Right>("read_modify_writes_relaxed",
                 [] {
                   set_fenced({});
                   weakened.read_modify_writes = true;
                 }),
};

}  // namespace
}  // namespace headway::model

namespace headway::detail {

/// As the library's, but the gate is looked at before the turn is taken.
template <>
bool Lane<model::LooksFirst, Intake<model::LooksFirst, 1>>::take_turn(std::uint32_t turn) noexcept {
  const bool open = gate_->is_open();
  pass_turn(turn);
  model::LooksFirst::light_barrier();
  return open;
}

/// As the library's, but the turn stays where it was.
template <>
template <>
Status Lane<model::TurnKept, Intake<model::TurnKept, 1>>::report_gated<SpscRing<model::TurnKept>>(
    Lane& lane, std::uint32_t turn, std::uint64_t completed, std::uint64_t total) noexcept {
  if (lane.gate_->refuses()) return refuse_by(*lane.gate_, lane.intake_);
  const std::uint32_t key = key_of(turn);
  if (!lane.gate_->is_stamped()) return lane.fold_on(key, completed, total);
  const std::uint64_t order = lane.gate_->order.fetch_add(1, std::memory_order_relaxed) + 1;
  return lane.report_ordered<SpscRing<model::TurnKept>>(key, completed, total, order);
}

/// As the library's, but the turn is stored in a fenced lane as in any other.
template <>
void Lane<model::PlainTurns, Intake<model::PlainTurns, 1>>::pass_turn(std::uint32_t to) noexcept {
  turn_.store(to, std::memory_order_release);
}

/// As the library's, but the dispatcher's acknowledgement in a fenced lane is a store.
template <>
void Lane<model::PlainAcknowledgement,
          Intake<model::PlainAcknowledgement, 1>>::acknowledge() noexcept {
  turn_.store(nobody, std::memory_order_release);
}

}  // namespace headway::detail

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
