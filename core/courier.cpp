// SPDX-License-Identifier: MIT
#include "core/courier.hpp"
#include "core/working_set.hpp"

#include <algorithm>
#include <utility>

namespace headway::detail {

namespace {

/// Changes handed to a late subscriber at a time, so that ticks come in between.
constexpr std::size_t replay_piece = 8192;
/// Memory for so many updates is kept from delivery to delivery.
constexpr std::size_t batch_kept = 1024;
/// A delivery is late by a millisecond at least before somebody is blamed, and only a callback that took half of
/// its lateness is.
constexpr std::chrono::microseconds shortest_to_blame{500};

/// More would only push each other out of the cache.
constexpr std::size_t prefetched_subscriptions = 4;

/// Moves the place past a change.
void pass(SubscriptionState::Place& place, const Change& change) noexcept {
  place.cursor = change.number();
  place.hint = &change;
}

}  // namespace

void Courier::add(std::shared_ptr<SubscriptionState> subscription) {
  Place& place = subscription->place;
  // Without a replay the cursor stands where it was when subscribe() was called: what has been reported
  // since may have been read before this tick.
  if (subscription->options.replay_current) place.replay_until = changes_->clock();
  // A recorded subscription begins with the newest values of what it has not seen.
  place.behind =
      subscription->options.delivery == Delivery::recorded && place.cursor < changes_->clock();
  any_recorded_ |= subscription->options.delivery == Delivery::recorded;
  subscriptions_.push_back(std::move(subscription));
}

void Courier::remove(const SubscriptionState& subscription) {
  std::erase_if(subscriptions_, [&](const auto& entry) { return entry.get() == &subscription; });
  any_recorded_ = std::ranges::any_of(subscriptions_, [](const auto& entry) {
    return entry->options.delivery == Delivery::recorded;
  });
}

bool Courier::wants_records(const SubscriptionState& subscription) noexcept {
  return subscription.options.delivery == Delivery::recorded && !subscription.place.behind;
}

HEADWAY_RARE_CODE void Courier::changed(const Change& change) {
  if (!any_recorded_) return;
  for (const auto& subscription : subscriptions_) {
    if (!wants_records(*subscription)) continue;
    Place& place = subscription->place;
    if (subscription->selects(change) && !subscription->ended()) {
      bool taken = true;
      if (subscription->mailbox) {
        taken = subscription->mailbox->push(Message::of(change));
        place.unsignalled |= taken;
      } else if (place.recorded.size() < subscription->options.queue_capacity) {
        place.recorded.add(change);
      } else {
        taken = false;
      }
      if (!taken) {
        place.behind = true;
        continue;
      }
    }
    pass(place, change);
  }
}

bool Courier::begin_records(const Change& change, const Update& form) {
  recorders_.clear();
  recorded_ = &change;
  form_ = form;
  for (const auto& subscription : subscriptions_) {
    if (!wants_records(*subscription) || !subscription->selects(change) || subscription->ended())
      continue;
    Place& place = subscription->place;
    if (!subscription->mailbox) place.recorded.keep(change.session());
    const std::size_t most = subscription->options.queue_capacity;
    const std::size_t size = place.recorded.size();
    recorders_.push_back({subscription.get(), most > size ? most - size : 0});
  }
  return !recorders_.empty();
}

void Courier::record(std::uint64_t completed, std::uint64_t total, std::uint64_t sequence) {
  bool all = true;
  for (Recorder& recorder : recorders_) {
    Place& place = recorder.subscription->place;
    if (auto& mailbox = recorder.subscription->mailbox) {
      place.behind =
          !mailbox->push(Message::of(*recorded_, form_.observed, completed, total, sequence));
      place.unsignalled |= !place.behind;
    } else if (recorder.room != 0) [[likely]] {
      --recorder.room;
      place.recorded.add(form_, completed, total, sequence);
    } else {
      place.behind = true;
    }
    all &= !place.behind;
  }
  if (!all) {
    std::erase_if(recorders_, [](const auto& entry) { return entry.subscription->place.behind; });
  }
}

void Courier::end_records(const Change& change) {
  if (!any_recorded_) return;
  for (const auto& subscription : subscriptions_) {
    if (wants_records(*subscription)) pass(subscription->place, change);
  }
}

HEADWAY_TICK_CODE void Courier::note_pending(time_point since) noexcept {
  for (const auto& subscription : subscriptions_) {
    auto& pending_since = subscription->place.pending_since;
    if (!pending_since || since < *pending_since) pending_since = since;
  }
}

HEADWAY_TICK_CODE bool Courier::pending(const SubscriptionState& subscription) const noexcept {
  const Place& place = subscription.place;
  return place.cursor < changes_->clock() || !place.recorded.empty() || place.unsignalled;
}

HEADWAY_TICK_CODE void Courier::caught_up(Place& place) const noexcept {
  // The newest changes may be those of a session that has been forgotten since.
  place.cursor = changes_->clock();
  place.behind = false;
}

HEADWAY_TICK_CODE void Courier::collect(SubscriptionState& subscription, Batch& batch) const {
  Place& place = subscription.place;
  if (!place.recorded.empty()) std::swap(batch, place.recorded);
  std::size_t left = replay_piece;
  for (const Change* change = changes_->after(place.cursor, place.hint); change != nullptr;
       change = change->next()) {
    if (change->number() <= place.replay_until && left-- == 0) return;
    pass(place, *change);
    if (subscription.selects(*change)) batch.add(*change);
  }
  caught_up(place);
}

HEADWAY_RARE_CODE bool Courier::fill_mailbox(SubscriptionState& subscription,
                                             Urgency urgency) const {
  Place& place = subscription.place;
  const bool any_recorded = std::exchange(place.unsignalled, false);
  bool any = any_recorded;
  for (const Change* change = changes_->after(place.cursor, place.hint); change != nullptr;
       change = change->next()) {
    if (subscription.selects(*change)) {
      if (urgency != Urgency::due) {
        subscription.mailbox->push_surely(Message::of(*change));
      } else if (!subscription.mailbox->push(Message::of(*change))) {
        // Its thread will tell when it has done with what is there, unless it just has: see next_due.
        subscription.wanted.store(true, std::memory_order_seq_cst);
        return any;
      }
      any = true;
    }
    pass(place, *change);
  }
  caught_up(place);
  return any;
}

HEADWAY_TICK_CODE std::size_t Courier::call_here(std::unique_lock<std::mutex>& lock,
                                                 SubscriptionState& subscription) {
  collect(subscription, batch_);
  if (batch_.empty()) return 0;
  const time_point since = subscription.place.pending_since.value_or(time_point{});
  lock.unlock();
  const std::size_t updates = subscription.call(batch_, since);
  batch_.clear(std::max(batch_kept, subscription.options.queue_capacity));
  lock.lock();
  return updates;
}

HEADWAY_TICK_CODE std::size_t Courier::deliver(std::unique_lock<std::mutex>& lock, time_point now,
                                               Urgency urgency) {
  if (any_slow_.load(std::memory_order_relaxed)) {
    const std::lock_guard slow(slow_mutex_);
    slow_before_ = std::exchange(slow_now_, {});
    if (slow_before_.took.count() == 0) any_slow_.store(false, std::memory_order_relaxed);
  }
  std::size_t updates = 0;
  // Callbacks may subscribe and unsubscribe; that changes the list only at the next tick.
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
    const std::shared_ptr<SubscriptionState> subscription = subscriptions_[i];
    Place& place = subscription->place;
    if (subscription->ended()) {
      place.cursor = changes_->clock();
      place.hint = nullptr;
      place.recorded.clear(0);
      place.unsignalled = false;
      continue;
    }
    if (!pending(*subscription)) {
      place.pending_since.reset();
      continue;
    }
    // No further ahead than one interval, or a clock that went back would hold everything up.
    place.next_due = std::min(place.next_due, now + subscription->options.interval);
    if (urgency == Urgency::due && now < place.next_due) continue;
    if (subscription->mailbox) {
      if (fill_mailbox(*subscription, urgency)) {
        subscription->signal(place.pending_since);
        place.next_due = now + subscription->options.interval;
      }
    } else {
      const std::uint64_t replayed = place.replay_until;
      updates += call_here(lock, *subscription);
      if (released_) return updates;
      // What is left of a replay goes on at the next tick, which is at once.
      place.next_due = place.cursor < replayed ? now : now + subscription->options.interval;
    }
    if (place.cursor == changes_->clock()) place.pending_since.reset();
  }
  return updates;
}

void Courier::prefetch() const noexcept {
  for (const auto& subscription :
       std::span(subscriptions_).first(std::min(subscriptions_.size(), prefetched_subscriptions))) {
    prefetch_object(*subscription);
  }
}

void Courier::fill_mailboxes() {
  for (const auto& subscription : subscriptions_) {
    if (!subscription->mailbox || subscription->ended()) continue;
    if (fill_mailbox(*subscription, Urgency::last)) {
      subscription->signal(subscription->place.pending_since);
    }
  }
}

bool Courier::reached(std::uint64_t change) {
  bool all = true;
  for (const auto& subscription : subscriptions_) {
    Place& place = subscription->place;
    if (subscription->ended()) continue;
    if (place.cursor < change || !place.recorded.empty() || place.unsignalled) {
      all = false;
      continue;
    }
    if (subscription->options.run_on != RunOn::own_thread) continue;
    if (!place.flush_mark) place.flush_mark = subscription->mailbox->pushed();
    if (subscription->mailbox->done() >= *place.flush_mark) continue;
    subscription->wanted.store(true, std::memory_order_seq_cst);
    all &= subscription->mailbox->done() >= *place.flush_mark;
  }
  if (all) {
    for (const auto& subscription : subscriptions_) subscription->place.flush_mark.reset();
  }
  return all;
}

std::uint64_t Courier::slowest_cursor() const noexcept {
  std::uint64_t slowest = changes_->clock();
  for (const auto& subscription : subscriptions_) {
    if (!subscription->ended()) slowest = std::min(slowest, subscription->place.cursor);
  }
  return slowest;
}

void Courier::forget(const SessionState& session) noexcept {
  for (const auto& subscription : subscriptions_) {
    const Change*& hint = subscription->place.hint;
    if (hint != nullptr && &ChangeSet::of(*hint) == &session) hint = nullptr;
  }
}

std::size_t Courier::undelivered(const SubscriptionState& subscription) const {
  if (subscription.ended()) return 0;
  std::size_t count = subscription.place.recorded.size();
  if (subscription.mailbox) count += subscription.mailbox->left();
  for (const Change* change = changes_->after(subscription.place.cursor, subscription.place.hint);
       change != nullptr; change = change->next()) {
    count += change->kind() < keys_per_session && subscription.selects(*change) ? 1 : 0;
  }
  return count;
}

HEADWAY_TICK_CODE std::optional<std::chrono::nanoseconds> Courier::shortest_interval()
    const noexcept {
  std::optional<std::chrono::nanoseconds> shortest;
  for (const auto& subscription : subscriptions_) {
    if (subscription->ended()) continue;
    const auto interval = subscription->options.interval;
    if (!shortest || interval < *shortest) shortest = interval;
  }
  return shortest;
}

HEADWAY_TICK_CODE std::optional<Courier::time_point> Courier::next_due(
    time_point now, bool lanes_hot) const noexcept {
  std::optional<time_point> next;
  const auto consider = [&](time_point time) {
    if (!next || time < *next) next = time;
  };
  for (const auto& subscription : subscriptions_) {
    if (subscription->ended()) continue;
    const Place& place = subscription->place;
    const bool waits = pending(*subscription);
    // A mailbox that is not empty is waited for by other means.
    const bool busy =
        subscription->mailbox && subscription->mailbox->waiting() != 0 && !place.unsignalled;
    if (place.next_due > now ? (waits || lanes_hot) : (waits && !busy)) consider(place.next_due);
  }
  return next;
}

HEADWAY_TICK_CODE bool Courier::nobody_due_before(time_point time) const noexcept {
  return std::ranges::all_of(subscriptions_, [&](const auto& subscription) {
    return subscription->ended() || subscription->place.next_due >= time;
  });
}

void Courier::blame_for(SubscriptionState& victim, std::chrono::nanoseconds excess) {
  const std::lock_guard lock(slow_mutex_);
  const Slow& slow = slow_before_.took > slow_now_.took ? slow_before_ : slow_now_;
  if (slow.took >= excess / 2) {
    if (const auto culprit = slow.subscription.lock()) culprit->blame();
  } else if (victim.mailbox) {
    // Nobody held the dispatcher up: its own thread did not come for it.
    victim.blame();
  }
}

HEADWAY_RARE_CODE void Courier::note_callback(SubscriptionState& subscription,
                                              std::chrono::nanoseconds took) {
  if (took < shortest_to_blame) return;
  const std::lock_guard lock(slow_mutex_);
  any_slow_.store(true, std::memory_order_relaxed);
  if (took > slow_now_.took) slow_now_ = {subscription.weak_from_this(), took};
}

}  // namespace headway::detail
