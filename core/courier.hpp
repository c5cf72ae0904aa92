// SPDX-License-Identifier: MIT
//
// Courier: takes what changed on the scoreboard to the subscriptions that are due.
//
// Subscribers on the dispatcher's thread are called from here, with the dispatch lock released; the others
// get messages in their mailboxes. For Delivery::latest nothing is queued: what a subscription has not been
// given yet is what the list of changes holds behind its cursor.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/batch.hpp"
#include "core/scoreboard.hpp"
#include "core/subscription_state.hpp"

namespace headway::detail {

class Courier final : public ChangeObserver {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using Place = SubscriptionState::Place;

  Courier() = default;

  /// The pass that is under way must not go on: somebody else runs the dispatch now.
  void release() noexcept { released_ = true; }

  void set_board(const ChangeList& changes) noexcept { changes_ = &changes; }

  void add(std::shared_ptr<SubscriptionState> subscription);
  void remove(const SubscriptionState& subscription);
  void clear() noexcept { subscriptions_.clear(); }

  // A recorded subscription gets each change as it happens, and each record.
  void changed(const Change& change) override;
  [[nodiscard]] bool wants_records() const noexcept override { return any_recorded_; }
  [[nodiscard]] bool begin_records(const Change& change, const Update& form) override;
  void record(std::uint64_t completed, std::uint64_t total, std::uint64_t sequence) override;
  void end_records(const Change& change) override;
  /// Something was taken in that may have been reported as early as `since`.
  void note_pending(time_point since) noexcept;

  /// How eager a pass is.
  enum class Urgency : std::uint8_t {
    /// What is due.
    due,
    /// Everything, whatever the interval: flush.
    all,
    /// Everything, and no pass will follow: stop.
    last
  };
  /// Gives each subscription what it should have now. Releases the lock during callbacks. Returns how many
  /// updates were handed over on this thread.
  std::size_t deliver(std::unique_lock<std::mutex>& lock, time_point now, Urgency urgency);

  /// Asks for what a pass is going to touch, for the first few subscriptions. By the dispatcher's thread.
  void prefetch() const noexcept;

  /// The last pass without callbacks on this thread: what mailboxes can be given.
  void fill_mailboxes();

  /// True if every subscription has been given everything up to that change. For subscriptions with
  /// threads of their own: and has done with it; if not, they will tell.
  [[nodiscard]] bool reached(std::uint64_t change);
  /// The last change that every subscription has passed.
  [[nodiscard]] std::uint64_t slowest_cursor() const noexcept;
  /// The session's changes are about to go.
  void forget(const SessionState& session) noexcept;
  /// Changes that the subscription has not been given.
  [[nodiscard]] std::size_t undelivered(const SubscriptionState& subscription) const;

  /// The shortest interval; nullopt without subscriptions.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> shortest_interval() const noexcept;
  /// When the next pass must be made for what is pending, or for what hot lanes may bring.
  [[nodiscard]] std::optional<time_point> next_due(time_point now, bool lanes_hot) const noexcept;
  /// True if no subscription may be called before that time.
  [[nodiscard]] bool nobody_due_before(time_point time) const noexcept;

  /// A delivery came late by so much: names the subscription whose callback it waited for.
  void blame_for(SubscriptionState& victim, std::chrono::nanoseconds excess);
  /// A callback on the dispatcher's thread took so long.
  void note_callback(SubscriptionState& subscription, std::chrono::nanoseconds took);

  [[nodiscard]] const std::vector<std::shared_ptr<SubscriptionState>>& subscriptions()
      const noexcept {
    return subscriptions_;
  }

 private:
  [[nodiscard]] static bool wants_records(const SubscriptionState& subscription) noexcept;
  [[nodiscard]] bool pending(const SubscriptionState& subscription) const noexcept;
  void caught_up(Place& place) const noexcept;
  void collect(SubscriptionState& subscription, Batch& batch) const;
  bool fill_mailbox(SubscriptionState& subscription, Urgency urgency) const;
  std::size_t call_here(std::unique_lock<std::mutex>& lock, SubscriptionState& subscription);

  const ChangeList* changes_ = nullptr;
  std::vector<std::shared_ptr<SubscriptionState>> subscriptions_;
  bool any_recorded_ = false;
  /// What records are of, and who gets them.
  const Change* recorded_ = nullptr;
  Update form_;
  struct Recorder {
    SubscriptionState* subscription;
    /// How many more it may be given, if it has no mailbox.
    std::size_t room;
  };
  std::vector<Recorder> recorders_;
  /// Being handed over on this thread.
  Batch batch_;
  bool released_ = false;

  /// The longest callback of this pass and of the one before.
  struct Slow {
    std::weak_ptr<SubscriptionState> subscription;
    std::chrono::nanoseconds took{0};
  };
  std::atomic<bool> any_slow_{false};
  std::mutex slow_mutex_;
  Slow slow_now_;
  Slow slow_before_;
};

}  // namespace headway::detail
