// SPDX-License-Identifier: MIT
//
// provide(): what a provider thread does: finds a session, reports on it by its script, in tight loops
// most of the time, leaves it, and finds the next.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>

#include <sys/resource.h>

#include <headway/headway.hpp>

#include "laws/random.hpp"
#include "laws/scale.hpp"
#include "script.hpp"
#include "truth.hpp"
#include "world.hpp"

namespace headway::soak {

/// One key of a Reporter through the reporter itself, with the face of a Counter.
class ByKey {
 public:
  ByKey(Reporter& reporter, std::size_t key)
      : reporter_(reporter), role_(role_of(key)), stage_(stage_of(key)) {}
  Status report(std::uint64_t completed, std::uint64_t total) noexcept {
    return reporter_.report(role_, stage_, completed, total);
  }
  Status advance(std::int64_t by) noexcept { return reporter_.advance(role_, stage_, by); }
  Status add_total(std::int64_t by) noexcept { return reporter_.add_total(role_, stage_, by); }

 private:
  Reporter& reporter_;
  Role role_;
  Stage stage_;
};

/// One provider in one session.
class Work {
 public:
  Work(World& world, Tally& tally, Random& random, TruthPtr truth, std::size_t slot)
      : world_(world), tally_(tally), random_(random), truth_(std::move(truth)), slot_(slot) {}

  void run(const std::atomic<bool>& leave) {
    if (!script().shared()) open();
    std::uint64_t quota = log_uniform(laws::sanitized ? 12 : 20);
    while (status_ == Status::ok && quota > 0 && !leave.load(std::memory_order_relaxed)) {
      const bool quiet = world_.quiet.load(std::memory_order_relaxed);
      const std::uint64_t burst = std::min(quota, quiet ? random_.between(1, 3) : log_uniform(18));
      report(burst);
      quota -= burst;
      pause(quiet);
    }
    if (status_ == Status::ok && script().latest() && truth_->is_last()) seal();
    if (status_ != Status::ok) insist();
    end();
  }

 private:
  [[nodiscard]] const Script& script() const { return truth_->script; }
  /// From 1 to 2^bits, each order of magnitude as often as the others.
  std::uint64_t log_uniform(unsigned bits) {
    return random_.between(1, std::uint64_t{1} << random_.between(0, bits));
  }

  void open() {
    own_ = Reporter();  // where the merge is unset there is one at a time
    own_ = truth_->reporter(random_.pick(ring_capacities));
    if (script().merge() == Merge::sum) base_ = made_;
  }

  void report(std::uint64_t burst) {
    const std::uint64_t before = place_;
    const bool counters = random_.one_in(2);
    while (burst > 0 && status_ == Status::ok) {
      const std::size_t key = script().key_at(place_);
      const std::uint64_t count = std::min(burst, script().left_of_run(place_));
      const std::uint64_t made = made_[key];
      if (script().shared()) {
        steps(truth_->shared->at(role_of(key), stage_of(key)), key, count);
      } else if (counters) {
        steps(own_.at(role_of(key), stage_of(key)), key, count);
      } else {
        steps(ByKey(own_, key), key, count);
      }
      place_ += made_[key] - made;
      burst -= count;
    }
    Tally::add(tally_.ok, place_ - before);
    tally_.refused(status_);
  }

  template <class OneKey>
  void steps(OneKey to, std::size_t key, std::uint64_t count) {
    // Copies, so that the loops run in registers.
    const Script by = script();
    const std::size_t slot = slot_;
    const std::uint64_t base = base_[key];
    switch (by.kind) {
      case Kind::one: {
        const std::uint64_t ahead = by.place_of(key, made_[key] + 1) - (made_[key] + 1);
        return repeat(key, count,
                      [=](std::uint64_t nth) mutable { return to.report(nth, nth + ahead); });
      }
      case Kind::one_relative:
        return repeat(key, count, [=](std::uint64_t nth) mutable {
          return nth % 16 == 0 ? to.add_total(3) : to.advance(1);
        });
      case Kind::digits_own:
      case Kind::digits_shared:
        return repeat(key, count, [=](std::uint64_t nth) mutable {
          const Value share = by.share(slot, key, nth - base);
          if (nth % 3 == 0) return to.report(share.completed, share.total);
          const auto one = static_cast<std::int64_t>(Script::one_of_digit(slot));
          return slot < 2 ? to.advance(one) : to.add_total(one);
        });
      case Kind::pool_shared:
        return repeat(key, count, [=](std::uint64_t nth) mutable {
          return nth % 2 == 0 ? to.advance(-1) : to.advance(3);
        });
      case Kind::pool_own:
      case Kind::furthest_own:
      case Kind::furthest_shared:
      case Kind::latest_own:
      case Kind::latest_shared:
        return repeat(key, count, [=](std::uint64_t nth) mutable {
          const Value share = by.share(slot, key, nth - base);
          return to.report(share.completed, share.total);
        });
    }
  }
  template <class Report>
  void repeat(std::size_t key, std::uint64_t count, Report report) {
    std::uint64_t made = made_[key];
    Status status = Status::ok;
    for (const std::uint64_t last = made + count; made != last; ++made) {
      status = report(made + 1);
      if (status != Status::ok) break;
    }
    made_[key] = made;
    status_ = status;
  }

  /// Between two bursts.
  void pause(bool quiet) {
    if (quiet) {
      sleep(random_.between(200, 20'000));
      return;
    }
    switch (random_.below(64)) {
      case 0: sleep(random_.below(2'000U)); break;
      case 1: sleep(30'000); break;  // its lane cools
      case 2: std::this_thread::yield(); break;
      case 3: truth_->note(); break;
      case 4: bad_key(); break;
      case 5:
        if (reopens()) open();
        break;
      case 6:
        // In the midst of the others' reports.
        if (random_.one_in(4)) truth_->close(Outcome::failed);
        break;
      case 7:
        if (random_.one_in(4)) truth_->cancel();
        break;
      default: break;
    }
  }
  static void sleep(std::uint64_t microseconds) {
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
  }
  /// A new reporter starts from nothing, so a script that counts on from the old one's value stays with it.
  [[nodiscard]] bool reopens() const {
    return !script().shared() && script().kind != Kind::one_relative;
  }

  void bad_key() {
    const auto role = static_cast<Role>(random_.between(2, 9));
    const Status status = script().shared()
                              ? truth_->shared->report(role, Stage::change_detection, 1, 1)
                              : own_.report(role, Stage::change_detection, 1, 1);
    tally_.refused(status);
    if (status != Status::invalid_argument) complain(1, "a bad role is not refused");
  }

  /// latest: the other providers have returned, so that what is reported now is the newest.
  void seal() {
    for (std::size_t key = 0; key < keys_per_session && status_ == Status::ok; ++key) {
      const Value share = script().share(slot_, key, made_[key] + 1);
      status_ =
          script().shared()
              ? truth_->shared->report(role_of(key), stage_of(key), share.completed, share.total)
              : own_.report(role_of(key), stage_of(key), share.completed, share.total);
      if (status_ == Status::ok) {
        ++made_[key];
        Tally::add(tally_.ok, 1);
      } else {
        tally_.refused(status_);
      }
    }
    if (status_ == Status::ok) truth_->newest = slot_;
  }

  /// After a refusal nothing is taken any more.
  void insist() {
    for (int i = 0; i < 3; ++i) {
      const Status status =
          script().shared() ? truth_->shared->report(Role::source, Stage::change_detection, 1, 1)
                            : own_.report(Role::source, Stage::change_detection, 1, 1);
      tally_.refused(status);
      if (status != Status::ok) continue;
      complain(status_ == Status::aborted ? 11 : 10, std::string("ok after ") + to_string(status_));
      ++made_[0];
      Tally::add(tally_.ok, 1);
    }
  }

  void end() {
    const bool before_close = random_.one_in(2);
    if (before_close) own_ = Reporter();
    if (!truth_->leave(slot_, made_)) return;
    if (before_close && random_.one_in(2)) truth_->shared.reset();
    switch (random_.below(8)) {
      case 0: truth_->abandon(); break;
      case 1: truth_->close(Outcome::failed); break;
      case 2:
        truth_->cancel();
        truth_->close(Outcome::canceled);
        break;
      default: truth_->close(Outcome::completed); break;
    }
    own_ = Reporter();
    truth_->shared.reset();
    world_.finish(truth_);
  }

  void complain(std::size_t law, const std::string& what) const {
    world_.audit.complain(law, "provider of session " + std::to_string(truth_->id.value()) +
                                   " script \"" + script().name() + "\": " + what);
  }

  World& world_;
  Tally& tally_;
  Random& random_;
  TruthPtr truth_;
  std::size_t slot_;
  Reporter own_;
  Status status_ = Status::ok;
  /// Reports on all keys.
  std::uint64_t place_ = 0;
  Counts made_{};
  /// What an earlier reporter of this provider has for its share.
  Counts base_{};
};

/// On Linux a thread has a priority of its own. With dozens of threads that never sleep on a few processors
/// the dispatcher would get one run a second, and most of what is to be tried would not happen.
inline void step_back() { static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10)); }

inline void provide(World& world, std::size_t provider, Random random,
                    const std::atomic<bool>& leave) {
  step_back();
  while (!leave.load(std::memory_order_relaxed)) {
    auto [truth, slot] = world.find_work(provider, random);
    Work(world, world.tallies[provider], random, truth, slot).run(leave);
  }
}

}  // namespace headway::soak
