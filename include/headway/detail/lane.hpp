// SPDX-License-Identifier: MIT
//
// Lane: the memory behind one provider thread. Six cells, the word that says whether the dispatcher is
// watching, and what the provider remembers between reports.
//
// A report goes into the ring while there is room. When there is none it *folds*: it replaces the value in
// its key's cell. Folding is lane-wide: after one fold every report folds until the dispatcher has
// acknowledged the lane's last fold; otherwise a record in the ring could be taken before an older fold.
// The provider keeps the key it folds on in `turn_`, and looks whether it may leave off when a report is
// for another key; the dispatcher takes the turn away when it acknowledges, so that the next report looks.
//
// The lane's word is {epoch, life, hot}. The dispatcher changes the epoch when it takes the lane into its
// list (heat). The provider compares the word with the one it last looked at, after its store; all
// rarities share that one branch.
//
// Closing is a handshake. The dispatcher says "closing", runs a heavy barrier, takes the last values and
// swaps to "closed". A report that had stored before the barrier is in what was taken; one that sees
// "closing" or "late" after its store swaps to "late", which makes the dispatcher take once more; one
// that sees "closed" is delivered if the published counts cover it, and is refused otherwise.
//
// Memory ordering: the store of a value and the look at the word (L1), like the dispatcher's change of the
// word (L2) and its look for values (L3), are a store before a load, and need a full barrier on both
// sides: light_barrier() here and heavy_barrier() there, or, in a fenced lane, read-modify-writes of the
// word on both sides. See fences.hpp. An acknowledgement (A1) needs no order of its own: a drain acquires the
// pushes it finds, so a push made after the provider saw it (A2) cannot be found by the drain before it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include <headway/detail/cell.hpp>
#include <headway/detail/lane_copies.hpp>
#include <headway/detail/lane_extra.hpp>
#include <headway/status.hpp>
#include <headway/vocabulary.hpp>

namespace headway::detail {

template <class Atomics, class IntakeType>
class alignas(cache_line) Lane {
 public:
  using Word = typename Atomics::template Atomic<std::uint64_t>;
  using Extra = LaneExtra<Atomics>;

  using Copies = LaneCopies;

  // Provider: one thread at a time.

  /// Takes a report. `ring` may be null only if the lane has been opened without one.
  /// Inline is what a lane does that goes on folding on one key; the rest is called, so that a caller's
  /// loop stays small.
  template <class Ring>
  [[gnu::always_inline]] Status report(Ring* ring, std::uint32_t key, std::uint64_t completed,
                                       std::uint64_t total) noexcept {
    if (turn_.load(std::memory_order_relaxed) != key) [[unlikely]] {
      return report_elsewhere(*this, ring, key, completed, total);
    }
    cells_[key].write(completed, total);
    Atomics::light_barrier();
    if (word_.load(std::memory_order_relaxed) == expected_) [[likely]]
      return Status::ok;  // L1
    return look(true);
  }

  /// Reports change(the key's last value): for relative reports.
  template <class Ring, class Change>
  [[gnu::always_inline]] Status report_changed(Ring* ring, std::uint32_t key,
                                               Change change) noexcept {
    if (turn_.load(std::memory_order_relaxed) != key) [[unlikely]] {
      const LaneValue value = change(current(key));
      return report_elsewhere(*this, ring, key, value.completed, value.total);
    }
    Cell<Atomics>& cell = cells_[key];
    const LaneValue value = change(LaneValue{cell.own_completed(), cell.own_total()});
    cell.write(value.completed, value.total);
    Atomics::light_barrier();
    if (word_.load(std::memory_order_relaxed) == expected_) [[likely]]
      return Status::ok;  // L1
    return look(true);
  }

  /// The same with a stamp of the session's, for Merge::latest. Needs an extra.
  template <class Ring>
  Status report_ordered(Ring* ring, std::uint32_t key, std::uint64_t completed, std::uint64_t total,
                        std::uint64_t order) noexcept {
    if (turn_.load(std::memory_order_relaxed) != key) {
      if ((last_ == nullptr || ceases_folding()) &&
          extra_->push_ordered(*ring, key, completed, total, order)) {
        Atomics::light_barrier();
        return look(false);
      }
      turn_to(key);
    }
    cells_[key].write_ordered(completed, total, extra_->order[key], order);
    Atomics::light_barrier();
    return look(true);
  }

  /// The value last reported on the key by this lane.
  [[gnu::noinline]] LaneValue current(std::uint32_t key) const noexcept {
    const Cell<Atomics>& cell = cells_[key];
    if (extra_ != nullptr && (last_ == nullptr || cell.own_version() <= extra_->episode)) {
      return extra_->value[key];
    }
    return {cell.own_completed(), cell.own_total()};
  }

  // Dispatcher.

  /// Copies the cells that changed since they were last copied, such that no cell's value is older than
  /// the newest stamp copied. Bounded: what cannot be read is left for the next tick.
  [[nodiscard]] Copies copy_changed() noexcept {
    Copies found;
    std::array<CellValue, keys_per_session> copy;
    std::uint32_t have = 0;
    std::uint64_t newest = 0;
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      if (cells_[key].version() == taken_version_[key]) continue;
      if (!read(key, copy[key])) {
        found.unread = true;
        continue;
      }
      have |= 1U << key;
      newest = std::max(newest, copy[key].version);
    }
    unread_ = found.unread;
    if (have == 0) return found;
    // The second pass: a fold older than `newest` may have been made in a cell after it was looked at.
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      CellValue again;
      if (cells_[key].version() == taken_version_[key] || !read(key, again)) continue;
      if (again.version > newest) continue;
      copy[key] = again;
      have |= 1U << key;
    }
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      if ((have >> key & 1) != 0) found.insert(key, copy[key]);
    }
    return found;
  }

  /// Marks one copy as taken; returns how many reports it stands for.
  std::uint64_t accept(std::uint32_t key, const CellValue& value) noexcept {
    const std::uint64_t reports = value.count() - taken_count_[key];
    taken_version_[key] = value.version;
    taken_count_[key] = value.count();
    taken_newest_ = std::max(taken_newest_, value.version);
    return reports;
  }

  /// Tells the provider that all folds up to those accepted have been taken. After the drain.
  void acknowledge() noexcept {
    acknowledged_.store(taken_newest_, std::memory_order_relaxed);  // A1
    turn_.store(nobody, std::memory_order_relaxed);
  }

  /// True if a cell holds something not taken yet.
  [[nodiscard]] bool changed() const noexcept {
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      if (cells_[key].version() != taken_version_[key]) return true;  // L3
    }
    return false;
  }

  /// From now on the dispatcher reads this lane every tick: reports need not interrupt.
  void heat() noexcept {
    change_word(with_next_epoch(word_.load(std::memory_order_relaxed)) | hot);
  }
  /// The next report interrupts. Needs heavy_barrier() and a last look (changed()) before the lane may
  /// leave the dispatcher's list.
  void cool() noexcept { change_word(word_.load(std::memory_order_relaxed) & ~hot); }  // L2

  /// First half of closing. Needs heavy_barrier() before the last values are taken.
  void begin_closing() noexcept { change_word(with_life(closing)); }  // L2

  /// Second half: true once the lane is closed; false if a report came in between, or is just replacing
  /// one that was accepted, and the values must be taken once more: in the next tick, since the provider
  /// may have been stopped there. `pushes`: what was drained of the lane's pushes.
  [[nodiscard]] bool finish_closing(std::uint64_t pushes) noexcept {
    if (unread_) return false;
    final_pushes_.store(pushes, std::memory_order_relaxed);
    acknowledged_.store(taken_newest_, std::memory_order_relaxed);
    std::uint64_t seen = with_life(closing);
    if (word_.compare_exchange_strong(seen, with_life(closed), std::memory_order_release,
                                      std::memory_order_relaxed)) {
      return true;
    }
    // What a report that saw "late" had stored before is acquired here; one that comes later sees "closing".
    word_.exchange(with_life(closing), std::memory_order_acquire);
    return false;
  }

  [[nodiscard]] std::uint64_t marked_at() const noexcept {
    return marked_at_.load(std::memory_order_relaxed);
  }

  /// Ready for a provider. `fenced`: the process has no heavy barrier.
  void open(IntakeType* intake, std::uint32_t index, Extra* extra, bool fenced,
            bool has_ring) noexcept {
    intake_ = intake;
    index_ = index;
    extra_ = extra;
    fenced_ = fenced;
    last_ = has_ring ? nullptr : &cells_[0];
    turn_.store(has_ring ? nobody : 0, std::memory_order_relaxed);
    expected_ = never;
    marked_ = never;
    word_.store(with_life(alive) & ~hot, std::memory_order_relaxed);
  }

  /// Back to nothing, for the next provider. By the dispatcher, once the provider has ended.
  void reset() noexcept {
    for (Cell<Atomics>& cell : cells_) cell.reset();
    taken_version_.fill(0);
    taken_count_.fill(0);
    taken_newest_ = 0;
    unread_ = false;
    acknowledged_.store(0, std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint64_t hot = 1;
  enum Life : std::uint64_t { alive = 0, closing = 2, late = 4, closed = 6, life_mask = 6 };
  static constexpr std::uint64_t one_epoch = 8;
  /// A word that the lane never has: epochs start at 0 and would need 2^61 steps.
  static constexpr std::uint64_t never = ~std::uint64_t{0};
  /// A policy may ask for fewer: each makes a model checker's search longer and shows nothing new.
  static constexpr int read_attempts = [] {
    if constexpr (requires { Atomics::read_attempts; }) return Atomics::read_attempts;
    return 16;
  }();
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};

  /// A report that does not fold where the last one did: into the ring, or on another key. (Static, and
  /// with nothing but calls in tail position: the way into the ring saves no registers.)
  template <class Ring>
  [[gnu::noinline]] static Status report_elsewhere(Lane& lane, Ring* ring, std::uint32_t key,
                                                   std::uint64_t completed,
                                                   std::uint64_t total) noexcept {
    if (lane.last_ != nullptr) [[unlikely]]
      return turn(lane, ring, key, completed, total);
    if constexpr (requires { Ring::fits(completed, total); }) {
      if (!Ring::fits(completed, total)) [[unlikely]] {
        return push_wide(lane, ring, key, completed, total);
      }
    }
    return push(lane, ring, key, completed, total);
  }
  template <class Ring>
  [[gnu::noinline]] static Status turn(Lane& lane, Ring* ring, std::uint32_t key,
                                       std::uint64_t completed, std::uint64_t total) noexcept {
    return lane.ceases_folding() ? report_elsewhere(lane, ring, key, completed, total)
                                 : lane.fold_on(key, completed, total);
  }
  template <class Ring>
  [[gnu::noinline]] static Status push_wide(Lane& lane, Ring* ring, std::uint32_t key,
                                            std::uint64_t completed, std::uint64_t total) noexcept {
    return push(lane, ring, key, completed, total);
  }
  template <class Ring>
  [[gnu::always_inline]] static Status push(Lane& lane, Ring* ring, std::uint32_t key,
                                            std::uint64_t completed, std::uint64_t total) noexcept {
    if (!lane.extra_->push(*ring, key, completed, total)) [[unlikely]] {
      return lane.fold_on(key, completed, total);
    }
    Atomics::light_barrier();
    if (lane.word_.load(std::memory_order_relaxed) == lane.expected_) [[likely]] {  // L1
      return Status::ok;
    }
    return lane.look(false);
  }

  [[gnu::noinline]] Status fold_on(std::uint32_t key, std::uint64_t completed,
                                   std::uint64_t total) noexcept {
    turn_to(key);
    cells_[key].write_rebased(completed, total);
    Atomics::light_barrier();
    if (word_.load(std::memory_order_relaxed) == expected_) [[likely]]
      return Status::ok;  // L1
    return look(true);
  }

  /// Folding goes on with another key, or starts: the cell takes over the lane's newest version.
  void turn_to(std::uint32_t key) noexcept {
    // Before the fold that follows: an acknowledgement of that fold takes the turn away again.
    turn_.store(key, std::memory_order_relaxed);
    Cell<Atomics>& cell = cells_[key];
    if (last_ == &cell) return;
    std::uint64_t newest;
    if (last_ != nullptr) {
      newest = last_->own_version();
    } else {
      newest = extra_->newest_fold;
      extra_->episode = newest;
    }
    cell.rebase(newest);
    last_ = &cell;
  }

  /// The word is not what was expected: looks what there is to do after a report was stored.
  [[gnu::noinline]] Status look(bool folded) noexcept {
    const std::uint64_t word = fenced_ ? word_.fetch_or(0, std::memory_order_acq_rel)  // L1
                                       : word_.load(std::memory_order_acquire);
    if ((word & life_mask) != alive) [[unlikely]]
      return look_closing(word, folded);
    if ((word & hot) == 0) {
      expected_ = never;
      // One mark is enough until the dispatcher has taken it, which changes the epoch.
      if (marked_ != word) {
        marked_ = word;
        marked_at_.store(static_cast<std::uint64_t>(intake_->timestamp()),
                         std::memory_order_relaxed);
        intake_->interrupt(index_);
      }
      return Status::ok;
    }
    expected_ = fenced_ ? never : word;
    return Status::ok;
  }

  [[gnu::noinline]] Status look_closing(std::uint64_t word, bool folded) noexcept {
    // Also from "late" to "late": only a read-modify-write is ordered before the dispatcher's next step.
    // It changes the word twice at most under the provider's hands.
    while ((word & life_mask) != closed) {
      if (word_.compare_exchange_strong(word, (word & ~std::uint64_t{life_mask}) | late,
                                        std::memory_order_acq_rel, std::memory_order_acquire)) {
        return Status::ok;
      }
    }
    const bool taken = folded
                           ? last_->own_version() <= acknowledged_.load(std::memory_order_relaxed)
                           : extra_->pushes <= final_pushes_.load(std::memory_order_relaxed);
    if (taken) return Status::ok;
    intake_->refused_closed.fetch_add(1, std::memory_order_relaxed);
    return Status::closed;
  }

  /// The dispatcher has taken all folds: what is reported now may go into the ring again.
  bool ceases_folding() noexcept {
    if (extra_ == nullptr || !extra_->has_ring) return false;
    if (acknowledged_.load(std::memory_order_relaxed) != last_->own_version()) return false;  // A2
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      if (cells_[key].own_version() > extra_->episode) {
        extra_->value[key] = {cells_[key].own_completed(), cells_[key].own_total()};
      }
    }
    extra_->newest_fold = last_->own_version();
    last_ = nullptr;
    turn_.store(nobody, std::memory_order_relaxed);
    return true;
  }

  [[nodiscard]] bool read(std::uint32_t key, CellValue& value) const noexcept {
    const Word* order = extra_ != nullptr ? &extra_->order[key] : nullptr;
    for (int attempt = 0; attempt < read_attempts; ++attempt) {
      if (cells_[key].try_read(value, order)) return true;
    }
    return false;
  }

  [[nodiscard]] static std::uint64_t with_next_epoch(std::uint64_t word) noexcept {
    return word + one_epoch;
  }
  [[nodiscard]] std::uint64_t with_life(Life life) const noexcept {
    return (word_.load(std::memory_order_relaxed) & ~std::uint64_t{life_mask}) | life;
  }
  void change_word(std::uint64_t word) noexcept {
    if (fenced_) {
      word_.exchange(word, std::memory_order_acquire);
    } else {
      word_.store(word, std::memory_order_relaxed);
    }
  }

  // Written by the dispatcher, seldom; read by every report.
  Word word_{0};
  Word acknowledged_{0};
  Word final_pushes_{0};
  IntakeType* intake_ = nullptr;
  Extra* extra_ = nullptr;
  std::uint32_t index_ = 0;
  bool fenced_ = false;
  // The provider's own; an acknowledgement takes the turn away.
  alignas(cache_line) typename Atomics::template Atomic<std::uint32_t> turn_{nobody};
  Cell<Atomics>* last_ = nullptr;
  std::uint64_t expected_ = never;
  std::uint64_t marked_ = never;
  Word marked_at_{0};
  alignas(cache_line) std::array<Cell<Atomics>, keys_per_session> cells_{};
  // The dispatcher's own.
  std::array<std::uint64_t, keys_per_session> taken_version_{};
  std::array<std::uint64_t, keys_per_session> taken_count_{};
  std::uint64_t taken_newest_ = 0;
  bool unread_ = false;
};

}  // namespace headway::detail
