// SPDX-License-Identifier: MIT
//
// Bus: takes reports in, coalesces them and calls subscribers.
//
//   headway::Bus bus;
//   auto subscription = bus.subscribe([](const headway::Update& u) { show(u); });
//   auto session = bus.open_session("photos");
//
// One dispatcher (a thread of the bus, or the callers of poll()) reads the lanes of the reporters that are
// active, merges what it finds into the scoreboard, and hands each subscription what changed. Every
// function may be called by any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <headway/detail/export.hpp>
#include <headway/options.hpp>
#include <headway/session.hpp>
#include <headway/session_id.hpp>
#include <headway/session_info.hpp>
#include <headway/statistics.hpp>
#include <headway/subscriber.hpp>
#include <headway/subscription.hpp>
#include <headway/update.hpp>

namespace headway {

namespace detail {
class BusState;
}

enum class FlushResult : std::uint8_t {
  /// All reports made before the call have reached the subscribers. (For RunOn::caller: poll() has them.)
  ok,
  timed_out,
  /// A callback of this bus cannot wait for callbacks of this bus.
  called_from_callback
};

struct StopReport {
  struct Stuck {
    std::uint64_t id = 0;
    std::string name;
    /// Updates that it was not given.
    std::size_t undelivered = 0;
  };
  /// Every last word was delivered.
  bool complete = true;
  /// Updates that were not delivered, over all subscriptions.
  std::size_t undelivered = 0;
  /// Subscriptions whose callback was still running at the deadline.
  std::vector<Stuck> stuck;
};

class HEADWAY_EXPORT Bus {
 public:
  /// Starts the dispatcher's thread, unless options.dispatch is `manual`. Throws std::invalid_argument
  /// for a bad option, std::system_error when no thread can be started.
  explicit Bus(BusOptions options = {});
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;
  /// Stops without a deadline: last words are delivered, and callbacks that run are waited for, except
  /// where that would close a cycle. Handles may outlive the bus; they answer Status::closed then.
  ~Bus();

  /// `name`: 1 to 255 bytes, no NUL; need not be unique. Throws std::invalid_argument for a bad name or
  /// option. On a stopped bus the session is closed from the start.
  [[nodiscard]] Session open_session(std::string name, SessionOptions options = {});

  /// Subscribes. The referenced subscriber must live until unsubscribe() has returned true; a shared one
  /// is released when the subscription ends. Throws std::invalid_argument for a bad option, a null
  /// pointer or an empty function, std::system_error when its thread or wake handle cannot be made.
  [[nodiscard]] Subscription subscribe(Subscriber& subscriber, SubscriptionOptions options = {});
  [[nodiscard]] Subscription subscribe(std::shared_ptr<Subscriber> subscriber,
                                       SubscriptionOptions options = {});
  [[nodiscard]] Subscription subscribe(std::function<void(const Update&)> function,
                                       SubscriptionOptions options = {});

  /// The state of the sessions that the filter selects, in order of opening: open ones and the last that
  /// were closed. As new as the dispatcher's last tick. Never waits for the dispatcher.
  [[nodiscard]] std::vector<SessionInfo> snapshot(const Filter& filter = {}) const;

  /// Cancels by id, as Session::cancel() does. False if no open session has it.
  bool cancel(SessionId id);

  /// Delivers at once, whatever the intervals, and waits until that is done, at most until the deadline.
  FlushResult flush(std::chrono::nanoseconds deadline);

  /// Refuses new reports, closes the open sessions as `abandoned`, delivers the last words, and ends the
  /// dispatcher. Returns at the deadline what could not be delivered; a subscriber that is stuck in a
  /// callback is let go, not joined. From inside a callback it cannot wait for that callback.
  StopReport stop(std::chrono::nanoseconds deadline);

  [[nodiscard]] Statistics statistics() const;

  /// Dispatch::manual: runs what is due, on this thread, and returns how many updates were handed over.
  /// 0 on other buses, inside a callback, and while another thread polls.
  std::size_t poll();

 private:
  std::shared_ptr<detail::BusState> state_;
};

}  // namespace headway
