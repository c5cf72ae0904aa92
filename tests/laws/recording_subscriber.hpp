// SPDX-License-Identifier: MIT
//
// RecordingSubscriber: keeps everything it is given, in order, and runs a test's hooks.
//
//   RecordingSubscriber seen;
//   seen.at_progress = [&](const Update& u) { throw std::runtime_error("no"); };
//   auto subscription = bus.subscribe(seen);
//   EXPECT_EQ(seen.last(id, Role::source, Stage::change_detection)->sequence, 3U);
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <headway/headway.hpp>

#include "waiting.hpp"

namespace headway::laws {

/// One thing that a subscriber was given.
struct Seen {
  enum class Kind { opened, progress, closed };
  Kind kind = Kind::progress;
  SessionId session;
  std::string session_name;
  Role role = Role::source;
  Stage stage = Stage::change_detection;
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  std::uint64_t sequence = 0;
  Outcome outcome = Outcome::completed;
  /// Which on_batch it came with, from 1; 0 for the others.
  std::size_t batch = 0;

  [[nodiscard]] std::size_t key() const noexcept { return key_index(role, stage); }
};

inline std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  out << "session " << seen.session.value() << ' ';
  switch (seen.kind) {
    case Seen::Kind::opened: return out << "opened";
    case Seen::Kind::closed: return out << "closed as " << to_string(seen.outcome);
    case Seen::Kind::progress: break;
  }
  return out << to_string(seen.role) << ' ' << to_string(seen.stage) << ' ' << seen.completed << '/'
             << seen.total << " #" << seen.sequence;
}

class RecordingSubscriber : public Subscriber {
 public:
  /// Run after the event is recorded; set them before subscribing.
  std::function<void(const SessionInfo&)> at_opened;
  std::function<void(const Update&)> at_progress;
  std::function<void(std::span<const Update>)> at_batch;
  std::function<void(SessionId, Outcome)> at_closed;

  void on_opened(const SessionInfo& info) override {
    const Inside inside(*this);
    Seen seen;
    seen.kind = Seen::Kind::opened;
    seen.session = info.id;
    seen.session_name = info.name;
    add(std::move(seen));
    if (at_opened) at_opened(info);
  }
  void on_batch(std::span<const Update> updates) override {
    const Inside inside(*this);
    {
      const std::scoped_lock lock(mutex_);
      ++batches_;
    }
    Subscriber::on_batch(updates);
    if (at_batch) at_batch(updates);
  }
  void on_progress(const Update& update) override {
    Seen seen;
    seen.session = update.session;
    seen.session_name = std::string(update.session_name);
    seen.role = update.role;
    seen.stage = update.stage;
    seen.completed = update.completed;
    seen.total = update.total;
    seen.sequence = update.sequence;
    add(std::move(seen));
    if (at_progress) at_progress(update);
  }
  void on_closed(SessionId session, Outcome outcome) override {
    const Inside inside(*this);
    Seen seen;
    seen.kind = Seen::Kind::closed;
    seen.session = session;
    seen.outcome = outcome;
    add(std::move(seen));
    if (at_closed) at_closed(session, outcome);
  }

  [[nodiscard]] std::vector<Seen> events() const {
    const std::scoped_lock lock(mutex_);
    return events_;
  }
  [[nodiscard]] std::vector<Seen> updates() const { return of_kind(Seen::Kind::progress); }
  [[nodiscard]] std::size_t opened() const { return of_kind(Seen::Kind::opened).size(); }
  [[nodiscard]] std::vector<Seen> closed() const { return of_kind(Seen::Kind::closed); }
  [[nodiscard]] std::size_t batches() const {
    const std::scoped_lock lock(mutex_);
    return batches_;
  }
  /// The newest update of a key.
  [[nodiscard]] std::optional<Seen> last(SessionId session, Role role, Stage stage) const {
    const std::scoped_lock lock(mutex_);
    for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
      if (event->kind == Seen::Kind::progress && event->session == session && event->role == role &&
          event->stage == stage) {
        return *event;
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] std::uint64_t last_sequence(SessionId session, Role role, Stage stage) const {
    const auto seen = last(session, role, stage);
    return seen ? seen->sequence : 0;
  }
  /// How a session was closed, if it was.
  [[nodiscard]] std::optional<Outcome> outcome_of(SessionId session) const {
    const std::scoped_lock lock(mutex_);
    for (const Seen& seen : events_) {
      if (seen.kind == Seen::Kind::closed && seen.session == session) return seen.outcome;
    }
    return std::nullopt;
  }
  /// Two callbacks of this subscriber ran at once.
  [[nodiscard]] bool overlapped() const noexcept { return overlapped_.load(); }

 private:
  class Inside {
   public:
    explicit Inside(RecordingSubscriber& owner) : owner_(owner) {
      if (owner_.inside_.fetch_add(1) != 0) owner_.overlapped_.store(true);
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { owner_.inside_.fetch_sub(1); }

   private:
    RecordingSubscriber& owner_;
  };

  void add(Seen seen) {
    const std::scoped_lock lock(mutex_);
    if (seen.kind == Seen::Kind::progress) seen.batch = batches_;
    events_.push_back(std::move(seen));
  }
  [[nodiscard]] std::vector<Seen> of_kind(Seen::Kind kind) const {
    const std::scoped_lock lock(mutex_);
    std::vector<Seen> found;
    for (const Seen& seen : events_) {
      if (seen.kind == kind) found.push_back(seen);
    }
    return found;
  }

  mutable std::mutex mutex_;
  std::vector<Seen> events_;
  std::size_t batches_ = 0;
  std::atomic<int> inside_{0};
  std::atomic<bool> overlapped_{false};
};

/// Hands a RunOn::caller subscription all that waits for it; nothing on the others.
inline void drain(Subscription& subscription) {
  while (subscription.poll() != 0) {
  }
}

}  // namespace headway::laws
