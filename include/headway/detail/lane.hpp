// SPDX-License-Identifier: MIT
//
// Lane: the memory behind one provider thread. Six cells, the word that says whether the dispatcher is
// watching, and what the provider remembers between reports.
//
// A report goes into the ring while there is room. When there is none it *folds*: it replaces the value in
// its key's cell. Folding is lane-wide: after one fold every report folds until the dispatcher has
// acknowledged the lane's last fold; otherwise a record in the ring could be taken before an older fold.
//
// The *turn* is what makes reports cheap: it names the key that the lane folds on, or the ring, and a report that
// has the turn looks at nothing else before it stores. Whoever has something to say to the provider takes the turn away, and
// the next report looks: the dispatcher when it acknowledges, and whoever changes the session's gate (cancels,
// closes, stops, forks). The provider looks at the gate each time it takes the turn.
//
// The lane's word is looked at after the store; all rarities share that one branch. The dispatcher changes its
// epoch when it takes the lane into its list (heat), so that a provider marks its lane once until then.
//
// Closing is a handshake. The dispatcher says "closing", runs a heavy barrier, takes the last values and
// swaps to "closed". A report that had stored before the barrier is in what was taken; one that sees
// "closing" or "late" after its store swaps to "late", which makes the dispatcher take once more; one
// that sees "closed" is delivered if the published counts cover it, and is refused otherwise.
//
// Memory ordering: three places order a store before a load, on both sides.
//   provider: stores a value, looks at the word (L1)     dispatcher: changes the word (L2), looks for values (L3)
//   provider: takes the turn (G1), looks at the gate     others: say it is changing, take the turn away (G2)
// They need a full barrier on both sides: light_barrier() here and heavy_barrier() there, or, in a fenced
// lane, read-modify-writes on both sides, of the word and of the turn. See fences.hpp. An acknowledgement (A1)
// needs no order of its own: a drain acquires the pushes it finds, so a push made after the provider saw it
// (A2) cannot be found by the drain before it.
#pragma once

#include <atomic>
#include <cstdint>

#include <headway/detail/gate.hpp>
#include <headway/detail/lane_cells.hpp>
#include <headway/detail/lane_extra.hpp>
#include <headway/detail/lane_word.hpp>
#include <headway/status.hpp>
#include <headway/vocabulary.hpp>

namespace headway::detail {

/// Answers a report that the gate refuses, and counts it in `intake`, if any.
template <class Gate, class IntakeType>
Status refuse_by(const Gate& gate, IntakeType* intake) noexcept {
  const bool canceled = gate.is_canceled();
  if (intake != nullptr) {
    (canceled ? intake->refused_aborted : intake->refused_closed)
        .fetch_add(1, std::memory_order_relaxed);
  }
  return canceled ? Status::aborted : Status::closed;
}

template <class Atomics, class IntakeType>
class alignas(cache_line) Lane {
 public:
  using Word = typename Atomics::template Atomic<std::uint64_t>;
  using Gate = BasicGate<Atomics>;
  using Extra = LaneExtra<Atomics>;
  using Copies = LaneCopies;

  constexpr Lane() = default;
  /// A lane that is never opened, and may be shared: its gate refuses every report. Counted in `intake`, if any.
  constexpr explicit Lane(Gate& gate, IntakeType* intake = nullptr)
      : gate_(&gate), intake_(intake) {}

  // Provider: one thread at a time.
  //
  // A report's turn is its key, and in bit 3 what else tells turns on one key apart: a SharedReporter's kinds.
  // `Ring` is the type of extra->ring, whether the lane has one or not.

  /// Takes a report. Inline is what a lane does that goes on folding on one key; the rest is called, so that
  /// a caller's loop stays small.
  template <class Ring>
  [[gnu::always_inline]] Status report(std::uint32_t turn, std::uint64_t completed,
                                       std::uint64_t total) noexcept {
    if (folds_on(turn)) [[likely]]
      return fold(turn, completed, total);
    return report_elsewhere<Ring>(*this, turn, completed, total);
  }

  /// Reports change(the key's last value): for relative reports.
  template <class Ring, class Change>
  [[gnu::always_inline]] Status report_changed(std::uint32_t turn, Change change) noexcept {
    if (folds_on(turn)) [[likely]]
      return fold_changed(turn, change);
    const LaneValue value = change(current(turn));
    return report_elsewhere<Ring>(*this, turn, value.completed, value.total);
  }

  /// True if the lane goes on folding here: then fold() or fold_changed() takes the report.
  [[nodiscard, gnu::always_inline]] bool folds_on(std::uint32_t turn) const noexcept {
    return turn_.load(std::memory_order_relaxed) == turn;
  }
  [[gnu::always_inline]] Status fold(std::uint32_t turn, std::uint64_t completed,
                                     std::uint64_t total) noexcept {
    cells_[key_of(turn)].write(completed, total);
    Atomics::light_barrier();
    if (word_.asks()) [[unlikely]]  // L1
      return look(true);
    return Status::ok;
  }
  template <class Change>
  [[gnu::always_inline]] Status fold_changed(std::uint32_t turn, Change change) noexcept {
    const Cell<Atomics>& cell = cells_[key_of(turn)];
    const LaneValue value = change(LaneValue{cell.own_completed(), cell.own_total()});
    return fold(turn, value.completed, value.total);
  }

  /// A report that does not fold where the last one did: into the ring, on another key, or refused. (Static, and
  /// with nothing but calls in tail position: the way into the ring saves no registers.)
  template <class Ring>
  [[gnu::noinline]] static Status report_elsewhere(Lane& lane, std::uint32_t turn,
                                                   std::uint64_t completed,
                                                   std::uint64_t total) noexcept {
    if (!lane.folds_on(in_ring)) [[unlikely]]
      return report_turning<Ring>(lane, turn, completed, total);
    return push<Ring>(lane, turn, completed, total);
  }

  /// The value last reported on the key by this lane.
  [[gnu::noinline]] LaneValue current(std::uint32_t turn) const noexcept {
    const std::uint32_t key = key_of(turn);
    const Cell<Atomics>& cell = cells_[key];
    if (extra_ != nullptr && (last_ == nullptr || cell.own_version() <= extra_->episode)) {
      return extra_->value[key];
    }
    return {cell.own_completed(), cell.own_total()};
  }

  /// For a SharedReporter's threads: which turns have been admitted.
  [[nodiscard]] bool admits(std::uint32_t turn) const noexcept {
    return (admitted_ >> turn & 1) != 0;
  }
  void admit(std::uint32_t turn) noexcept { admitted_ |= std::uint32_t{1} << turn; }

  [[nodiscard]] Gate& gate() const noexcept { return *gate_; }
  /// Null at most in a lane that is never opened.
  [[nodiscard]] IntakeType* intake() const noexcept { return intake_; }

  // Any thread.

  /// The next report looks at the gate, which is changing. Without heavy_barrier() between the two one that is
  /// just taking the turn may miss it.
  void take_turn_away() noexcept { pass_turn(nobody); }  // G2

  // Dispatcher.

  /// As LaneCells says.
  [[nodiscard]] Copies copy_changed() noexcept {
    const Copies found = cells_.copy_changed(order());
    unread_ = found.unread;
    return found;
  }
  /// After the drain: a provider that sees its last fold taken may use its ring again.
  std::uint64_t accept(std::uint32_t key, const CellValue& value) noexcept {
    if (extra_ != nullptr) extra_->heard[key] = value.total;
    return cells_.accept(key, value);
  }
  [[nodiscard]] bool changed() const noexcept { return cells_.changed(); }

  /// Has the provider look whether all its folds have been accepted.
  void acknowledge() noexcept { take_turn_away(); }

  /// From now on the dispatcher reads this lane every tick: reports need not interrupt.
  void heat() noexcept { word_.heat(); }
  /// The next report interrupts. Needs heavy_barrier() and a last look (changed()) before the lane may
  /// leave the dispatcher's list.
  void cool() noexcept { word_.cool(); }

  /// First half of closing. Needs heavy_barrier() before the last values are taken.
  void begin_closing() noexcept { word_.begin_closing(); }

  /// Second half: true once the lane is closed; false if a report came in between, or is just replacing
  /// one that was accepted, and the values must be taken once more: in the next tick, since the provider
  /// may have been stopped there. `pushes`: what was drained of the lane's pushes.
  [[nodiscard]] bool finish_closing(std::uint64_t pushes) noexcept {
    if (unread_) return false;
    if (extra_ != nullptr) extra_->final_pushes.store(pushes, std::memory_order_relaxed);
    return word_.finish_closing();
  }

  [[nodiscard]] std::uint64_t marked_at() const noexcept {
    return marked_at_.load(std::memory_order_relaxed);
  }

  /// Ready for a provider. `fenced`: the process has no heavy barrier.
  void open(Gate& gate, IntakeType& intake, std::uint32_t index, Extra* extra,
            bool fenced) noexcept {
    gate_ = &gate;
    intake_ = &intake;
    index_ = index;
    extra_ = extra;
    last_ = extra != nullptr && extra->ring != nullptr ? nullptr : &cells_[0];
    admitted_ = 0;
    turn_.store(nobody, std::memory_order_relaxed);
    marked_ = word_.open(fenced) - 1;
  }

  /// Back to nothing, for the next provider. By the dispatcher, once the provider has ended.
  void reset() noexcept {
    extra_ = nullptr;
    cells_.reset();
    unread_ = false;
  }

  [[nodiscard]] Extra* extra() const noexcept { return extra_; }

 private:
  // Besides the turns of reports: the next one goes into the ring; the next one looks.
  static constexpr std::uint32_t in_ring = 16;
  static constexpr std::uint32_t nobody = 17;

  [[nodiscard]] static constexpr std::uint32_t key_of(std::uint32_t turn) noexcept {
    return turn & 7;
  }

  /// The gate is not simply open: refuses, draws a stamp first, or does without the turn.
  template <class Ring>
  [[gnu::noinline]] static Status report_gated(Lane& lane, std::uint32_t turn,
                                               std::uint64_t completed,
                                               std::uint64_t total) noexcept {
    // Whoever changed the gate may not have come to it yet.
    if (!lane.folds_on(nobody)) lane.pass_turn(nobody);
    if (lane.gate_->refuses()) return refuse_by(*lane.gate_, lane.intake_);
    const std::uint32_t key = key_of(turn);
    if (lane.gate_->is_stamped()) {
      const std::uint64_t order = lane.gate_->order.fetch_add(1, std::memory_order_relaxed) + 1;
      return lane.template report_ordered<Ring>(key, completed, total, order);
    }
    // It is changing.
    if ((lane.last_ == nullptr || lane.ceases_folding()) &&
        lane.extra_->template push<Ring>(key, completed, total)) {
      return lane.pushed();
    }
    return lane.fold_on(key, completed, total);
  }
  /// The turn was somebody else's, or has been taken away.
  template <class Ring>
  [[gnu::noinline]] static Status report_turning(Lane& lane, std::uint32_t turn,
                                                 std::uint64_t completed,
                                                 std::uint64_t total) noexcept {
    // First, so that a lane whose gate is shut never gets a turn: empty handles share one.
    if (!lane.gate_->is_open()) [[unlikely]]
      return report_gated<Ring>(lane, turn, completed, total);
    const bool to_ring = lane.last_ == nullptr || lane.ceases_folding();
    if (!lane.take_turn(to_ring ? in_ring : turn)) [[unlikely]]
      return report_gated<Ring>(lane, turn, completed, total);
    return to_ring ? push<Ring>(lane, turn, completed, total)
                   : lane.fold_on(key_of(turn), completed, total);
  }
  template <class Ring>
  [[gnu::always_inline]] static Status push(Lane& lane, std::uint32_t turn, std::uint64_t completed,
                                            std::uint64_t total) noexcept {
    if constexpr (Extra::template knows_totals<Ring>) {
      if (!lane.extra_->template push_known<Ring>(key_of(turn), completed, total)) [[unlikely]] {
        return push_any<Ring>(lane, turn, completed, total);
      }
      return lane.pushed();
    } else {
      return push_any<Ring>(lane, turn, completed, total);
    }
  }
  template <class Ring>
  [[gnu::noinline]] static Status push_any(Lane& lane, std::uint32_t turn, std::uint64_t completed,
                                           std::uint64_t total) noexcept {
    if (lane.extra_->template push<Ring>(key_of(turn), completed, total)) [[likely]]
      return lane.pushed();
    // The ring is full: the lane begins to fold.
    if (!lane.take_turn(turn)) [[unlikely]]
      return report_gated<Ring>(lane, turn, completed, total);
    return lane.fold_on(key_of(turn), completed, total);
  }
  [[gnu::always_inline]] Status pushed() noexcept {
    Atomics::light_barrier();
    if (word_.asks()) [[unlikely]]  // L1
      return look(false);
    return Status::ok;
  }

  /// False if the gate is not open. Before the report that follows: if that is a fold, its acknowledgement takes
  /// the turn away again.
  [[nodiscard]] bool take_turn(std::uint32_t turn) noexcept {
    pass_turn(turn);  // G1
    Atomics::light_barrier();
    return gate_->is_open();
  }

  /// Folding goes on with this key, or starts.
  Status fold_on(std::uint32_t key, std::uint64_t completed, std::uint64_t total) noexcept {
    cells_[key].write_after(begin_fold(key), completed, total);
    Atomics::light_barrier();
    if (word_.asks()) [[unlikely]]  // L1
      return look(true);
    return Status::ok;
  }

  /// With a stamp of the session's, for Merge::latest. Needs an extra. Never has the turn.
  template <class Ring>
  Status report_ordered(std::uint32_t key, std::uint64_t completed, std::uint64_t total,
                        std::uint64_t order) noexcept {
    if ((last_ == nullptr || ceases_folding()) &&
        extra_->template push_ordered<Ring>(key, completed, total, order)) {
      Atomics::light_barrier();
      return look(false);
    }
    cells_[key].write_ordered_after(begin_fold(key), completed, total, extra_->order[key], order);
    Atomics::light_barrier();
    return look(true);
  }

  /// The lane's newest version; the fold that follows is in this key's cell.
  std::uint64_t begin_fold(std::uint32_t key) noexcept {
    Cell<Atomics>* const before = last_;
    last_ = &cells_[key];
    if (before != nullptr) return before->own_version();
    return extra_->episode = extra_->newest_fold;
  }

  /// The word asks for attention: looks what there is to do after a report was stored.
  [[gnu::noinline]] Status look(bool folded) noexcept {
    const std::uint64_t word = word_.look();
    if (!word_.is_alive(word)) [[unlikely]]
      return look_closing(word, folded);
    // One mark is enough until the dispatcher has taken it.
    const std::uint32_t epoch = word_.epoch_of(word);
    if (word_.is_cold(word) && marked_ != epoch) {
      marked_ = epoch;
      marked_at_.store(static_cast<std::uint64_t>(intake_->timestamp()), std::memory_order_relaxed);
      intake_->interrupt(index_);
    }
    return Status::ok;
  }

  [[gnu::noinline]] Status look_closing(std::uint64_t word, bool folded) noexcept {
    if (word_.be_late(word)) return Status::ok;
    const bool in_time =
        folded ? last_->own_version() <= cells_.taken()
               : extra_->pushes <= extra_->final_pushes.load(std::memory_order_relaxed);
    if (in_time) return Status::ok;
    intake_->refused_closed.fetch_add(1, std::memory_order_relaxed);
    return Status::closed;
  }

  /// The dispatcher has taken all folds: what is reported now may go into the ring again.
  bool ceases_folding() noexcept {
    if (extra_ == nullptr || extra_->ring == nullptr) return false;
    if (cells_.taken() != last_->own_version()) return false;  // A2
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      if (cells_[key].own_version() > extra_->episode) {
        extra_->value[key] = {cells_[key].own_completed(), cells_[key].own_total()};
      }
    }
    extra_->newest_fold = last_->own_version();
    last_ = nullptr;
    return true;
  }

  /// In a fenced lane each change of the turn reads the one before: whoever took it away had changed the gate.
  void pass_turn(std::uint32_t to) noexcept {
    if (word_.is_fenced()) {
      turn_.exchange(to, std::memory_order_acq_rel);
    } else {
      turn_.store(to, std::memory_order_relaxed);
    }
  }

  /// The session's stamps beside the cells; null if there are none.
  [[nodiscard]] const Word* order() const noexcept {
    return extra_ != nullptr ? extra_->order.data() : nullptr;
  }

  // The provider's line. Others write to it seldom.
  LaneWord<Atomics> word_;
  typename Atomics::template Atomic<std::uint32_t> turn_{nobody};
  std::uint32_t index_ = 0;
  Gate* gate_ = nullptr;
  IntakeType* intake_ = nullptr;
  Extra* extra_ = nullptr;
  /// Where the last fold was; null while reports go into the ring.
  Cell<Atomics>* last_ = nullptr;
  Word marked_at_{0};
  std::uint32_t marked_ = 0;
  std::uint32_t admitted_ = 0;
  LaneCells<Atomics> cells_;
  /// The dispatcher's own: a cell could not be read in the last copy.
  bool unread_ = false;
};

}  // namespace headway::detail
