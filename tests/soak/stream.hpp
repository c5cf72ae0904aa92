// SPDX-License-Identifier: MIT
//
// Stream: a subscriber that audits what it is given while it is given it (laws 3, 5 and 10), and keeps of
// each session that has closed the last words (law 4) until the janitor has compared them with the truth.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <headway/headway.hpp>

#include "audit.hpp"
#include "script.hpp"
#include "truth.hpp"

namespace headway::soak {

/// What of one session a stream has seen.
struct SessionSeen {
  std::optional<Script> script;
  bool opened = false;
  std::optional<Outcome> closed_as;
  std::array<Value, keys_per_session> value{};
  Counts sequence{};
  /// Scripts in order: the newest place shown.
  std::uint64_t place = 0;
  /// latest: the newest shown of each provider, by key.
  std::vector<Counts> newest;
};

class Stream : public Subscriber {
 public:
  /// Runs after the audit of an update, with the number of updates so far; may throw.
  using Habit = std::function<void(Stream&, const Update&, std::uint64_t)>;

  Stream(Audit& audit, SubscriptionOptions options, Habit habit)
      : audit_(audit), options_(std::move(options)), habit_(std::move(habit)) {}

  /// Once.
  void subscribe(Bus& bus, Tickets& tickets) {
    subscription_ = bus.subscribe(*this, options_);
    subscribed_at_.store(tickets.draw());
  }
  /// Says first that nothing is promised to it any more. From any thread, from callbacks too.
  bool unsubscribe() {
    if (!subscribed()) return false;
    leaving_.store(true);
    return subscription_.unsubscribe();
  }
  /// From no callback: it has to wait, and to be right.
  void end() {
    if (!subscribed()) return;
    if (!unsubscribe()) audit_.complain(9, options_.name + ": unsubscribe() returned false");
    over_.store(true);
  }
  std::size_t poll() { return subscribed() ? subscription_.poll() : 0; }

  /// subscribe() has returned: callbacks may come before.
  [[nodiscard]] bool subscribed() const { return subscribed_at_.load() != 0; }
  /// An exception that follows will unsubscribe it.
  void expect_end() { leaving_.store(true); }
  [[nodiscard]] bool leaving() const { return leaving_.load(); }
  [[nodiscard]] bool over() const { return over_.load(); }
  [[nodiscard]] const SubscriptionOptions& options() const { return options_; }
  [[nodiscard]] std::uint64_t updates() const { return updates_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t callbacks() const {
    return callbacks_.load(std::memory_order_relaxed);
  }

  void on_opened(const SessionInfo& info) override {
    const Inside inside(*this);
    const std::scoped_lock lock(mutex_);
    SessionSeen& seen = session(info.id, info.name);
    if (seen.opened) complain(10, info.id, "opened twice");
    if (sum(seen.sequence) != 0) complain(10, info.id, "opened after an update");
    seen.opened = true;
  }
  void on_batch(std::span<const Update> updates) override {
    const Inside inside(*this);
    Subscriber::on_batch(updates);
  }
  void on_progress(const Update& update) override {
    {
      const std::scoped_lock lock(mutex_);
      check(update);
    }
    const std::uint64_t nth = updates_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (habit_) habit_(*this, update, nth);
  }
  void on_closed(SessionId id, Outcome outcome) override {
    const Inside inside(*this);
    const std::scoped_lock lock(mutex_);
    SessionSeen& seen = session(id, {});
    if (seen.closed_as) complain(10, id, "closed twice");
    seen.closed_as = outcome;
  }

  /// What it has seen of a session, and forgets of it; nothing if it has seen none of it.
  [[nodiscard]] std::optional<SessionSeen> take(SessionId id) {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return std::nullopt;
    SessionSeen seen = std::move(found->second);
    sessions_.erase(found);
    return seen;
  }
  [[nodiscard]] std::vector<SessionId> sessions() const {
    const std::scoped_lock lock(mutex_);
    std::vector<SessionId> ids;
    for (const auto& [id, seen] : sessions_) ids.push_back(id);
    return ids;
  }
  /// True if it was subscribed before a ticket was drawn.
  [[nodiscard]] bool stood_at(std::uint64_t ticket) const {
    const std::uint64_t at = subscribed_at_.load();
    return at != 0 && at < ticket;
  }

  void complain(std::size_t law, SessionId id, const std::string& what) const {
    audit_.complain(law, options_.name + ": session " + std::to_string(id.value()) + ": " + what);
  }

 private:
  class Inside {
   public:
    explicit Inside(Stream& owner) : owner_(owner) {
      owner_.callbacks_.fetch_add(1, std::memory_order_relaxed);
      if (owner_.inside_.fetch_add(1) != 0)
        owner_.audit_.complain(8, owner_.options_.name + ": two callbacks at once");
      if (owner_.over_.load())
        owner_.audit_.complain(9, owner_.options_.name + ": called after unsubscribe()");
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { owner_.inside_.fetch_sub(1); }

   private:
    Stream& owner_;
  };

  static std::uint64_t sum(const Counts& counts) {
    std::uint64_t all = 0;
    for (const std::uint64_t count : counts) all += count;
    return all;
  }

  SessionSeen& session(SessionId id, std::string_view name) {
    SessionSeen& seen = sessions_[id];
    if (!seen.script && !name.empty()) {
      seen.script = Script::parse(name);
      if (!seen.script) {
        complain(3, id, "no session has the name \"" + std::string(name) + '"');
        seen.script.emplace();
      }
      if (seen.script->latest()) seen.newest.resize(seen.script->providers);
    }
    return seen;
  }

  void check(const Update& update) {
    SessionSeen& seen = session(update.session, update.session_name);
    const std::size_t key = key_index(update.role, update.stage);
    const auto wrong = [&](std::size_t law, const char* what) {
      complain(law, update.session, describe(*seen.script, update) + ": " + what);
    };
    if (seen.closed_as) wrong(10, "after on_closed");
    if (!seen.opened && options_.replay_current) wrong(10, "not opened before");
    if ((options_.filter.session && *options_.filter.session != update.session) ||
        (options_.filter.role && *options_.filter.role != update.role) ||
        (options_.filter.stage && *options_.filter.stage != update.stage)) {
      wrong(3, "the filter excludes it");
    }
    if (update.sequence <= seen.sequence[key]) wrong(3, "the sequence does not rise");
    const Value value{update.completed, update.total};
    // Where value and sequence disagree, one of them is wrong: reports are missing, or made up.
    if (const char* why = seen.script->refutes(key, value, update.sequence)) {
      wrong(5, why);
    } else {
      check_order(seen, key, value, update.sequence, wrong);
    }
    seen.value[key] = value;
    seen.sequence[key] = update.sequence;
  }

  template <class Wrong>
  static void check_order(SessionSeen& seen, std::size_t key, const Value& value,
                          std::uint64_t sequence, const Wrong& wrong) {
    const Script& script = *seen.script;
    const Value& before = seen.value[key];
    if (script.ordered()) {
      const std::uint64_t place = script.place_of(key, sequence);
      if (place <= seen.place) wrong(3, "reordered: something newer was shown before");
      seen.place = place;
    } else if (script.of_digits()) {
      for (std::size_t slot = 0; slot < Script::digits; ++slot) {
        if (Script::digit(value, slot) < Script::digit(before, slot))
          wrong(3, "reordered: a provider's share went back");
      }
    } else if (script.furthest()) {
      if (value.completed < before.completed) wrong(3, "it stepped back");
    } else if (script.latest()) {
      std::uint64_t& newest = seen.newest[value.total >> 40U][key];
      if (value.completed < newest)
        wrong(3, "reordered: the same provider's later report was shown before");
      newest = value.completed;
    }
  }

  static std::string describe(const Script& script, const Update& update) {
    return "script \"" + script.name() + "\" key " +
           std::to_string(key_index(update.role, update.stage)) + ' ' +
           std::to_string(update.completed) + '/' + std::to_string(update.total) + " #" +
           std::to_string(update.sequence);
  }

  Audit& audit_;
  SubscriptionOptions options_;
  Habit habit_;
  std::atomic<std::uint64_t> subscribed_at_{0};
  std::atomic<bool> leaving_{false};
  std::atomic<bool> over_{false};
  std::atomic<int> inside_{0};
  std::atomic<std::uint64_t> updates_{0};
  std::atomic<std::uint64_t> callbacks_{0};
  mutable std::mutex mutex_;
  std::unordered_map<SessionId, SessionSeen> sessions_;
  /// Last: the callbacks use all the others.
  Subscription subscription_;
};

}  // namespace headway::soak
