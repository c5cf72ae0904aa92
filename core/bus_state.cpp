// SPDX-License-Identifier: MIT
//
// The bus as a whole: its options, subscriptions, snapshot, flush and stop. Sessions and reporters are in
// bus_sessions.cpp, the statistics in bus_statistics.cpp, the board in bus_board.cpp.
#include "core/bus_state.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/call_scope.hpp"
#include "core/platform.hpp"
#include "core/wait_until.hpp"

namespace headway::detail {

namespace {

/// An enumerator is one of the `count` first values of its type.
template <class Enum>
void check_enum(const char* option, Enum value, unsigned count, const char* legal) {
  if (static_cast<unsigned>(value) < count) return;
  throw std::invalid_argument(std::string("headway: ") + option + " is " +
                              std::to_string(static_cast<unsigned>(value)) + "; it must be " +
                              legal);
}

BusOptions checked(BusOptions options) {
  check_enum("BusOptions::dispatch", options.dispatch, 3, "park, spin or manual");
  check_enum("BusOptions::board", options.board, 4,
             "ask_environment, hidden, shown or if_possible");
  if (options.unwatched_interval <= std::chrono::nanoseconds::zero()) {
    throw std::invalid_argument("headway: BusOptions::unwatched_interval is " +
                                std::to_string(options.unwatched_interval.count()) +
                                " ns; it must be greater than 0");
  }
  constexpr std::size_t longest_name = 127;
  if (options.board_name.size() > longest_name ||
      options.board_name.find('\0') != std::string::npos) {
    throw std::invalid_argument("headway: BusOptions::board_name has " +
                                std::to_string(options.board_name.size()) +
                                " bytes; it must have at most 127, none of them NUL");
  }
  constexpr std::size_t most_sessions = std::size_t{1} << 20;
  if (options.board_sessions == 0 || options.board_sessions > most_sessions) {
    throw std::invalid_argument("headway: BusOptions::board_sessions is " +
                                std::to_string(options.board_sessions) +
                                "; it must be from 1 to 1048576");
  }
  return options;
}

void check(const SubscriptionOptions& options) {
  check_enum("SubscriptionOptions::run_on", options.run_on, 3, "dispatcher, own_thread or caller");
  check_enum("SubscriptionOptions::delivery", options.delivery, 2, "latest or recorded");
  check_enum("SubscriptionOptions::on_error", options.on_error, 3,
             "ignore, unsubscribe or cancel_session");
  constexpr std::chrono::nanoseconds longest = std::chrono::hours(1);
  if (options.interval <= std::chrono::nanoseconds::zero() || options.interval > longest) {
    throw std::invalid_argument("headway: SubscriptionOptions::interval is " +
                                std::to_string(options.interval.count()) +
                                " ns; it must be greater than 0 and at most one hour");
  }
  constexpr std::size_t largest = std::size_t{1} << 20;
  if (options.queue_capacity == 0 || options.queue_capacity > largest) {
    throw std::invalid_argument("headway: SubscriptionOptions::queue_capacity is " +
                                std::to_string(options.queue_capacity) +
                                "; it must be from 1 to 1048576");
  }
}

/// After a stop's deadline callbacks that end within this are not called stuck.
constexpr std::chrono::milliseconds just_now{5};

/// Now and so long, without overflow.
std::chrono::steady_clock::time_point deadline_after(std::chrono::nanoseconds time) {
  using Clock = std::chrono::steady_clock;
  const auto now = Clock::now();
  return time > Clock::time_point::max() - now ? Clock::time_point::max() : now + time;
}

}  // namespace

BusState::BusState(BusOptions bus_options)
    : options(checked(std::move(bus_options))),
      generation_(process_generation()),
      intake_(StdAtomics::Clock(options.clock)),
      dispatcher_(*this) {}

BusState::~BusState() {
  if (thread_.joinable()) thread_.detach();
}

void BusState::start() {
  watch_forks();
  open_board();
  if (options.dispatch == Dispatch::manual) return;
  // The thread keeps the state: it may outlive the bus, in a callback that never returns.
  thread_ = std::thread([self = shared_from_this()] { self->dispatcher_.run(); });
}

std::shared_ptr<SubscriptionState> BusState::subscribe(std::shared_ptr<Subscriber> subscriber,
                                                       SubscriptionOptions subscription) {
  check(subscription);
  std::unique_lock lock(mutex_);
  const std::uint64_t id = ++last_subscription_;
  lock.unlock();
  if (subscription.name.empty()) subscription.name = "subscription " + std::to_string(id);
  auto state = std::make_shared<SubscriptionState>(shared_from_this(), id, std::move(subscriber),
                                                   std::move(subscription));
  if (!state->options.replay_current) state->place.cursor = dispatcher_.newest_change();
  state->start();
  const auto dismiss = [&] {
    lock.unlock();
    state->gate.close();
    state->finish();
    state->join(time_point::max());
  };
  lock.lock();
  if (stopping()) {
    dismiss();
    return state;
  }
  try {
    make_room(subscriptions_);
    make_room(commands_.arrived);
  } catch (...) {
    dismiss();
    throw;
  }
  subscriptions_.push_back(state);
  commands_.arrived.emplace_back(state);
  has_commands_.store(true, std::memory_order_release);
  lock.unlock();
  intake_.interrupt_control();
  return state;
}

void BusState::forget(SubscriptionState& subscription) noexcept {
  std::shared_ptr<SubscriptionState> state;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(
        subscriptions_, [&](const auto& entry) { return entry.get() == &subscription; });
    if (found == subscriptions_.end()) return;
    state = std::move(*found);
    subscriptions_.erase(found);
    leaving_.push_back(state);
    // What it counts is added up when its last callback has ended.
    std::erase_if(leaving_, [this](const auto& left) {
      if (left->gate.running()) return false;
      add(gone_, left->numbers());
      return true;
    });
    commands_.unsubscribed.push_back(state);
    has_commands_.store(true, std::memory_order_release);
  }
  intake_.interrupt_control();
}

void BusState::take_commands(Commands& commands) {
  const std::lock_guard lock(mutex_);
  has_commands_.store(false, std::memory_order_relaxed);
  commands = std::exchange(commands_, {});
}

std::vector<SessionInfo> BusState::snapshot(const Filter& filter) const {
  std::vector<std::shared_ptr<SessionState>> chosen;
  {
    const std::lock_guard lock(mutex_);
    if (filter.session) {
      if (auto found = sessions_.find(*filter.session)) chosen.push_back(std::move(found));
    } else {
      chosen.reserve(sessions_.size());
      sessions_.for_each([&](const auto& session) { chosen.push_back(session); });
    }
  }
  std::vector<SessionInfo> infos;
  infos.reserve(chosen.size());
  for (const auto& session : chosen) {
    SessionInfo& info = infos.emplace_back(session->info());
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      const bool selected = (!filter.role || *filter.role == role_of(key)) &&
                            (!filter.stage || *filter.stage == stage_of(key));
      if (!selected) info.values[key] = {};
    }
  }
  return infos;
}

void BusState::answer_flush(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  flush_answered_ = ticket;
  progress_.notify_all();
}

void BusState::announce_finished() {
  if (board_) {
    publish_statistics();
    board_->set_stopped();
  }
  const std::lock_guard lock(mutex_);
  progress_.notify_all();
}

FlushResult BusState::flush(std::chrono::nanoseconds time) {
  if (CallScope::inside(*this)) return FlushResult::called_from_callback;
  const time_point deadline = deadline_after(time);
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = flush_requested_.load(std::memory_order_relaxed) + 1;
  flush_requested_.store(ticket, std::memory_order_release);
  const auto answered = [&] { return flush_answered_ >= ticket || dispatcher_.settled(); };
  for (;;) {
    lock.unlock();
    intake_.interrupt_control();
    if (options.dispatch == Dispatch::manual) dispatcher_.tick_once();
    lock.lock();
    // A manual bus may be waiting for threads of its own: look again in a while.
    const bool manual = options.dispatch == Dispatch::manual;
    const time_point until =
        manual ? std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(1))
               : deadline;
    if (wait_until(progress_, lock, until, answered)) {
      const bool all = flush_answered_ >= ticket || dispatcher_.finished();
      return all ? FlushResult::ok : FlushResult::timed_out;
    }
    if (std::chrono::steady_clock::now() >= deadline) return FlushResult::timed_out;
  }
}

void BusState::begin_stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping()) return;
    sessions_.for_each([&](const auto& session) {
      if (session->control.outcome) return;
      session->control.outcome =
          session->gate.is_canceled() ? Outcome::canceled : Outcome::abandoned;
      if (board::Slot* const slot = session->slot()) {
        Board::set_closing(*slot, *session->control.outcome, {});
      }
      shut_gate(*session);
      commands_.closed.push_back(session);
    });
    open_sessions_ = 0;
    has_commands_.store(true, std::memory_order_release);
    stopping_.store(true, std::memory_order_release);
  }
  intake_.interrupt_control();
}

bool BusState::wait_finished(time_point deadline) {
  if (options.dispatch == Dispatch::manual) {
    while (!dispatcher_.settled() && std::chrono::steady_clock::now() < deadline) {
      // Another thread may be in a callback of this bus, and finishes when it returns.
      dispatcher_.tick_once();
      if (!dispatcher_.settled()) std::this_thread::sleep_for(std::chrono::microseconds(50));
      if (callbacks_close_cycle()) break;
    }
    return dispatcher_.finished();
  }
  // In slices, to see whether the callbacks that are waited for wait for this thread.
  while (!dispatcher_.settled() && std::chrono::steady_clock::now() < deadline) {
    {
      std::unique_lock lock(mutex_);
      const time_point slice =
          std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(10));
      if (progress_.wait_until(lock, slice, [&] { return dispatcher_.settled(); })) break;
    }
    if (callbacks_close_cycle()) break;
  }
  return dispatcher_.finished();
}

bool BusState::callbacks_close_cycle() {
  // Not those of the bus: a callback may have unsubscribed itself and still run.
  const auto all = dispatcher_.subscriptions();
  // Waits a moment for each callback that runs, which also shows this thread's wait to others.
  return std::ranges::any_of(all, [](const auto& subscription) {
    if (subscription->options.run_on != RunOn::dispatcher) return false;
    const auto moment = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
    const CallbackGate::Wait wait = subscription->gate.wait(moment);
    return wait == CallbackGate::Wait::cycle || wait == CallbackGate::Wait::own;
  });
}

StopReport BusState::stop(std::chrono::nanoseconds time) {
  const time_point deadline = deadline_after(time);
  begin_stop();
  // A callback on the dispatcher's thread cannot wait for itself: the dispatcher goes on when it returns.
  const bool inside = CallScope::inside(*this);
  const bool own_dispatch =
      inside && CallScope::current()->subscription().options.run_on == RunOn::dispatcher;
  if (!own_dispatch && !wait_finished(deadline)) {
    dispatcher_.take_over();
    intake_.interrupt_control();
  }
  return end_threads(deadline);
}

StopReport BusState::end_threads(time_point deadline) {
  std::vector<std::shared_ptr<SubscriptionState>> all;
  {
    const std::lock_guard lock(mutex_);
    all = subscriptions_;
    all.insert(all.end(), leaving_.begin(), leaving_.end());
  }
  StopReport report;
  const time_point now = std::chrono::steady_clock::now();
  const time_point until = deadline > now ? deadline : now + just_now;
  for (const auto& subscription : all) {
    if (dispatcher_.settled()) {
      subscription->finish();
      if (subscription->options.run_on == RunOn::own_thread) {
        bool done = subscription->mailbox->waiting() == 0;
        while (!done && std::chrono::steady_clock::now() < deadline) {
          const auto slice =
              std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(1));
          // The gate first: it knows whether waiting would close a cycle.
          const CallbackGate::Wait wait = subscription->gate.wait(slice);
          if (wait == CallbackGate::Wait::cycle || wait == CallbackGate::Wait::own) break;
          // The thread of one that has unsubscribed ends, whatever its mailbox holds.
          done = subscription->mailbox->waiting() == 0 ||
                 (wait == CallbackGate::Wait::idle && subscription->ended());
          if (wait == CallbackGate::Wait::idle) std::this_thread::yield();
        }
        subscription->join(done ? time_point::max() : time_point::min());
      } else {
        static_cast<void>(subscription->gate.wait(deadline));
      }
    }
    // A callback that runs now may have begun just now, with what the last pass left in its mailbox.
    const bool stuck =
        subscription->gate.running() && subscription->gate.wait(until) != CallbackGate::Wait::idle;
    const std::size_t undelivered = dispatcher_.undelivered(*subscription);
    const bool polled = subscription->options.run_on == RunOn::caller;
    if (undelivered != 0 && !polled) report.undelivered += undelivered;
    if (stuck && !polled) {
      report.stuck.push_back({subscription->id, subscription->options.name, undelivered});
    }
  }
  report.complete = report.undelivered == 0 && report.stuck.empty() && dispatcher_.finished();
  join_dispatcher();
  return report;
}

void BusState::join_dispatcher() {
  std::thread thread;
  {
    const std::lock_guard lock(mutex_);
    if (!dispatcher_.settled() || !thread_.joinable()) return;
    thread.swap(thread_);
  }
  // A thread that was let go is in a callback, or is this one.
  if (dispatcher_.finished() && thread.get_id() != std::this_thread::get_id()) {
    thread.join();
  } else {
    thread.detach();
  }
}

void BusState::abandon() {
  if (board_) board_->unpublish();
  // Sequentially consistent, as the dispatcher's side: one of the two sees the other's word.
  abandoned_.store(true, std::memory_order_seq_cst);
  clear_if_over();
}

void BusState::clear_if_over() {
  if (!abandoned_.load(std::memory_order_seq_cst) || !dispatcher_.settled()) return;
  dispatcher_.clear();
  SessionRegistry<SessionState> sessions;
  std::vector<std::shared_ptr<SubscriptionState>> subscriptions;
  std::vector<std::shared_ptr<SubscriptionState>> leaving;
  Commands commands;
  const std::lock_guard lock(mutex_);
  std::swap(sessions, sessions_);
  subscriptions.swap(subscriptions_);
  leaving.swap(leaving_);
  std::swap(commands, commands_);
  // Reporters that ended after the last tick: their lanes hold on to their sessions.
  for (LaneRecord* const lane : commands.ended) {
    LaneTable::clear(*lane);
    lanes_.release(*lane);
  }
}

std::size_t BusState::poll() {
  if (options.dispatch != Dispatch::manual || CallScope::inside(*this)) return 0;
  return dispatcher_.tick_once();
}

}  // namespace headway::detail
