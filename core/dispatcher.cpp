// SPDX-License-Identifier: MIT
#include "core/dispatcher.hpp"

#include <algorithm>
#include <thread>

#include "core/bus_state.hpp"
#include "core/platform.hpp"
#include "core/working_set.hpp"

namespace headway::detail {

namespace {

/// A lane cools after the longer of this and one tick of quiet.
constexpr std::chrono::milliseconds quiet_before_cooling{20};
/// Until something that could not be read is tried again.
constexpr std::chrono::microseconds retry_after{50};
/// The part of an interval by which a tick may come late, so that the system can take time-outs together; not
/// more than what the system grants itself.
constexpr int slack_part = 100;
constexpr std::chrono::microseconds most_slack{50};
/// How often the board is given statistics while ticks go on. Nobody reads faster than that.
constexpr std::chrono::milliseconds shown_every{100};

}  // namespace

Dispatcher::Dispatcher(BusState& bus)
    : bus_(bus), board_(courier_), reader_(bus.intake(), bus.lanes(), board_) {
  courier_.set_board(board_.changes());
}

HEADWAY_TICK_CODE void Dispatcher::run() {
  ask_for_quick_wakes();
  Lock lock(mutex_);
  while (!released_ && !finished()) {
    busy_ = true;
    tick(lock);
    if (released_) break;
    busy_ = false;
    if (!finished()) sleep(lock);
  }
  lock.unlock();
  bus_.clear_if_over();
}

std::size_t Dispatcher::tick_once() {
  Lock lock(mutex_);
  if (busy_ || released_ || finished()) return 0;
  busy_ = true;
  const std::size_t updates = tick(lock);
  busy_ = false;
  lock.unlock();
  if (settled()) bus_.clear_if_over();
  return updates;
}

void Dispatcher::clear() {
  const Lock lock(mutex_);
  courier_.clear();
  closing_.clear();
  handed_out_.clear();
}

HEADWAY_TICK_CODE std::size_t Dispatcher::tick(Lock& lock) {
  const time_point now = bus_.now();
  counters.ticks.fetch_add(1, std::memory_order_relaxed);
  // Read before the commands: what was asked for by now is in them.
  const std::uint64_t flush_wanted = bus_.flush_requested();
  const bool stop_wanted = bus_.stopping();
  // Marks before commands: a lane that is marked belongs to a session whose opening was posted before.
  reader_.take_marks(now);
  Commands commands;
  const bool any_commands = bus_.has_commands();
  if (any_commands) [[unlikely]] {
    bus_.take_commands(commands);
    admit(commands, now);
  }
  period_ = courier_.shortest_interval().value_or(bus_.options.unwatched_interval);
  if (!closing_.empty()) try_closing(now);
  // Before the others: who took over from a reporter that has ended may have reported already.
  if (any_commands) retire(commands.ended, now);
  unread_ = !reader_.read_hot(now);
  if (any_commands) {
    begin_closing(commands.closed);
    try_closing(now);
  }
  if (const auto oldest = reader_.take_oldest()) courier_.note_pending(*oldest);
  reader_.cool(now, std::max<std::chrono::nanoseconds>(period_, quiet_before_cooling));
  last_tick_ = now;
  counters.reports.store(reader_.reports(), std::memory_order_relaxed);
  counters.folds.store(reader_.folds(), std::memory_order_relaxed);
  counters.hot_lanes.store(reader_.hot(), std::memory_order_relaxed);

  stopping_ = stop_wanted;
  if (flush_ == 0 && flush_wanted > flush_answered_ && !unread_ && closing_.empty()) {
    flush_ = flush_wanted;
    flush_answer_ = board_.changes().clock();
  }
  flush_wanted_ = flush_wanted;
  const Courier::Urgency how = urgency();
  const std::size_t updates = courier_.deliver(lock, now, how);
  if (released_) return updates;
  if (!handed_out_.empty()) reclaim();
  answer_flush();
  note_finished();
  if (bus_.board() != nullptr) [[unlikely]]
    show_statistics(now, how);
  return updates;
}

HEADWAY_RARE_CODE void Dispatcher::show_statistics(time_point now, Courier::Urgency how) {
  const bool fresh = now >= shown_ && now - shown_ < shown_every;
  // If no tick is to follow, it will be a while until the next.
  if (how == Courier::Urgency::due && fresh && next_tick(now)) return;
  shown_ = now;
  bus_.publish_statistics();
}

HEADWAY_RARE_CODE void Dispatcher::admit(Commands& commands, time_point now) {
  for (Commands::Arrival& arrival : commands.arrived) {
    if (auto* const session = std::get_if<std::shared_ptr<SessionState>>(&arrival)) {
      board_.opened(**session);
      courier_.note_pending(now);
    } else {
      courier_.add(std::get<std::shared_ptr<SubscriptionState>>(std::move(arrival)));
    }
  }
  for (const auto& subscription : commands.unsubscribed) courier_.remove(*subscription);
}

HEADWAY_TICK_CODE Courier::Urgency Dispatcher::urgency() const noexcept {
  if (stopping_ && closing_.empty()) return Courier::Urgency::last;
  if (stopping_ || flush_wanted_ > flush_answered_) return Courier::Urgency::all;
  return Courier::Urgency::due;
}

HEADWAY_RARE_CODE void Dispatcher::begin_closing(
    std::vector<std::shared_ptr<SessionState>>& sessions) {
  if (sessions.empty()) return;
  std::vector<LaneRecord*> all;
  for (auto& session : sessions) {
    closing_.push_back({session, bus_.lanes_of(*session)});
    const auto& lanes = closing_.back().lanes;
    all.insert(all.end(), lanes.begin(), lanes.end());
  }
  reader_.begin_closing(all);
}

HEADWAY_RARE_CODE void Dispatcher::try_closing(time_point now) {
  std::erase_if(closing_, [&](Closing& closing) {
    if (!reader_.try_close(closing.lanes, now)) return false;
    board_.closed(*closing.session, bus_.outcome_of(*closing.session));
    bus_.note_closed(*closing.session);
    courier_.note_pending(now);
    handed_out_.push_back(std::move(closing.session));
    return true;
  });
}

HEADWAY_RARE_CODE void Dispatcher::retire(const std::vector<LaneRecord*>& lanes, time_point now) {
  if (lanes.empty()) return;
  std::vector<std::shared_ptr<SessionState>> sessions;
  sessions.reserve(lanes.size());
  for (LaneRecord* const lane : lanes) {
    sessions.push_back(lane->session);
    for (Closing& closing : closing_) std::erase(closing.lanes, lane);
    reader_.retire(*lane, now);
  }
  bus_.release_lanes(lanes, sessions);
}

HEADWAY_RARE_CODE void Dispatcher::reclaim() {
  const std::uint64_t passed = courier_.slowest_cursor();
  std::erase_if(handed_out_, [&](const std::shared_ptr<SessionState>& session) {
    if (session->changes[Change::closed].number() > passed) return false;
    courier_.forget(*session);
    board_.forget(*session);
    bus_.retire_session(session);
    return true;
  });
}

HEADWAY_TICK_CODE void Dispatcher::answer_flush() {
  if (flush_ == 0 || !courier_.reached(flush_answer_)) return;
  flush_answered_ = flush_;
  bus_.answer_flush(flush_);
  flush_ = 0;
}

HEADWAY_TICK_CODE void Dispatcher::note_finished() {
  if (!stopping_ || unread_ || !closing_.empty()) return;
  if (courier_.slowest_cursor() < board_.changes().clock()) return;
  finished_.store(true, std::memory_order_release);
  settled_.store(true, std::memory_order_seq_cst);
  bus_.announce_finished();
}

HEADWAY_TICK_CODE std::chrono::nanoseconds Dispatcher::timer_slack() const noexcept {
  return std::clamp<std::chrono::nanoseconds>(period_ / slack_part, std::chrono::nanoseconds(1),
                                              most_slack);
}

HEADWAY_TICK_CODE Dispatcher::time_point Dispatcher::on_steady_clock(time_point time) const {
  if (!bus_.options.clock) return time;
  return std::chrono::steady_clock::now() + (time - bus_.now());
}

HEADWAY_TICK_CODE std::optional<Dispatcher::time_point> Dispatcher::next_tick(
    time_point now) const noexcept {
  if (bus_.options.dispatch == Dispatch::spin) return now;
  if (unread_ || !closing_.empty()) return now + retry_after;
  // A flush that was asked for while another was being answered; a flush or a stop that came after this
  // tick had looked for one, but whose mark it has taken.
  if (flush_ == 0 && flush_wanted_ > flush_answered_) return now;
  if (bus_.flush_requested() != flush_wanted_ || bus_.stopping() != stopping_) return now;
  const bool hot = reader_.hot() != 0;
  std::optional<time_point> next = courier_.next_due(now, hot);
  if (hot && (!next || now + period_ < *next)) next = now + period_;
  return next;
}

void Dispatcher::fetch_working_set() const noexcept {
  prefetch_object(bus_);
  prefetch_stack();
  prefetch_tick_code();
  // What pointers lead to, now that they are near themselves.
  reader_.prefetch();
  courier_.prefetch();
}

HEADWAY_TICK_CODE void Dispatcher::sleep(Lock& lock) {
  const std::optional<time_point> next = next_tick(last_tick_);
  const bool doze = next && courier_.nobody_due_before(*next);
  const std::chrono::nanoseconds slack = timer_slack();
  lock.unlock();
  if (bus_.options.dispatch == Dispatch::spin && next) {
    std::this_thread::yield();
    lock.lock();
    return;
  }
  if (slack != slack_) set_timer_slack(slack_ = slack);
  auto& parking = bus_.intake().parking;
  const Sleep how = doze ? Sleep::dozing : Sleep::parked;
  parking.announce(how);
  const bool sleeps = !bus_.intake().inbox.last_look();
  if (sleeps) {
    sleep_on(parking.word(), static_cast<std::uint32_t>(how), next ? on_steady_clock(*next) : next);
    counters.wakeups.fetch_add(1, std::memory_order_relaxed);
  }
  parking.resume();
  lock.lock();
  if (sleeps) fetch_working_set();
}

void Dispatcher::take_over() {
  const Lock lock(mutex_);
  if (finished() || released_) return;
  released_ = true;
  courier_.release();
  const time_point now = bus_.now();
  Commands commands;
  bus_.take_commands(commands);
  admit(commands, now);
  try_closing(now);
  retire(commands.ended, now);
  static_cast<void>(reader_.read_hot(now));
  begin_closing(commands.closed);
  try_closing(now);
  courier_.fill_mailboxes();
  counters.reports.store(reader_.reports(), std::memory_order_relaxed);
  counters.folds.store(reader_.folds(), std::memory_order_relaxed);
  // Now that the mailboxes have got what there is; a flush that waits can no longer be answered.
  settled_.store(true, std::memory_order_seq_cst);
  bus_.announce_finished();
}

std::vector<std::shared_ptr<SubscriptionState>> Dispatcher::subscriptions() {
  const Lock lock(mutex_);
  return courier_.subscriptions();
}

std::size_t Dispatcher::undelivered(const SubscriptionState& subscription) {
  const Lock lock(mutex_);
  return courier_.undelivered(subscription);
}

}  // namespace headway::detail
