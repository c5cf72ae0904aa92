// SPDX-License-Identifier: MIT
//
// Truth: one session of the soak, and what its providers know to be true of it. When the last of them has
// left it holds all that a subscriber's last words are compared with; then it is forgotten.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <headway/headway.hpp>

#include "script.hpp"

namespace headway::soak {

/// Orders what different threads did: if a's ticket was drawn after A and b's before B, and a < b, then A
/// was over before B began.
class Tickets {
 public:
  std::uint64_t draw() noexcept { return next_.fetch_add(1) + 1; }

 private:
  std::atomic<std::uint64_t> next_{0};
};

class Truth {
 public:
  Truth(Bus& bus, Tickets& tickets, const Script& of, std::size_t ring_capacity)
      : script(of), opened_at(tickets.draw()), tickets_(tickets) {
    session_ = bus.open_session(of.name(), {.merge = of.merge()});
    id = session_.id();
    if (of.shared()) shared.emplace(session_.shared_reporter({.ring_capacity = ring_capacity}));
  }

  /// A provider's slot in it; nothing if there is no more room, or it has been there already.
  std::optional<std::size_t> join(std::size_t provider) {
    const std::scoped_lock lock(mutex_);
    const bool again = std::find(members_.begin(), members_.end(), provider) != members_.end();
    if (over_ || again || members_.size() >= script.providers) return std::nullopt;
    members_.push_back(provider);
    counts.emplace_back();
    ++active_;
    return members_.size() - 1;
  }
  [[nodiscard]] bool full() const {
    const std::scoped_lock lock(mutex_);
    return over_ || members_.size() >= script.providers;
  }

  /// True for the last: the others have left, and nobody joins any more.
  bool is_last() {
    const std::scoped_lock lock(mutex_);
    over_ |= active_ == 1;
    return over_ && active_ == 1;
  }
  /// True for the last one.
  bool leave(std::size_t slot, const Counts& made) {
    const std::scoped_lock lock(mutex_);
    counts[slot] = made;
    over_ |= --active_ == 0;
    return active_ == 0;
  }

  [[nodiscard]] Reporter reporter(std::size_t ring_capacity) {
    return session_.reporter({.ring_capacity = ring_capacity});
  }

  /// The first close decides; the others change nothing.
  void close(Outcome outcome) {
    const std::scoped_lock lock(mutex_);
    if (closed_as) return;
    mark_closed(outcome);
    session_.close(outcome);
  }
  /// Leaves it to the session's destructor.
  void abandon() {
    const std::scoped_lock lock(mutex_);
    if (closed_as) return;
    mark_closed(session_.canceled() ? Outcome::canceled : Outcome::abandoned);
    session_ = Session();
  }
  /// From inside callbacks, where a provider that is stopped with the lock is not to be waited for.
  bool try_close(Outcome outcome) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || closed_as) return false;
    mark_closed(outcome);
    session_.close(outcome);
    return true;
  }
  void cancel() {
    const std::scoped_lock lock(mutex_);
    session_.cancel();
  }
  void note() {
    const std::scoped_lock lock(mutex_);
    session_.note(note_of(id));
  }
  [[nodiscard]] static std::string note_of(SessionId id) {
    return "note of " + std::to_string(id.value());
  }

  // What is true in the end; written before the session is given to the janitor.

  [[nodiscard]] std::uint64_t reports(std::size_t key) const {
    std::uint64_t sum = 0;
    for (const Counts& each : counts) sum += each[key];
    return sum;
  }
  [[nodiscard]] bool may_be_closed_as(Outcome outcome) const {
    // An exception may have canceled it while it was being abandoned.
    return outcome == closed_as ||
           (closed_as == Outcome::abandoned && outcome == Outcome::canceled);
  }
  /// Why the reports do not come to this value; null: they do.
  [[nodiscard]] const char* refutes_last(std::size_t key, const Value& value) const {
    if (script.latest()) {
      const std::size_t slot = value.total >> 40U;
      if (slot >= counts.size() || value.completed != counts[slot][key])
        return "it is no provider's last report";
      return newest && *newest != slot ? "a later report is missing" : nullptr;
    }
    Value sum;
    std::uint64_t most = 0;
    for (std::size_t slot = 0; slot < counts.size(); ++slot) {
      const Value share = script.share(slot, key, counts[slot][key]);
      sum.completed += share.completed;
      sum.total += share.total;
      most = std::max(most, counts[slot][key]);
    }
    if (script.furthest()) sum = {most, Script::furthest_total};
    return value == sum ? nullptr : "the reports come to something else";
  }

  const Script script;
  SessionId id;
  std::uint64_t opened_at;
  std::uint64_t closed_at = 0;
  std::optional<Outcome> closed_as;
  std::optional<SharedReporter> shared;
  /// By slot.
  std::vector<Counts> counts;
  /// latest: who made the last report on every key, after all others had returned.
  std::optional<std::size_t> newest;

 private:
  void mark_closed(Outcome outcome) {
    closed_at = tickets_.draw();
    closed_as = outcome;
  }

  Tickets& tickets_;
  mutable std::mutex mutex_;
  Session session_;
  std::vector<std::size_t> members_;
  std::size_t active_ = 0;
  bool over_ = false;
};

}  // namespace headway::soak
