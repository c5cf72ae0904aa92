// SPDX-License-Identifier: MIT
//
// Random subscribers for the property test: every kind of subscription, some of them with bad habits, and
// what each is entitled to see.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <headway/headway.hpp>

#include "history.hpp"
#include "keys.hpp"
#include "random.hpp"
#include "recording_subscriber.hpp"

namespace headway::laws {

class RandomSubscriber {
 public:
  /// What it may do to sessions from inside its callbacks.
  struct Deeds {
    std::function<void(SessionId)> cancel;
    std::function<void(SessionId)> close;
  };

  RandomSubscriber(Random& random, const std::vector<SessionId>& sessions, const Deeds& deeds,
                   bool late)
      : deeds_(deeds) {
    facts.from_start = !late;
    options_.interval =
        random.pick(std::array<std::chrono::nanoseconds, 5>{1us, 200us, 1ms, 7ms, 40ms});
    options_.run_on = random.pick(every_run_on);
    options_.delivery = random.pick(every_delivery);
    options_.queue_capacity = random.pick(std::array<std::size_t, 4>{1, 3, 64, 1024});
    options_.replay_current = !late || !random.one_in(4);
    if (random.one_in(4) && !sessions.empty()) options_.filter.session = random.pick(sessions);
    if (random.one_in(4)) options_.filter.role = role_of(random.below(keys_per_session));
    if (random.one_in(4)) options_.filter.stage = stage_of(random.below(keys_per_session));
    facts.filter = options_.filter;
    facts.replay = options_.replay_current;
    facts.name = name_of(options_.run_on) + name_of(options_.delivery) + (late ? " late" : "") +
                 " interval " + std::to_string(options_.interval.count()) + " ns queue " +
                 std::to_string(options_.queue_capacity);
    choose_habit(random);
  }
  RandomSubscriber(const RandomSubscriber&) = delete;
  RandomSubscriber& operator=(const RandomSubscriber&) = delete;

  void subscribe(Bus& bus) {
    subscription = bus.subscribe(seen, options_);
    subscribed_.store(true);
  }

  RecordingSubscriber seen;
  StreamFacts facts;
  Subscription subscription;

 private:
  void choose_habit(Random& random) {
    const std::uint64_t when = random.between(1, 60);
    const auto on_nth = [this, when](std::function<void(const Update&)> deed) {
      seen.at_progress = [this, when, deed = std::move(deed)](const Update& update) {
        if (++updates_ == when) deed(update);
      };
    };
    switch (random.below(10)) {
      case 0:
        facts.name += " throws now and then";
        seen.at_progress = [this](const Update&) {
          if (++updates_ % 7 == 0) throw std::runtime_error("now and then");
        };
        seen.at_opened = [](const SessionInfo&) { throw 1; };
        seen.at_closed = [](SessionId, Outcome) { throw 2; };
        break;
      case 1:
        facts.name += " unsubscribes itself";
        facts.to_end = false;
        on_nth([this](const Update&) {
          if (subscribed_.load()) static_cast<void>(subscription.unsubscribe());
        });
        break;
      case 2:
        facts.name += " unsubscribes by throwing";
        facts.to_end = false;
        options_.on_error = OnError::unsubscribe;
        on_nth([](const Update&) { throw std::runtime_error("that is all"); });
        break;
      case 3:
        facts.name += " cancels by throwing";
        options_.on_error = OnError::cancel_session;
        on_nth([](const Update&) { throw std::runtime_error("stop this"); });
        break;
      case 4:
        facts.name += " cancels";
        on_nth([this](const Update& update) { deeds_.cancel(update.session); });
        break;
      case 5:
        facts.name += " closes";
        on_nth([this](const Update& update) { deeds_.close(update.session); });
        break;
      case 6:
        facts.name += " is slow";
        seen.at_batch = [](std::span<const Update>) { std::this_thread::sleep_for(300us); };
        break;
      default: break;
    }
  }

  Deeds deeds_;
  SubscriptionOptions options_;
  std::uint64_t updates_ = 0;
  std::atomic<bool> subscribed_{false};
};

}  // namespace headway::laws
