// SPDX-License-Identifier: MIT
//
// Janitor: audits what a subscriber cannot see by itself, and forgets what has been audited, so that the
// soak can run for ever.
//
//   a session that has ended: after a flush every stream that is entitled to its end must have it, with the
//   last word on each key, all reports counted, and the right outcome (laws 4, 5, 10)
//   snapshots: every value must be explained, and no sequence goes back (laws 3, 5)
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <headway/headway.hpp>

#include "stream.hpp"
#include "world.hpp"

namespace headway::soak {

class Janitor {
 public:
  explicit Janitor(World& world) : world_(world) {}

  /// One round: audits the sessions that had ended when the last round began. A stream that came while
  /// that round flushed may have been shown such a session as open; this round's flush brings it the end.
  void round() {
    look_at_snapshot();
    std::vector<TruthPtr> next = world_.take_finished();
    if (world_.bus.flush(std::chrono::seconds(60)) != FlushResult::ok) {
      world_.audit.complain(12, "a flush took more than a minute");
      finished_.insert(finished_.end(), next.begin(), next.end());
      return;
    }
    world_.flushes.fetch_add(1, std::memory_order_relaxed);
    drain_callers();
    const auto streams = world_.streams();
    for (const TruthPtr& truth : finished_) {
      for (const StreamPtr& stream : streams) audit(*truth, *stream);
    }
    world_.forget(finished_);
    audited_ += finished_.size();
    finished_ = std::move(next);
    for (const StreamPtr& stream : streams) clean(stream);
  }

  [[nodiscard]] std::uint64_t audited() const noexcept { return audited_.load(); }

 private:
  void drain_callers() {
    // Two: the first pass may have begun before.
    for (int pass = 0; pass < 2; ++pass) {
      const std::uint64_t wanted = world_.drain_wanted.fetch_add(1) + 1;
      while (world_.drained.load() != wanted)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }

  void audit(const Truth& truth, Stream& stream) {
    // Before what it has seen is looked at: leaving begins before anything can be missing.
    const std::optional<SessionSeen> seen = stream.take(truth.id);
    const Filter& filter = stream.options().filter;
    if (filter.session && *filter.session != truth.id) {
      if (seen) stream.complain(10, truth.id, "the filter excludes it");
      return;
    }
    if (seen && seen->closed_as && !truth.may_be_closed_as(*seen->closed_as)) {
      stream.complain(10, truth.id,
                      std::string("closed as ") + to_string(*seen->closed_as) +
                          ", the outcome is " + to_string(*truth.closed_as));
    }
    if (stream.leaving()) {
      if (seen) audit_words(truth, stream, *seen, seen->closed_as.has_value(), false);
      return;
    }
    const bool from_start = stream.stood_at(truth.opened_at);
    const bool replayed = stream.options().replay_current && stream.stood_at(truth.closed_at);
    if ((from_start || replayed || seen) && !(seen && seen->closed_as)) {
      stream.complain(10, truth.id, "on_closed is missing");
    }
    if ((from_start || replayed) && !(seen && seen->opened)) {
      stream.complain(10, truth.id, "on_opened is missing");
    }
    if (seen || from_start || replayed)
      audit_words(truth, stream, seen.value_or(SessionSeen{}), true, from_start || replayed);
  }

  /// `to_end`: what was seen last is the last word. `all`: there must be one on every key.
  void audit_words(const Truth& truth, const Stream& stream, const SessionSeen& seen, bool to_end,
                   bool all) {
    const Filter& filter = stream.options().filter;
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      if (filter.role && *filter.role != role_of(key)) continue;
      if (filter.stage && *filter.stage != stage_of(key)) continue;
      const std::uint64_t reports = truth.reports(key);
      const std::uint64_t last = seen.sequence[key];
      const auto wrong = [&](std::size_t law, const std::string& what) {
        stream.complain(
            law, truth.id,
            "script \"" + truth.script.name() + "\" key " + std::to_string(key) + ": " + what);
      };
      if (last > reports) {
        wrong(5, "it counts " + std::to_string(last) + " reports, there were " +
                     std::to_string(reports));
      } else if (to_end && last < reports && (all || last != 0)) {
        wrong(4, "the last word is missing: it is at " + std::to_string(last) + " of " +
                     std::to_string(reports) + " reports");
      } else if (to_end && last != 0) {
        if (const char* why = truth.refutes_last(key, seen.value[key])) wrong(4, why);
      }
    }
  }

  /// What a stream holds of sessions that nobody knows: nobody opened them, or they were over.
  void clean(const StreamPtr& stream) {
    bool holds = false;
    for (const SessionId id : stream->sessions()) {
      const std::pair<const Stream*, SessionId> entry{stream.get(), id};
      const std::uint64_t known_before = world_.known_before();
      if (world_.find(id) != nullptr) {
        holds = true;
        unknown_.erase(entry);
        continue;
      }
      // It may just be opening, by a provider that has no name for it yet: later rounds decide.
      const std::uint64_t first_seen = unknown_.emplace(entry, world_.tickets.draw()).first->second;
      if (first_seen >= known_before) {
        holds = true;
        continue;
      }
      stream->complain(10, id, "something of a session that is over, or was never opened");
      static_cast<void>(stream->take(id));
      unknown_.erase(entry);
    }
    if (!stream->leaving() || !stream->subscribed()) return;
    if (!stream->over()) {
      stream->end();
    } else if (!holds) {
      std::erase_if(unknown_, [&](const auto& each) { return each.first.first == stream.get(); });
      world_.remove(stream);
    }
  }

  void look_at_snapshot() {
    std::unordered_map<SessionId, Counts> now;
    for (const SessionInfo& info : world_.bus.snapshot()) {
      const auto wrong = [&](std::size_t law, const std::string& what) {
        world_.audit.complain(law,
                              "snapshot: session " + std::to_string(info.id.value()) + ": " + what);
      };
      const auto script = Script::parse(info.name);
      if (!script) {
        wrong(3, "no session has the name \"" + info.name + '"');
        continue;
      }
      if (!info.note.empty() && info.note != Truth::note_of(info.id))
        wrong(3, "nobody noted \"" + info.note + '"');
      Counts& sequence = now[info.id];
      for (std::size_t key = 0; key < keys_per_session; ++key) {
        const LatestValue& latest = info.values[key];
        sequence[key] = latest.sequence;
        if (latest.sequence < snapshot_[info.id][key]) wrong(3, "a sequence goes back");
        const Value value{latest.completed, latest.total};
        if (latest.sequence == 0) continue;
        if (const char* why = script->refutes(key, value, latest.sequence)) wrong(5, why);
      }
    }
    snapshot_ = std::move(now);
  }

  World& world_;
  std::vector<TruthPtr> finished_;
  std::atomic<std::uint64_t> audited_{0};
  std::unordered_map<SessionId, Counts> snapshot_;
  /// When they were first seen.
  std::map<std::pair<const Stream*, SessionId>, std::uint64_t> unknown_;
};

}  // namespace headway::soak
