// SPDX-License-Identifier: MIT
//
// SubscriptionState: a subscription behind its handle. It knows how to call its subscriber (any thread that
// is let in by the gate), counts what came of it, and holds the dispatcher's place in the list of changes.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include <headway/bus.hpp>
#include <headway/options.hpp>
#include <headway/statistics.hpp>
#include <headway/subscriber.hpp>
#include "core/batch.hpp"
#include "core/changes.hpp"
#include "core/duration_counts.hpp"
#include "core/mailbox.hpp"
#include "core/platform.hpp"
#include "core/wait_graph.hpp"

namespace headway::detail {

class SubscriptionState : public std::enable_shared_from_this<SubscriptionState> {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  SubscriptionState(std::shared_ptr<BusState> owner, std::uint64_t number,
                    std::shared_ptr<Subscriber> subscriber,
                    SubscriptionOptions subscription_options);
  SubscriptionState(const SubscriptionState&) = delete;
  SubscriptionState& operator=(const SubscriptionState&) = delete;
  ~SubscriptionState();

  /// Starts the thread of its own, if it is to have one. Throws std::system_error.
  void start();

  const std::shared_ptr<BusState> bus;
  const std::uint64_t id;
  const SubscriptionOptions options;

  // Calling the subscriber.

  /// Hands the batch over. Returns how many updates. `since`: when the oldest of them was reported, at the
  /// earliest.
  std::size_t call(const Batch& batch, time_point since);
  /// A callback threw; of which session it spoke decides whom OnError::cancel_session cancels.
  void failed(SessionId session) noexcept;
  [[nodiscard]] bool ended() const noexcept { return gate.closed(); }

  /// RunOn::caller: takes what waits and hands it over.
  std::size_t poll();
  [[nodiscard]] NativeHandle wake_handle() const noexcept;

  // Ending.

  bool unsubscribe();
  /// The bus ends: what is in the mailbox is the last. The thread of its own then ends by itself.
  void finish() noexcept;
  /// Waits for the thread of its own. Lets it go if it is stuck in a callback at the deadline.
  void join(time_point deadline);

  CallbackGate gate;

  // Statistics.

  [[nodiscard]] SubscriptionStatistics statistics() const;
  /// The same but for the name, which needs memory.
  [[nodiscard]] SubscriptionStatistics numbers() const noexcept;
  /// A delivery, to whatever subscription, waited for a callback of this one.
  void blame() noexcept { caused_.fetch_add(1, std::memory_order_relaxed); }

  // The dispatcher's own.

  struct Place {
    /// Number of the last change that was handed over or put into the mailbox.
    std::uint64_t cursor = 0;
    const Change* hint = nullptr;
    /// Below this the subscription is still being given what was there before it.
    std::uint64_t replay_until = 0;
    time_point next_due{};
    /// Earliest report that has not been handed over.
    std::optional<time_point> pending_since;
    /// Delivery::recorded: it fell behind, and gets the newest values until it has caught up.
    bool behind = false;
    /// Delivery::recorded on the dispatcher's thread: what is to be handed over.
    Batch recorded;
    /// Delivery::recorded in a mailbox: there is something in it that has not been signalled.
    bool unsignalled = false;
    /// A flush waits until so many messages are done.
    std::optional<std::uint64_t> flush_mark;
  } place;

  std::optional<Mailbox> mailbox;
  /// The dispatcher has more than it could put into the mailbox: done messages are to be told.
  std::atomic<bool> wanted{false};
  /// Tells the subscriber's thread, or whoever polls, that there is something in the mailbox.
  void signal(std::optional<time_point> since) noexcept;

  [[nodiscard]] bool selects(const Change& change) const noexcept;

 private:
  /// Runs the callback, which begins now; returns when it ended.
  template <class Call>
  time_point guarded(SessionId session, time_point started, Call&& callback);
  void leave();
  void release_subscriber();
  void note_delay(time_point since, time_point now);
  void punish(SessionId session) noexcept;
  void punish_all(std::span<const Update> batch) noexcept;
  void run_own_thread();
  std::size_t drain_mailbox();

  std::shared_ptr<Subscriber> subscriber_;

  std::atomic<std::uint64_t> updates_{0};
  std::atomic<std::uint64_t> exceptions_{0};
  std::atomic<std::int64_t> longest_callback_{0};
  std::atomic<std::int64_t> longest_delay_{0};
  std::atomic<std::uint64_t> late_{0};
  std::atomic<std::uint64_t> caused_{0};
  DurationCounts callback_times_;
  DurationCounts delivery_delays_;

  /// Earliest report in the mailbox, as the bus clock's count; 0: none known.
  std::atomic<std::int64_t> mailbox_since_{0};
  std::optional<WakeHandle> wake_;
  std::atomic<std::uint32_t> signals_{0};
  std::atomic<bool> finishing_{false};
  std::atomic<bool> polling_{false};

  std::mutex thread_mutex_;
  std::condition_variable thread_ended_;
  bool thread_done_ = false;
  std::thread thread_;
};

/// To the sum over several: what can be added up, and the longest delay.
void add(SubscriptionStatistics& sum, const SubscriptionStatistics& more) noexcept;

}  // namespace headway::detail
