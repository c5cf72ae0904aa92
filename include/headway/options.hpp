// SPDX-License-Identifier: MIT
//
// The option structs: plain aggregates whose defaults are right for most.
//
//   headway::Bus bus({.dispatch = headway::Dispatch::spin});
//   auto session = bus.open_session("photos", {.merge = headway::Merge::sum});
//
// A value outside its legal range makes the call that takes it throw std::invalid_argument, naming the
// option and the range.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <headway/session_id.hpp>
#include <headway/vocabulary.hpp>

namespace headway {

/// How the dispatcher waits for work.
enum class Dispatch : std::uint8_t {
  /// A thread that sleeps while nothing is due and is woken by the first report after silence.
  park,
  /// A thread that never sleeps: lowest latency, one core busy.
  spin,
  /// No thread: Bus::poll() runs what is due. For tests and single-threaded programs.
  manual
};

/// What a session's value is when several reporters work on one key.
enum class Merge : std::uint8_t {
  /// One reporter at a time. Opening a second one beside it throws. (A SharedReporter merges the
  /// absolute reports of its threads as `furthest`.)
  unset,
  /// The sum of each reporter's own share. A reporter that is gone keeps its share.
  sum,
  /// `completed` never steps back while `total` stays: for threads that race on a shared counter.
  furthest,
  /// The report made last. From the second reporter on each report draws a stamp from the session by
  /// an atomic fetch_add, since nothing else orders the reports of two threads.
  latest
};

/// Which thread calls the subscriber.
enum class RunOn : std::uint8_t {
  /// The dispatcher's. A slow callback delays other subscribers of this kind; it is measured.
  dispatcher,
  /// One of the subscription's own, fed through a bounded mailbox: it delays nobody.
  own_thread,
  /// Whichever calls Subscription::poll(), as wake_handle() asks for it: a UI or event loop.
  caller
};

/// What is handed over.
enum class Delivery : std::uint8_t {
  /// The newest value of each key that was reported on since the last delivery.
  latest,
  /// Each record that went through a ring, one by one and in order. A fold shows as a step in
  /// `sequence`; take larger rings where that matters. A subscriber that falls more than
  /// `queue_capacity` behind gets the newest values instead.
  recorded
};

/// What follows an exception from a callback. It is counted in any case.
enum class OnError : std::uint8_t { ignore, unsubscribe, cancel_session };

/// Selects keys; an empty member selects all.
struct Filter {
  std::optional<SessionId> session{};
  std::optional<Role> role{};
  std::optional<Stage> stage{};
};

/// Whether other processes of this user may watch a bus; see board.hpp.
enum class BoardUse : std::uint8_t {
  /// If the environment's HEADWAY_BOARD is "1", so that a service can be opened without a change of its code. Where the
  /// board then cannot be made the bus goes without it, and says so in a line on standard error.
  ask_environment,
  hidden,
  /// Where the board cannot be made, the bus's constructor throws std::system_error. (On Windows: always.)
  shown
};

struct BusOptions {
  Dispatch dispatch = Dispatch::park;
  /// How often lanes are read while reports come in and nobody subscribes. > 0.
  std::chrono::nanoseconds unwatched_interval = std::chrono::milliseconds(100);
  /// How many closed sessions `snapshot` still shows.
  std::size_t closed_sessions_kept = 64;
  BoardUse board = BoardUse::ask_environment;
  /// How the board calls the service; empty: the program's name. At most 127 bytes, no NUL.
  std::string board_name{};
  /// Sessions that the board has room for at a time, 1 to 2^20, a kibibyte each; made as they are needed. Others are
  /// counted there. Room for more than that is not the bus's concern: its sessions need none.
  std::size_t board_sessions = 16'384;
  /// The bus's clock; empty: std::chrono::steady_clock. May be called from any thread. For tests.
  std::function<std::chrono::steady_clock::time_point()> clock{};
};

struct SessionOptions {
  Merge merge = Merge::unset;
  /// What is counted, by stage. For displays.
  std::array<Unit, 3> units = {Unit::items, Unit::items, Unit::items};
};

struct ReporterOptions {
  /// Records that fit between two ticks, 0 to 2^20; 16 bytes each. 0: no ring, every report folds,
  /// which is the cheapest. Only Delivery::recorded sees a difference.
  std::size_t ring_capacity = 64;
};

struct SubscriptionOptions {
  /// At most one delivery per interval, and no report waits longer than one interval plus the
  /// callbacks ahead of it. > 0, at most one hour.
  std::chrono::nanoseconds interval = std::chrono::milliseconds(100);
  RunOn run_on = RunOn::dispatcher;
  Delivery delivery = Delivery::latest;
  Filter filter = {};
  /// A late subscriber first gets on_opened for each open session and the current value of each key.
  bool replay_current = true;
  OnError on_error = OnError::ignore;
  /// Updates that wait in a mailbox or behind Delivery::recorded, 1 to 2^20. When it is full, what
  /// follows folds to the newest value per key; nothing is lost.
  std::size_t queue_capacity = 1024;
  /// For statistics; empty: "subscription N".
  std::string name{};
};

}  // namespace headway
