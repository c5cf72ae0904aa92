// SPDX-License-Identifier: MIT
//
// Changes: what changed on the scoreboard, in order of each entry's last change. A subscription remembers
// the number of the last change it was given, so that a delivery costs what changed, not what exists.
//
// A session has eight of them, so that they are kept small: which of the eight a change is stands beside its
// number in one word, and the session is found from the change's place in it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <type_traits>

#include <headway/vocabulary.hpp>

namespace headway::detail {

class ChangeSet;
class SessionState;

/// One key of a session, its opening, or its closing.
class Change {
 public:
  /// Below keys_per_session: a key.
  enum Kind : std::uint8_t { opened = keys_per_session, closed = keys_per_session + 1, kinds };

  [[nodiscard]] std::uint8_t kind() const noexcept {
    return static_cast<std::uint8_t>(word_ & kind_mask);
  }
  /// Grows by one with each change on the scoreboard. 0: has not changed yet, or is not in the list.
  [[nodiscard]] std::uint64_t number() const noexcept { return word_ >> kind_bits; }
  /// The next newer one in the list.
  [[nodiscard]] Change* next() const noexcept { return next_; }
  /// Only of a change that is in a session. Defined in session_state.hpp.
  [[nodiscard]] SessionState& session() const noexcept;

 private:
  friend class ChangeList;
  friend class ChangeSet;

  static constexpr unsigned kind_bits = 3;
  static constexpr std::uint64_t kind_mask = (1U << kind_bits) - 1;
  static_assert(kinds <= kind_mask + 1);

  void set_number(std::uint64_t number) noexcept { word_ = number << kind_bits | kind(); }

  Change* previous_ = nullptr;
  Change* next_ = nullptr;
  /// The number above, the kind below.
  std::uint64_t word_ = 0;
};

/// The changes of one session, which derives from this.
class ChangeSet {
 public:
  ChangeSet() noexcept {
    for (std::uint8_t kind = 0; kind < Change::kinds; ++kind) changes[kind].word_ = kind;
  }
  ChangeSet(const ChangeSet&) = delete;
  ChangeSet& operator=(const ChangeSet&) = delete;

  /// The set that the change is in. Not const: the change only stands for what may be done with its session.
  [[nodiscard]] static ChangeSet& of(const Change& change) noexcept {
    const Change* const first = &change - change.kind();
    return *reinterpret_cast<ChangeSet*>(const_cast<Change*>(first));
  }

  std::array<Change, Change::kinds> changes;
};

// A set lies where its first change lies.
static_assert(std::is_standard_layout_v<ChangeSet>);

class ChangeList {
 public:
  /// The number of the newest change. Any thread.
  [[nodiscard]] std::uint64_t clock() const noexcept {
    return clock_.load(std::memory_order_relaxed);
  }

  /// Moves the change to the end of the list, or adds it.
  void touch(Change& change) noexcept {
    unlink(change);
    change.set_number(clock() + 1);
    clock_.store(change.number(), std::memory_order_relaxed);
    change.previous_ = last_;
    (last_ != nullptr ? last_->next_ : first_) = &change;
    last_ = &change;
  }

  void unlink(Change& change) noexcept {
    if (change.number() == 0) return;
    (change.previous_ != nullptr ? change.previous_->next_ : first_) = change.next_;
    (change.next_ != nullptr ? change.next_->previous_ : last_) = change.previous_;
    change.previous_ = change.next_ = nullptr;
    change.set_number(0);
  }

  /// The oldest change after `cursor`. `hint`: the change that had that number, if it is still known.
  [[nodiscard]] Change* after(std::uint64_t cursor, const Change* hint) const noexcept {
    if (hint != nullptr && hint->number() == cursor) return hint->next_;
    if (cursor == 0) return first_;
    Change* found = nullptr;
    for (Change* change = last_; change != nullptr && change->number() > cursor;
         change = change->previous_) {
      found = change;
    }
    return found;
  }

 private:
  Change* first_ = nullptr;
  Change* last_ = nullptr;
  std::atomic<std::uint64_t> clock_{0};
};

}  // namespace headway::detail
