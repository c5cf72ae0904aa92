// SPDX-License-Identifier: MIT
//
// A wish of the control path, to stop or to flush, against a dispatcher that is parked or dozing. No wish is
// lost, or Relacy finds a dispatcher asleep for good; what was reported before a flush is taken when it is
// answered; after a stop every report that returned ok has been taken.
//
// The dispatcher goes by core/dispatcher.cpp: it looks for wishes before it takes marks, and once more
// before it sleeps, since it may have taken a wish's mark in between. A doze has no time-out here, so that
// only the control path ends it; those of `naps` are over at once.
#include "tick.hpp"

namespace headway::model {

/// Wrong policies of their own types, for which members of the library's are written wrong below.
struct Undisturbable : RelacyAtomics {};
struct NotifiedTrusted : RelacyAtomics {};
struct ControlForgotten : RelacyAtomics {};

namespace {

struct Setup {
  detail::Sleep sleep = detail::Sleep::dozing;
  /// Dozes that end by their time-out before the dispatcher sleeps as `sleep` says.
  unsigned naps = 0;
  unsigned reports = 1;
  bool fenced = false;
  /// The first thread only marks the lane, and dies in it: after one of 0 to so many operations.
  unsigned last_breath = 0;
};
Setup setup;

bool no_second_look_for_wishes = false;
bool looks_for_wishes_after_marks = false;

/// A bus with one lane, and how its dispatcher sleeps.
template <class Atomics>
class Bus {
 public:
  using TestIntake = detail::Intake<Atomics, 1>;
  using Lane = detail::Lane<Atomics, TestIntake>;
  using Gate = detail::BasicGate<Atomics>;

  Bus() {
    gate.word.store(Gate::open, std::memory_order_relaxed);
    lane[0].open(gate, intake, 0, nullptr, setup.fenced);
  }

  Status report(std::uint64_t number) {
    const Status status =
        lane[0].template report<detail::SpscRing<Atomics>>(0, number, total_of(0, number));
    if (status == Status::ok) audit.reported(0, number);
    return status;
  }

  bool take_lane(bool closing) {
    detail::SpscRing<Atomics>* no_ring = nullptr;
    return take(lane[0], no_ring, audit, closing);
  }
  void poll() {
    list.poll([&](std::size_t) { return take_lane(false); },
              [&](std::size_t) { return lane[0].changed(); });
  }
  void take_marks(bool heats) {
    intake.inbox.take([&](std::size_t i) {
      if (heats) list.heat(i);
    });
  }

  void sleep() {
    // Parked it would be only until the next tick is due.
    if (setup.sleep == detail::Sleep::parked && list.any()) {
      rl::yield(1, RL_INFO);
      return;
    }
    const bool naps = napped < setup.naps;
    const detail::Sleep how = naps ? detail::Sleep::dozing : setup.sleep;
    intake.parking.announce(how);
    const bool awake = !slips.no_last_look && intake.inbox.last_look();
    if (naps) {
      ++napped;
    } else if (!awake) {
      intake.parking.word().wait_while(static_cast<std::uint32_t>(how));
    }
    intake.parking.resume();
  }

  [[nodiscard]] bool wants_stop() const { return stopping.load(std::memory_order_acquire) != 0; }
  [[nodiscard]] std::uint32_t wants_flush() const {
    return flush_requested.load(std::memory_order_acquire);
  }

  using Word = typename Atomics::template Atomic<std::uint32_t>;
  TestIntake intake;
  std::array<Lane, 1> lane;
  HotList<Atomics, Lane, 1> list{lane, setup.fenced};
  Audit audit;
  Gate gate;
  Word has_commands{0};
  Word stopping{0};
  Word flush_requested{0};
  Word flush_answered{0};
  unsigned napped = 0;
};

/// One thread reports, one stops the bus.
template <class Atomics>
struct Stop : Model<Stop<Atomics>, 3> {
  std::unique_ptr<Bus<Atomics>> bus;

  void build() {
    bus = std::make_unique<Bus<Atomics>>();
    if (setup.last_breath != 0) death.of(0, rl::rand(setup.last_breath));
  }

  void run(unsigned thread) {
    if (thread == 2) {
      dispatch();
    } else if (thread == 1) {
      bus->gate.word.fetch_or(detail::BasicGate<Atomics>::closed, std::memory_order_relaxed);
      bus->lane[0].take_turn_away();
      bus->has_commands.store(1, std::memory_order_release);
      bus->stopping.store(1, std::memory_order_release);
      bus->intake.interrupt_control();
    } else if (setup.last_breath != 0) {
      bus->intake.interrupt(0);
    } else {
      for (unsigned number = 1; number <= setup.reports; ++number) {
        if (bus->report(number) != Status::ok) return;
      }
    }
  }

  void dispatch() {
    Bus<Atomics>& all = *bus;
    bool closing = false;
    bool shut = false;
    for (;;) {
      const bool stop = all.wants_stop();
      all.take_marks(!closing);
      const bool close = !closing && all.has_commands.load(std::memory_order_acquire) != 0;
      all.poll();
      if (close) {
        closing = true;
        all.list.drop(0);
        all.lane[0].begin_closing();
        if (!setup.fenced && !slips.no_barrier_in_closing) Atomics::heavy_barrier();
      }
      if (closing && !shut) {
        all.take_lane(true);
        shut = all.lane[0].finish_closing(0);
        if (!shut) rl::yield(1, RL_INFO);
      }
      if (stop && shut) return;
      const bool again = !no_second_look_for_wishes && all.wants_stop() != stop;
      if (closing == shut && !again) all.sleep();
    }
  }

  void check() {
    bus->audit.check_complete();
    bus.reset();
  }
};

/// A thread reports and flushes, twice.
template <class Atomics>
struct Flush : Model<Flush<Atomics>, 2> {
  static constexpr std::uint32_t flushes = 2;
  std::unique_ptr<Bus<Atomics>> bus;

  void build() { bus = std::make_unique<Bus<Atomics>>(); }

  void run(unsigned thread) {
    Bus<Atomics>& all = *bus;
    if (thread == 1) {
      dispatch();
      return;
    }
    for (std::uint32_t ticket = 1; ticket <= flushes; ++ticket) {
      RL_ASSERT(all.report(ticket) == Status::ok);
      all.flush_requested.store(ticket, std::memory_order_release);
      all.intake.interrupt_control();
      while (all.flush_answered.load(std::memory_order_acquire) != ticket) {
        all.flush_answered.wait_while(ticket - 1);
      }
      all.audit.check_complete();
    }
  }

  void dispatch() {
    Bus<Atomics>& all = *bus;
    for (std::uint32_t answered = 0; answered != flushes;) {
      if (looks_for_wishes_after_marks) all.take_marks(true);
      const std::uint32_t wanted = all.wants_flush();
      if (!looks_for_wishes_after_marks) all.take_marks(true);
      all.poll();
      if (wanted != answered) {
        answered = wanted;
        all.flush_answered.store(answered, std::memory_order_release);
        all.flush_answered.wake_all();
      }
      const bool again = !no_second_look_for_wishes && all.wants_flush() != wanted;
      if (answered != flushes && !again) all.sleep();
    }
  }

  void check() {
    bus->audit.check_complete();
    bus.reset();
  }
};

using Right = Stop<RelacyAtomics>;
using RightFlush = Flush<RelacyAtomics>;
constexpr auto parked = detail::Sleep::parked;

constexpr std::array cases = {
    right<Right>("dozing"),
    right<Right>("parked", [] { setup = {.sleep = parked}; }),
    right<Right>("dozing_alone", [] { setup = {.naps = 1, .reports = 0}; }),
    right<Right>("parked_after_a_nap", [] { setup = {.sleep = parked, .naps = 1, .reports = 0}; }),
    sampled<Right>("two_reports", [] { setup = {.naps = 1, .reports = 2}; }),
    right<Right>("fenced",
                 [] {
                   setup = {.fenced = true};
                   weakened.barriers = true;
                 }),
    right<Right>("marker_dies", [] { setup = {.sleep = parked, .last_breath = 8}; }),
    right<RightFlush>("flush_dozing"),
    right<RightFlush>("flush_parked", [] { setup = {.sleep = parked}; }),
    wrong<Right>("no_last_look", [] { slips.no_last_look = true; }),
    wrong<Right>("no_second_look_for_wishes", [] { no_second_look_for_wishes = true; }),
    wrong<RightFlush>("flush_without_second_look", [] { no_second_look_for_wishes = true; }),
    wrong<RightFlush>("looks_for_wishes_after_marks", [] { looks_for_wishes_after_marks = true; }),
    wrong<Right>("no_barrier_in_closing", [] { slips.no_barrier_in_closing = true; }),
    wrong<Stop<Undisturbable>>("dozing_is_left_alone"),
    wrong<Stop<NotifiedTrusted>>("notified_is_trusted",
                                 [] { setup = {.sleep = parked, .last_breath = 8}; }),
    wrong<Stop<ControlForgotten>>("control_unmarked"),
    wrong<Right>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<Right>("read_modify_writes_relaxed", [] { weakened.read_modify_writes = true; }),
};

}  // namespace
}  // namespace headway::model

namespace headway::detail {

/// As the library's, but the control path does as providers do: it leaves who is dozing alone.
template <>
void Parking<model::Undisturbable>::notify_control() noexcept {
  notify();
}

/// As the library's, but whoever finds "notified" takes it for granted that somebody wakes.
template <>
void Parking<model::NotifiedTrusted>::wake(std::uint32_t seen) noexcept {
  if (seen == value(Sleep::parked) &&
      word_.compare_exchange_strong(seen, value(Sleep::notified), std::memory_order_relaxed,
                                    std::memory_order_relaxed)) {
    model::NotifiedTrusted::wake(word_);
  }
}

/// As the library's, but the control path leaves no mark.
template <>
void Inbox<model::ControlForgotten, 1>::mark_control() noexcept {}

}  // namespace headway::detail

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
