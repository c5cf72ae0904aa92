// SPDX-License-Identifier: MIT
//
// Changes: what changed on the scoreboard, in order of each entry's last change. A subscription remembers
// the number of the last change it was given, so that a delivery costs what changed, not what exists.
#pragma once

#include <atomic>
#include <cstdint>

#include <headway/vocabulary.hpp>

namespace headway::detail {

class SessionState;

/// One key of a session, its opening, or its closing.
struct Change {
  /// Below keys_per_session: a key.
  enum Kind : std::uint8_t { opened = keys_per_session, closed = keys_per_session + 1, kinds };

  Change* previous = nullptr;
  Change* next = nullptr;
  /// 0: has not changed yet.
  std::uint64_t number = 0;
  SessionState* session = nullptr;
  std::uint8_t kind = 0;
};

class ChangeList {
 public:
  /// The number of the newest change. Any thread.
  [[nodiscard]] std::uint64_t clock() const noexcept {
    return clock_.load(std::memory_order_relaxed);
  }

  /// Moves the change to the end of the list, or adds it.
  void touch(Change& change) noexcept {
    unlink(change);
    change.number = clock() + 1;
    clock_.store(change.number, std::memory_order_relaxed);
    change.previous = last_;
    (last_ != nullptr ? last_->next : first_) = &change;
    last_ = &change;
  }

  void unlink(Change& change) noexcept {
    if (change.number == 0) return;
    (change.previous != nullptr ? change.previous->next : first_) = change.next;
    (change.next != nullptr ? change.next->previous : last_) = change.previous;
    change.previous = change.next = nullptr;
    change.number = 0;
  }

  /// The oldest change after `cursor`. `hint`: the change that had that number, if it is still known.
  [[nodiscard]] Change* after(std::uint64_t cursor, const Change* hint) const noexcept {
    if (hint != nullptr && hint->number == cursor) return hint->next;
    if (cursor == 0) return first_;
    Change* found = nullptr;
    for (Change* change = last_; change != nullptr && change->number > cursor;
         change = change->previous) {
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
