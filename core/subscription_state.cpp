// SPDX-License-Identifier: MIT
#include "core/subscription_state.hpp"

#include <algorithm>
#include <utility>

#include "core/bus_state.hpp"
#include "core/call_scope.hpp"
#include "core/wait_until.hpp"
#include "core/working_set.hpp"

namespace headway::detail {

thread_local constinit CallScope* CallScope::innermost_ = nullptr;

HEADWAY_TICK_CODE bool CallScope::inside(const BusState& bus) noexcept {
  for (const CallScope* at = innermost_; at != nullptr; at = at->outer_) {
    if (at->subscription_.bus.get() == &bus) return true;
  }
  return false;
}

bool CallScope::inside(const SubscriptionState& subscription) noexcept {
  for (const CallScope* at = innermost_; at != nullptr; at = at->outer_) {
    if (&at->subscription_ == &subscription) return true;
  }
  return false;
}

namespace {

/// Messages that may come while those that wait are counted.
constexpr std::size_t room_for_more = 64;

/// A delivery is late when it comes this much after the report. The bound of the delay counts from the
/// lane's last reading, which may itself have been a little late.
std::chrono::nanoseconds late_after(std::chrono::nanoseconds interval) {
  return interval + interval / 4 + std::chrono::milliseconds(1);
}

void raise(std::atomic<std::int64_t>& longest, std::int64_t value) noexcept {
  // One writer at a time: the gate lets one thread in.
  if (value > longest.load(std::memory_order_relaxed)) {
    longest.store(value, std::memory_order_relaxed);
  }
}

}  // namespace

SubscriptionState::SubscriptionState(std::shared_ptr<BusState> owner, std::uint64_t number,
                                     std::shared_ptr<Subscriber> subscriber,
                                     SubscriptionOptions subscription_options)
    : bus(std::move(owner)),
      id(number),
      options(std::move(subscription_options)),
      subscriber_(std::move(subscriber)) {
  if (options.run_on != RunOn::dispatcher) mailbox.emplace(options.queue_capacity);
  if (options.run_on == RunOn::caller) wake_.emplace();
}

SubscriptionState::~SubscriptionState() {
  if (thread_.joinable()) thread_.detach();
}

void SubscriptionState::start() {
  if (options.run_on != RunOn::own_thread) return;
  thread_ = std::thread([self = shared_from_this()] { self->run_own_thread(); });
}

template <class Call>
SubscriptionState::time_point SubscriptionState::guarded(SessionId session, time_point started,
                                                         Call&& callback) {
  try {
    callback();
  } catch (...) {
    failed(session);
  }
  const time_point ended = bus->now();
  const std::chrono::nanoseconds took = ended - started;
  raise(longest_callback_, took.count());
  callback_times_.add(took);
  bus->note_callback(*this, took);
  return ended;
}

HEADWAY_TICK_CODE std::size_t SubscriptionState::call(const Batch& batch, time_point since) {
  if (batch.empty() || !gate.enter()) return 0;
  std::size_t handed_over = 0;
  {
    const CallScope scope(*this);
    time_point now = bus->now();
    const time_point called = now;
    if (!batch.updates().empty()) note_delay(since, called);
    for (const auto& session : batch.opened()) {
      if (ended()) break;
      now = guarded(session->id, now, [&] { subscriber_->on_opened(session->info()); });
    }
    if (!batch.updates().empty() && !ended()) {
      const std::span<const Update> updates = batch.updates();
      handed_over = updates.size();
      updates_.fetch_add(handed_over, std::memory_order_relaxed);
      now = guarded(updates.front().session, now, [&] {
        try {
          subscriber_->on_batch(updates);
        } catch (...) {
          punish_all(updates);
          throw;
        }
      });
    }
    for (const auto& session : batch.closed()) {
      if (ended()) break;
      now = guarded(session->id, now,
                    [&] { subscriber_->on_closed(session->id, session->final_outcome); });
    }
    // Not before the callback, which it would hold up.
    if (handed_over != 0 && since != time_point{}) delivery_delays_.add(called - since);
  }
  leave();
  return handed_over;
}

HEADWAY_TICK_CODE void SubscriptionState::leave() {
  if (gate.try_leave()) return;
  // It was closed meanwhile: whoever waits is to find the subscriber released.
  release_subscriber();
  gate.leave();
}

void SubscriptionState::release_subscriber() {
  std::shared_ptr<Subscriber> last;
  const std::lock_guard lock(thread_mutex_);
  last.swap(subscriber_);
}

HEADWAY_TICK_CODE void SubscriptionState::note_delay(time_point since, time_point now) {
  if (since == time_point{}) return;
  const std::chrono::nanoseconds delay = now - since;
  raise(longest_delay_, delay.count());
  if (delay > late_after(options.interval)) {
    late_.fetch_add(1, std::memory_order_relaxed);
    bus->note_late(*this, delay - options.interval);
  }
}

void SubscriptionState::failed(SessionId session) noexcept {
  exceptions_.fetch_add(1, std::memory_order_relaxed);
  punish(session);
}

void SubscriptionState::punish(SessionId session) noexcept {
  switch (options.on_error) {
    case OnError::ignore: break;
    case OnError::unsubscribe:
      gate.close();
      bus->forget(*this);
      break;
    case OnError::cancel_session: bus->cancel(session); break;
  }
}

void SubscriptionState::punish_all(std::span<const Update> batch) noexcept {
  if (options.on_error != OnError::cancel_session) return;
  for (const Update& update : batch) bus->cancel(update.session);
}

std::size_t SubscriptionState::drain_mailbox() {
  // Room for what waits, before anything is taken: where there is no memory for it, it goes on waiting.
  std::vector<Message> messages;
  Batch batch;
  if (const std::size_t waiting = mailbox->waiting(); waiting != 0) {
    messages.reserve(waiting + room_for_more);
    batch.reserve(waiting + room_for_more);
  }
  const std::int64_t since = mailbox_since_.exchange(0, std::memory_order_relaxed);
  const Mailbox::Taken taken = mailbox->take_all(messages);
  if (options.delivery == headway::Delivery::latest && messages.size() > 1) keep_latest(messages);
  for (const Message& message : messages) batch.add(message);
  const std::size_t updates = call(batch, time_point(std::chrono::nanoseconds(since)));
  mailbox->done(taken);
  // Sequentially consistent, as the dispatcher's side: one of the two sees the other's word.
  if (wanted.exchange(false, std::memory_order_seq_cst)) bus->intake().interrupt_control();
  return updates;
}

std::size_t SubscriptionState::poll() {
  if (options.run_on != RunOn::caller || bus->inert() || CallScope::inside(*this)) return 0;
  // Relaxed: what one poll leaves to the next is under the mailbox's lock.
  if (polling_.exchange(true, std::memory_order_relaxed)) return 0;
  wake_->clear();
  try {
    const std::size_t updates = drain_mailbox();
    polling_.store(false, std::memory_order_relaxed);
    return updates;
  } catch (...) {
    // Without memory: whoever pumps it is to come again.
    polling_.store(false, std::memory_order_relaxed);
    wake_->signal();
    throw;
  }
}

NativeHandle SubscriptionState::wake_handle() const noexcept {
  return wake_ ? wake_->native() : no_handle;
}

void SubscriptionState::signal(std::optional<time_point> since) noexcept {
  if (since) {
    std::int64_t none = 0;
    mailbox_since_.compare_exchange_strong(none, since->time_since_epoch().count(),
                                           std::memory_order_relaxed);
  }
  if (wake_) {
    wake_->signal();
  } else {
    signals_.fetch_add(1, std::memory_order_release);
    wake_sleeper(signals_);
  }
}

void SubscriptionState::run_own_thread() {
  ask_for_quick_wakes();
  for (;;) {
    const std::uint32_t seen = signals_.load(std::memory_order_acquire);
    drain_mailbox();
    if (ended()) break;
    if (finishing_.load(std::memory_order_acquire) && mailbox->waiting() == 0) break;
    sleep_on(signals_, seen, std::nullopt);
  }
  const std::lock_guard lock(thread_mutex_);
  thread_done_ = true;
  thread_ended_.notify_all();
}

bool SubscriptionState::unsubscribe() {
  if (bus->inert()) return true;
  gate.close();
  bus->forget(*this);
  if (options.run_on == RunOn::own_thread) signal(std::nullopt);
  switch (gate.wait(time_point::max())) {
    case CallbackGate::Wait::idle: break;
    case CallbackGate::Wait::own: return true;
    case CallbackGate::Wait::cycle:
    case CallbackGate::Wait::timed_out: return false;
  }
  release_subscriber();
  join(time_point::max());
  return true;
}

void SubscriptionState::finish() noexcept {
  finishing_.store(true, std::memory_order_release);
  if (options.run_on == RunOn::own_thread) signal(std::nullopt);
}

void SubscriptionState::join(time_point deadline) {
  std::thread thread;
  bool done = false;
  {
    std::unique_lock lock(thread_mutex_);
    if (!thread_.joinable() || thread_.get_id() == std::this_thread::get_id()) return;
    done = wait_until(thread_ended_, lock, deadline, [&] { return thread_done_; });
    if (!thread_.joinable()) return;
    thread.swap(thread_);
  }
  if (done) {
    thread.join();
  } else {
    thread.detach();
  }
}

HEADWAY_TICK_CODE bool SubscriptionState::selects(const Change& change) const noexcept {
  const Filter& filter = options.filter;
  if (filter.session && *filter.session != change.session().id) return false;
  const std::uint8_t kind = change.kind();
  if (kind >= keys_per_session) return true;
  return (!filter.role || *filter.role == role_of(kind)) &&
         (!filter.stage || *filter.stage == stage_of(kind));
}

SubscriptionStatistics SubscriptionState::numbers() const noexcept {
  SubscriptionStatistics numbers;
  numbers.id = id;
  numbers.updates = updates_.load(std::memory_order_relaxed);
  numbers.exceptions = exceptions_.load(std::memory_order_relaxed);
  numbers.callback_times = callback_times_.read();
  numbers.callbacks = numbers.callback_times.count();
  numbers.delivery_delays = delivery_delays_.read();
  numbers.late_deliveries = late_.load(std::memory_order_relaxed);
  numbers.longest_delay = std::chrono::nanoseconds(longest_delay_.load(std::memory_order_relaxed));
  numbers.longest_callback =
      std::chrono::nanoseconds(longest_callback_.load(std::memory_order_relaxed));
  numbers.late_deliveries_caused = caused_.load(std::memory_order_relaxed);
  return numbers;
}

SubscriptionStatistics SubscriptionState::statistics() const {
  SubscriptionStatistics named = numbers();
  named.name = options.name;
  return named;
}

void add(SubscriptionStatistics& sum, const SubscriptionStatistics& more) noexcept {
  sum.callbacks += more.callbacks;
  sum.updates += more.updates;
  sum.exceptions += more.exceptions;
  sum.callback_times += more.callback_times;
  sum.delivery_delays += more.delivery_delays;
  sum.late_deliveries += more.late_deliveries;
  sum.longest_delay = std::max(sum.longest_delay, more.longest_delay);
}

}  // namespace headway::detail
