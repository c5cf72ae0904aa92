// SPDX-License-Identifier: MIT
//
// BusState: a bus behind its handles, and the control path: sessions, reporters and subscriptions come and go
// here, under one mutex that is held for a few instructions at a time and never during user code. Whatever
// concerns the dispatcher is put into its Commands.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <headway/bus.hpp>
#include <headway/detail/lane_types.hpp>
#include "core/board.hpp"
#include "core/commands.hpp"
#include "core/dispatcher.hpp"
#include "core/lane_table.hpp"
#include "core/session_registry.hpp"
#include "core/session_state.hpp"
#include "core/subscription_state.hpp"

namespace headway::detail {

class BusState : public std::enable_shared_from_this<BusState> {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit BusState(BusOptions bus_options);
  BusState(const BusState&) = delete;
  BusState& operator=(const BusState&) = delete;
  ~BusState();

  /// Starts the dispatcher's thread, if there is to be one.
  void start();

  // Sessions and reporters.

  [[nodiscard]] std::shared_ptr<SessionState> open_session(std::string name,
                                                           const SessionOptions& options);
  void close(SessionState& session, Outcome outcome, std::string detail);
  bool cancel(SessionId id) noexcept;
  static void cancel(SessionState& session) noexcept;
  void note(SessionState& session, std::string_view text);

  [[nodiscard]] BusLane& open_lane(const std::shared_ptr<SessionState>& session,
                                   const ReporterOptions& options);
  void end_reporter(SessionState& session, BusLane& lane) noexcept;
  [[nodiscard]] std::shared_ptr<SharedGroup> open_group(
      const std::shared_ptr<SessionState>& session, const ReporterOptions& options);
  void end_group(GroupState& group) noexcept;
  /// A thread's first report on a group. Null if the session is closed; the group's fallback if there is
  /// no memory.
  [[nodiscard]] LaneRecord* attach_thread(GroupState& group);
  void detach_thread(GroupState& group, LaneRecord& lane) noexcept;

  // Subscriptions.

  [[nodiscard]] std::shared_ptr<SubscriptionState> subscribe(std::shared_ptr<Subscriber> subscriber,
                                                             SubscriptionOptions options);
  void forget(SubscriptionState& subscription) noexcept;

  // The whole.

  [[nodiscard]] std::vector<SessionInfo> snapshot(const Filter& filter) const;
  FlushResult flush(std::chrono::nanoseconds deadline);
  StopReport stop(std::chrono::nanoseconds deadline);
  [[nodiscard]] Statistics statistics() const;
  std::size_t poll();
  /// The Bus is gone: what refers to each other here is let go, now or when the dispatch has ended.
  void abandon();
  void clear_if_over();

  /// True in the child of a fork: nothing here may be touched.
  [[nodiscard]] bool inert() const noexcept { return generation_ != process_generation(); }
  [[nodiscard]] time_point now() const { return intake_.clock.now(); }
  [[nodiscard]] BusIntake& intake() noexcept { return intake_; }
  [[nodiscard]] std::mutex& control_mutex() const noexcept { return mutex_; }
  [[nodiscard]] LaneTable& lanes() noexcept { return lanes_; }
  /// Null if there is none.
  [[nodiscard]] Board* board() const noexcept { return board_.get(); }

  const BusOptions options;

  // For the dispatcher.

  [[nodiscard]] bool has_commands() const noexcept {
    return has_commands_.load(std::memory_order_acquire);
  }
  void take_commands(Commands& commands);
  /// Lanes that have been cleared; their sessions no longer have them.
  void release_lanes(const std::vector<LaneRecord*>& lanes,
                     const std::vector<std::shared_ptr<SessionState>>& sessions);
  [[nodiscard]] std::vector<LaneRecord*> lanes_of(const SessionState& session) const;
  [[nodiscard]] Outcome outcome_of(const SessionState& session) const;
  /// Everybody has had the session's on_closed.
  void retire_session(const std::shared_ptr<SessionState>& session);
  [[nodiscard]] std::uint64_t flush_requested() const noexcept {
    return flush_requested_.load(std::memory_order_acquire);
  }
  void answer_flush(std::uint64_t ticket);
  [[nodiscard]] bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }
  void announce_finished();
  /// The session's last values stand on the scoreboard.
  void note_closed(SessionState& session);
  /// Writes the statistics to the board.
  void publish_statistics();

  // For subscriptions.

  void note_callback(SubscriptionState& subscription, std::chrono::nanoseconds took);
  void note_late(SubscriptionState& victim, std::chrono::nanoseconds excess);

 private:
  void open_board();
  /// What statistics() says, but for what needs memory. `standing`: what the subscriptions that stand come to. Under
  /// the control mutex.
  [[nodiscard]] Statistics count(const SubscriptionStatistics& standing) const;
  void begin_stop();
  bool wait_finished(time_point deadline);
  [[nodiscard]] bool callbacks_close_cycle();
  StopReport end_threads(time_point deadline);
  void join_dispatcher();
  LaneRecord& add_lane(const std::shared_ptr<SessionState>& session,
                       std::shared_ptr<GroupState> group, std::unique_ptr<LaneParts> parts);
  void end_lane(LaneRecord& lane) noexcept;
  /// The session's reports are refused from now on; those in flight are answered by their lanes. Under the
  /// control mutex, as the two that follow.
  static void shut_gate(SessionState& session) noexcept;
  /// Every report that begins from now on sees the bit, and every one after one that has seen it.
  static void change_gate(SessionState& session, Gate::Bits bit) noexcept;
  /// False if the session is closed.
  static bool cancel_locked(SessionState& session) noexcept;

  mutable std::mutex mutex_;
  const std::uint32_t generation_;
  BusIntake intake_;
  LaneTable lanes_;
  /// For reporters of sessions that are closed already.
  Gate closed_gate_{Gate::closed};
  Gate canceled_gate_{Gate::canceled};
  BusLane closed_lane_{closed_gate_, &intake_};
  BusLane canceled_lane_{canceled_gate_, &intake_};
  /// Before the sessions, which have slots on it.
  std::unique_ptr<Board> board_;

  // Under the control mutex.
  Commands commands_;
  SessionRegistry<SessionState> sessions_;
  std::deque<SessionId> closed_sessions_;
  std::size_t open_sessions_ = 0;
  std::vector<std::shared_ptr<SubscriptionState>> subscriptions_;
  /// Those that were unsubscribed while their callback ran: a stop waits for it, and it goes on counting.
  std::vector<std::shared_ptr<SubscriptionState>> leaving_;
  std::uint64_t last_session_ = 0;
  std::uint64_t last_subscription_ = 0;
  SubscriptionStatistics gone_;
  std::string longest_callback_subscription_;
  std::uint64_t flush_answered_ = 0;
  std::condition_variable progress_;

  std::atomic<bool> has_commands_{false};
  std::atomic<std::uint64_t> flush_requested_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> abandoned_{false};
  std::atomic<std::int64_t> longest_callback_{0};

  Dispatcher dispatcher_;
  std::thread thread_;
};

}  // namespace headway::detail
