// SPDX-License-Identifier: MIT
//
// Dispatcher: the tick, when it runs, and what ends it.
//
// It works like a network driver under NAPI: the first report after silence is an interrupt (the lane is
// marked, the dispatcher is woken); from then on the hot lanes are polled once a tick and nobody signals;
// a lane that stays quiet is cooled. With no hot lane and nothing due it sleeps without a time-out.
//
// Locks: the dispatch mutex is held throughout a tick but for the callbacks. Under it the control mutex may
// be taken, never the other way round.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/commands.hpp"
#include "core/courier.hpp"
#include "core/lane_reader.hpp"
#include "core/scoreboard.hpp"

namespace headway::detail {

class Dispatcher {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using Lock = std::unique_lock<std::mutex>;

  explicit Dispatcher(BusState& bus);

  /// The thread: ticks until the bus has stopped.
  void run();
  /// Dispatch::manual: one tick on this thread. 0 if another is under way.
  std::size_t tick_once();
  /// A stop has run out of time while a callback is stuck: takes the dispatch away from the thread that is
  /// in it, and hands over what needs no callback on that thread.
  void take_over();

  /// True once the last word of a stopped bus has been handed over.
  [[nodiscard]] bool finished() const noexcept { return finished_.load(std::memory_order_acquire); }
  /// True once nothing more will be handed over: finished, or taken over.
  [[nodiscard]] bool settled() const noexcept { return settled_.load(std::memory_order_seq_cst); }
  /// The number of the newest change on the scoreboard. Any thread.
  [[nodiscard]] std::uint64_t newest_change() const noexcept { return board_.changes().clock(); }
  /// Lets everything go; settled() must be true.
  void clear();
  /// Under no lock: those that may be called. One that has unsubscribed is among them until the next tick.
  [[nodiscard]] std::vector<std::shared_ptr<SubscriptionState>> subscriptions();
  /// Under no lock: how many updates that subscription has not been given.
  [[nodiscard]] std::size_t undelivered(const SubscriptionState& subscription);

  struct Counters {
    std::atomic<std::uint64_t> reports{0};
    std::atomic<std::uint64_t> folds{0};
    std::atomic<std::uint64_t> ticks{0};
    std::atomic<std::uint64_t> wakeups{0};
    std::atomic<std::size_t> hot_lanes{0};
  } counters;

  Courier& courier() noexcept { return courier_; }

 private:
  struct Closing {
    std::shared_ptr<SessionState> session;
    std::vector<LaneRecord*> lanes;
  };

  std::size_t tick(Lock& lock);
  void admit(Commands& commands, time_point now);
  void begin_closing(std::vector<std::shared_ptr<SessionState>>& sessions);
  void try_closing(time_point now);
  void retire(const std::vector<LaneRecord*>& lanes, time_point now);
  void reclaim();
  void answer_flush();
  void note_finished();
  /// Keeps the statistics on the board fresh.
  void show_statistics(time_point now, Courier::Urgency how);
  [[nodiscard]] Courier::Urgency urgency() const noexcept;
  /// When the next tick must run; nullopt: when something happens.
  [[nodiscard]] std::optional<time_point> next_tick(time_point now) const noexcept;
  [[nodiscard]] std::chrono::nanoseconds timer_slack() const noexcept;
  [[nodiscard]] time_point on_steady_clock(time_point time) const;
  void sleep(Lock& lock);
  /// Asks for what a tick is going to touch; see working_set.hpp. Under the lock.
  void fetch_working_set() const noexcept;

  BusState& bus_;
  std::mutex mutex_;
  bool busy_ = false;
  bool released_ = false;
  std::atomic<bool> finished_{false};
  std::atomic<bool> settled_{false};

  Courier courier_;
  Scoreboard board_;
  LaneReader reader_;
  std::vector<Closing> closing_;
  std::vector<std::shared_ptr<SessionState>> handed_out_;
  time_point last_tick_{};
  /// When the board was last given statistics.
  time_point shown_{};
  /// The shortest interval, as of the last tick: how often hot lanes are read.
  std::chrono::nanoseconds period_{0};
  bool unread_ = false;
  /// The thread's timer slack, once it has been set.
  std::chrono::nanoseconds slack_{0};

  /// The flush that is being answered, and the change that answers it; 0: none.
  std::uint64_t flush_ = 0;
  std::uint64_t flush_answer_ = 0;
  std::uint64_t flush_wanted_ = 0;
  std::uint64_t flush_answered_ = 0;
  bool stopping_ = false;
};

}  // namespace headway::detail
