// SPDX-License-Identifier: MIT
//
// What really happened, as the providers themselves wrote it down: the checker's only source besides the
// streams. One log per reporter; of a SharedReporter one per thread.
//
//   LoggedReporter<Reporter> reporter(session.reporter(), session.id());
//   reporter.report(2, 10, 100);       // key 2 of the session
//   history.providers.push_back(std::move(reporter.log));
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <headway/headway.hpp>

namespace headway::laws {

struct Attempt {
  enum class Kind { absolute, completed_by, total_by };
  Kind kind = Kind::absolute;
  /// key_index(role, stage); keys_per_session or more: a bad key.
  std::size_t key = 0;
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  std::int64_t by = 0;
  Status status = Status::ok;
  /// Drawn from one counter before and after the call; zero where a test draws none. If a.after < b.before
  /// then a had returned when b began.
  std::uint64_t before = 0;
  std::uint64_t after = 0;
};

struct ProviderLog {
  SessionId session{};
  /// A thread of a SharedReporter: its share may go below zero, only the merged value may not.
  bool shared = false;
  std::vector<Attempt> attempts{};
};

/// How the values of a session come about.
enum class Combination {
  /// One reporter at a time, in the order of the logs: every value was reported as it stands.
  one,
  sum,
  furthest,
  latest
};

struct SessionFacts {
  SessionId id{};
  Combination combination = Combination::one;
  /// How it was closed; empty: it was not.
  std::optional<Outcome> closed_as{};
  /// sum only: after c ok reports on a key, provider i's completed share is c << (i * digit_bits), so that
  /// a sum tells how many reports of each provider are in it.
  std::optional<unsigned> digit_bits{};
};

struct History {
  std::vector<SessionFacts> sessions;
  std::vector<ProviderLog> providers;
};

/// What a subscription was entitled to.
struct StreamFacts {
  std::string name{};
  Filter filter{};
  /// It stood before the first session was opened.
  bool from_start = true;
  /// It stood to the end, and everything was flushed.
  bool to_end = true;
  bool replay = true;
};

/// Source of the before and after marks.
class Tickets {
 public:
  std::uint64_t draw() noexcept { return next_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> next_{1};
};

template <class AnyReporter>
class LoggedReporter {
 public:
  LoggedReporter(AnyReporter reporter, SessionId session, Tickets* tickets = nullptr,
                 bool shared = false)
      : reporter_(std::move(reporter)), tickets_(tickets) {
    log.session = session;
    log.shared = shared;
  }

  Status report(std::size_t key, std::uint64_t completed, std::uint64_t total) {
    return logged(
        {.kind = Attempt::Kind::absolute, .key = key, .completed = completed, .total = total});
  }
  Status advance(std::size_t key, std::int64_t by) {
    return logged({.kind = Attempt::Kind::completed_by, .key = key, .by = by});
  }
  Status add_total(std::size_t key, std::int64_t by) {
    return logged({.kind = Attempt::Kind::total_by, .key = key, .by = by});
  }
  [[nodiscard]] AnyReporter& get() noexcept { return reporter_; }

  ProviderLog log;

 private:
  Status logged(Attempt attempt) {
    if (tickets_ != nullptr) attempt.before = tickets_->draw();
    attempt.status = make(attempt);
    if (tickets_ != nullptr) attempt.after = tickets_->draw();
    log.attempts.push_back(attempt);
    return attempt.status;
  }
  Status make(const Attempt& attempt) {
    const Role role = role_of(attempt.key);
    const Stage stage = stage_of(attempt.key);
    switch (attempt.kind) {
      case Attempt::Kind::absolute:
        return reporter_.report(role, stage, attempt.completed, attempt.total);
      case Attempt::Kind::completed_by: return reporter_.advance(role, stage, attempt.by);
      case Attempt::Kind::total_by: return reporter_.add_total(role, stage, attempt.by);
    }
    return Status::invalid_argument;
  }

  AnyReporter reporter_;
  Tickets* tickets_;
};

/// A SharedReporter is used in place by many threads: what LoggedReporter holds for each of them.
class SharedReporterRef {
 public:
  explicit SharedReporterRef(SharedReporter& reporter) : reporter_(&reporter) {}
  Status report(Role role, Stage stage, std::uint64_t completed, std::uint64_t total) noexcept {
    return reporter_->report(role, stage, completed, total);
  }
  Status advance(Role role, Stage stage, std::int64_t by) noexcept {
    return reporter_->advance(role, stage, by);
  }
  Status add_total(Role role, Stage stage, std::int64_t by) noexcept {
    return reporter_->add_total(role, stage, by);
  }

 private:
  SharedReporter* reporter_;
};

}  // namespace headway::laws
