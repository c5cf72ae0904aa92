// SPDX-License-Identifier: MIT
//
// The inbox by itself: two threads mark, the dispatcher takes. No mark is lost behind the summaries, and
// what was stored before a mark is there when the mark is taken. And parking by itself, with the control
// path's mark beside a lane's.
//
// Relacy lets a load see an old value, but runs each read-modify-write on the newest, so that two of them by
// one thread never seem to trade places. Here they do: a taker's exchange may come, in the order of its word,
// before a marker's fetch_or that has been run, unless that one happened before it.
#include "explore.hpp"

namespace headway::model {

struct LateAtomics : RelacyAtomics {
  template <class T>
  class Atomic : public RelacyAtomics::Atomic<T> {
    using Word = RelacyAtomics::Atomic<T>;

   public:
    static constexpr unsigned markers = 2;

    Atomic(T value = T{}) : Word(value) {}

    T fetch_or(T bits, std::memory_order order) {
      const unsigned self = accesses.is_live() ? rl::thread_index() : markers;
      if (self >= markers) return Word::fetch_or(bits, order);
      Marker& marker = markers_[self];
      const std::uint64_t number = ++marker.number;
      marker.seen.store(number, std::memory_order_relaxed);
      const T before = Word::fetch_or(bits, order);
      marker.waiting.push_back({number, bits});
      return before;
    }
    T exchange(T, std::memory_order order) {
      std::array<std::uint64_t, markers> seen;
      for (unsigned i = 0; i < markers; ++i) {
        seen[i] = markers_[i].seen.load(std::memory_order_relaxed);
      }
      const T all = Word::exchange(0, order);
      const Undisturbed here(true);
      T late = 0;
      T others = all;
      for (unsigned i = 0; i < markers; ++i) {
        for (const Mark& mark : markers_[i].waiting) others &= ~mark.bits;
      }
      for (unsigned i = 0; i < markers; ++i) {
        auto& waiting = markers_[i].waiting;
        std::erase_if(waiting, [&](const Mark& mark) {
          (mark.number > seen[i] ? late : others) |= mark.bits;
          return mark.number <= seen[i];
        });
      }
      if (late != 0) Word::fetch_or(late, std::memory_order_relaxed);
      return others & all;
    }

   private:
    struct Mark {
      std::uint64_t number;
      T bits;
    };
    struct Marker {
      /// How many of its marks a taker can be sure of.
      RelacyAtomics::Atomic<std::uint64_t> seen{0};
      std::uint64_t number = 0;
      std::vector<Mark> waiting;
    };
    std::array<Marker, markers> markers_;
  };
};

namespace {

/// Lanes that are marked.
std::array<std::size_t, 2> lanes = {0, 1};

struct Marks : Model<Marks, 3> {
  struct Shared {
    detail::Inbox<LateAtomics, 1> inbox;
    std::array<RelacyAtomics::Plain<unsigned>, 2> stored;
    std::array<unsigned, 2> taken{};
  };
  std::unique_ptr<Shared> shared;

  void build() { shared = std::make_unique<Shared>(); }

  void take() {
    shared->inbox.take([&](std::size_t index) {
      const std::size_t i = index == lanes[0] ? 0 : 1;
      RL_ASSERT(index == lanes[i]);
      RL_ASSERT(shared->stored[i].load() == 1 && "what was stored before the mark");
      ++shared->taken[i];
    });
  }

  void run(unsigned thread) {
    if (thread < 2) {
      shared->stored[thread].store(1);
      shared->inbox.mark(lanes[thread]);
    } else {
      take();
      take();
    }
  }

  void check() {
    take();
    for (const unsigned times : shared->taken) RL_ASSERT(times == 1 && "each mark once");
    shared.reset();
  }
};

detail::Sleep sleep = detail::Sleep::parked;

struct Parked : Model<Parked, 3> {
  struct Shared {
    detail::Intake<RelacyAtomics, 1> intake;
    RelacyAtomics::Atomic<unsigned> value{0};
    RelacyAtomics::Atomic<unsigned> command{0};
  };
  std::unique_ptr<Shared> shared;

  void build() { shared = std::make_unique<Shared>(); }

  void run(unsigned thread) {
    Shared& all = *shared;
    if (thread == 0) {
      all.command.store(1, std::memory_order_relaxed);
      all.intake.interrupt_control();
    } else if (thread == 1) {
      // A dozing dispatcher is not to be woken by a lane.
      if (sleep == detail::Sleep::dozing) return;
      all.value.store(1, std::memory_order_relaxed);
      all.intake.interrupt(0);
    } else {
      dispatch();
    }
  }

  void dispatch() {
    Shared& all = *shared;
    bool lane = sleep == detail::Sleep::dozing;
    for (;;) {
      all.intake.inbox.take([&](std::size_t) {
        RL_ASSERT(all.value.load(std::memory_order_relaxed) == 1);
        lane = true;
      });
      if (lane && all.command.load(std::memory_order_relaxed) == 1) return;
      all.intake.parking.announce(sleep);
      if (!all.intake.inbox.last_look()) {
        all.intake.parking.word().wait_while(static_cast<std::uint32_t>(sleep));
      }
      all.intake.parking.resume();
    }
  }

  void check() { shared.reset(); }
};

constexpr std::array cases = {
    right<Marks>("same_leaf"),
    right<Marks>("same_middle",
                 [] {
                   lanes = {0, 2};
                 }),
    right<Parked>("parked"),
    right<Parked>("dozing", [] { sleep = detail::Sleep::dozing; }),
};

}  // namespace
}  // namespace headway::model

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
