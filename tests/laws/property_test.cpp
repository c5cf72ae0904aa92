// SPDX-License-Identifier: MIT
//
// Random providers and random subscribers, and a checker that knows only what the providers wrote down.
//
// HEADWAY_SEED: the first seed (each failure prints its own). HEADWAY_PROPERTY_ROUNDS: how many rounds.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "law_checker.hpp"
#include "random.hpp"
#include "random_providers.hpp"
#include "random_subscribers.hpp"
#include "scale.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

int rounds() {
  if (const char* set = std::getenv("HEADWAY_PROPERTY_ROUNDS")) return std::atoi(set);
  return scaled(300);
}

/// One round: everything is drawn from the seed, but for what the scheduler adds.
class Round {
 public:
  explicit Round(std::uint64_t seed) : random_(seed) {
    bus_.emplace(BusOptions{.dispatch = random_.one_in(8) ? Dispatch::spin : Dispatch::park});
  }

  void run() {
    // Early subscribers stand before the first session; one that filters by session comes after it.
    const std::uint64_t early = random_.below(4);
    for (std::uint64_t i = 0; i < early; ++i) add_subscriber(false);
    open_sessions();
    const std::uint64_t waiting = random_.below(3);
    for (std::uint64_t i = 0; i < waiting; ++i) add_subscriber(true);
    std::thread pump([this] { pump_callers(); });
    for (auto& session : sessions_) session->start();
    disturb();
    for (auto& session : sessions_) session->join();
    close_sessions();
    done_.store(true);
    pump.join();
    settle();
    check();
    for (auto& subscriber : subscribers_) EXPECT_TRUE(subscriber->subscription.unsubscribe());
  }

 private:
  void open_sessions() {
    // From one thread to sixty-four, few more often than many.
    const std::uint64_t count = random_.between(1, 3);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t threads =
          random_.one_in(12) ? random_.between(1, 64 / count) : random_.between(1, 4);
      const std::uint64_t reports =
          threads > 8 ? random_.between(1, 100) : random_.between(1, 1500);
      sessions_.push_back(std::make_unique<RandomSession>(*bus_, random_, threads, reports));
      ids_.push_back(sessions_.back()->session.id());
      const std::scoped_lock lock(facts_mutex_);
      facts_.push_back(sessions_.back()->facts());
    }
  }

  void add_subscriber(bool late) {
    const RandomSubscriber::Deeds deeds{
        .cancel = [this](SessionId id) { static_cast<void>(bus_->cancel(id)); },
        .close = [this](SessionId id) { close(id, Outcome::failed); }};
    auto subscriber = std::make_unique<RandomSubscriber>(random_, ids_, deeds, late);
    subscriber->subscribe(*bus_);
    const std::scoped_lock lock(subscribers_mutex_);
    subscribers_.push_back(std::move(subscriber));
  }

  /// What goes on while the providers report: late subscribers, flushes, closes, cancels, looks.
  void disturb() {
    for (std::uint64_t i = random_.below(8); i > 0; --i) {
      std::this_thread::sleep_for(std::chrono::microseconds(random_.below(2000)));
      switch (random_.below(7)) {
        case 0: EXPECT_EQ(bus_->flush(watchdog), FlushResult::ok); break;
        case 1: static_cast<void>(bus_->snapshot()); break;
        case 2: static_cast<void>(bus_->statistics()); break;
        case 3:
          if (random_.one_in(3)) close(random_.pick(ids_), Outcome::completed);
          break;
        case 4:
          if (random_.one_in(3)) static_cast<void>(bus_->cancel(random_.pick(ids_)));
          break;
        default: add_subscriber(true); break;
      }
    }
  }

  /// The first close of a session decides its outcome.
  void close(SessionId id, Outcome outcome) {
    const std::scoped_lock lock(facts_mutex_);
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      if (facts_[i].id != id || facts_[i].closed_as) continue;
      facts_[i].closed_as = outcome;
      sessions_[i]->session.close(outcome);
    }
  }

  void close_sessions() {
    for (const SessionId id : ids_) {
      if (!random_.one_in(4)) close(id, Outcome::canceled);
    }
  }

  void pump_callers() {
    while (!done_.load()) {
      {
        const std::scoped_lock lock(subscribers_mutex_);
        for (auto& subscriber : subscribers_) subscriber->subscription.poll();
      }
      std::this_thread::sleep_for(200us);
    }
  }

  /// Until nothing moves any more: a callback may close a session, which is news for the others.
  void settle() {
    std::size_t before = 0;
    std::size_t closed = 0;
    do {
      before = closed;
      EXPECT_EQ(bus_->flush(watchdog), FlushResult::ok);
      for (auto& subscriber : subscribers_) drain(subscriber->subscription);
      const std::scoped_lock lock(facts_mutex_);
      closed = 1;
      for (const SessionFacts& facts : facts_) closed += facts.closed_as ? 1U : 0U;
    } while (closed != before);
  }

  void check() {
    History history;
    history.sessions = facts_;
    for (auto& session : sessions_) session->add_logs_to(history);
    LawChecker checker(history);
    for (const auto& complaint : checker.complaints_about_answers()) ADD_FAILURE() << complaint;
    for (const auto& subscriber : subscribers_) {
      EXPECT_FALSE(subscriber->seen.overlapped()) << subscriber->facts.name;
      for (const auto& complaint : checker.check(subscriber->facts, subscriber->seen.events())) {
        ADD_FAILURE() << complaint;
      }
    }
    check_statistics(history);
  }

  void check_statistics(const History& history) {
    std::uint64_t ok = 0;
    std::uint64_t invalid = 0;
    std::uint64_t aborted = 0;
    std::uint64_t closed = 0;
    for (const ProviderLog& log : history.providers) {
      for (const Attempt& attempt : log.attempts) {
        switch (attempt.status) {
          case Status::ok: ++ok; break;
          case Status::invalid_argument: ++invalid; break;
          case Status::aborted: ++aborted; break;
          case Status::closed: ++closed; break;
        }
      }
    }
    const Statistics statistics = bus_->statistics();
    EXPECT_EQ(statistics.reports, ok);
    EXPECT_EQ(statistics.refused_invalid, invalid);
    EXPECT_EQ(statistics.refused_aborted, aborted);
    EXPECT_EQ(statistics.refused_closed, closed);
  }

  Random random_;
  std::mutex facts_mutex_;
  std::vector<SessionFacts> facts_;
  std::vector<SessionId> ids_;
  std::mutex subscribers_mutex_;
  std::atomic<bool> done_{false};
  std::optional<Bus> bus_;
  std::vector<std::unique_ptr<RandomSession>> sessions_;
  std::vector<std::unique_ptr<RandomSubscriber>> subscribers_;
};

TEST(AnyMixOfProvidersAndSubscribers, ObeysLawsThreeFourFiveAndTen) {
  for (const std::uint64_t seed : seeds(rounds())) {
    SCOPED_TRACE("HEADWAY_SEED=" + std::to_string(seed));
    Round(seed).run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace headway::laws
