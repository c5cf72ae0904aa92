// SPDX-License-Identifier: MIT
//
// The types of headway/headway.h: statuses, enumerations, handles and structs. Include that one; it says what
// holds for all of them.
#ifndef HEADWAY_HEADWAY_TYPES_H
#define HEADWAY_HEADWAY_TYPES_H

#include <stddef.h>
#include <stdint.h>

// NOLINTBEGIN(modernize-use-using): this is C
typedef int32_t headway_status;
enum {
  HEADWAY_OK = 0,
  // S_FALSE: done, but not all of it; or there was nothing to do. See the function.
  HEADWAY_S_FALSE = 1,
  // 0x80004003
  HEADWAY_E_POINTER = -2147467261,
  // 0x80004004: the session was canceled; the work should stop.
  HEADWAY_E_ABORT = -2147467260,
  // 0x80004005: none of the others.
  HEADWAY_E_FAIL = -2147467259,
  // 0x80070057
  HEADWAY_E_INVALIDARG = -2147024809,
  // 0x80041001, SYNC_E_INVALID_OPERATION: the session is closed, the bus has stopped, or this is the child of a fork.
  HEADWAY_E_CLOSED = -2147217407,
  // 0x8007000E
  HEADWAY_E_OUTOFMEMORY = -2147024882,
  // 0x800705AA: the system has no thread or descriptor left, or the bus no lane.
  HEADWAY_E_NO_RESOURCES = -2147023446,
  // 0x800705B4
  HEADWAY_E_TIMEOUT = -2147023436,
  // 0x8000000E: a callback of a bus cannot wait for callbacks of that bus.
  HEADWAY_E_IN_CALLBACK = -2147483634
};

// Which side of a synchronization reports, and what it is doing. A value belongs to a key: session, role, stage.
typedef uint32_t headway_role;
enum { HEADWAY_ROLE_SOURCE = 0, HEADWAY_ROLE_DESTINATION = 1 };
typedef uint32_t headway_stage;
enum {
  HEADWAY_STAGE_CHANGE_DETECTION = 0,
  HEADWAY_STAGE_CHANGE_ENUMERATION = 1,
  HEADWAY_STAGE_CHANGE_APPLICATION = 2
};
// The place of a key among the six of a session.
#define HEADWAY_KEYS 6
#define HEADWAY_KEY(role, stage) ((role)*3 + (stage))

// What is counted. For displays.
typedef uint32_t headway_unit;
enum { HEADWAY_UNIT_ITEMS = 0, HEADWAY_UNIT_BYTES = 1 };

// How a session ended. Abandoned: it was destroyed, or its bus stopped, before it was closed.
typedef uint32_t headway_outcome;
enum {
  HEADWAY_OUTCOME_COMPLETED = 0,
  HEADWAY_OUTCOME_FAILED = 1,
  HEADWAY_OUTCOME_CANCELED = 2,
  HEADWAY_OUTCOME_ABANDONED = 3
};

// How the dispatcher waits: a thread that sleeps, one that never does, or no thread: headway_bus_poll() runs what is due.
typedef uint32_t headway_dispatch;
enum { HEADWAY_DISPATCH_PARK = 0, HEADWAY_DISPATCH_SPIN = 1, HEADWAY_DISPATCH_MANUAL = 2 };

// Whether other processes of this user may watch the bus (headway top): if the environment's HEADWAY_BOARD is "1", no, yes,
// unless HEADWAY_BOARD is "0". Where there can be no board, SHOWN makes headway_bus_create() fail, ENVIRONMENT writes a line
// to standard error, and IF_POSSIBLE goes on without a word.
typedef uint32_t headway_board_use;
enum {
  HEADWAY_BOARD_ENVIRONMENT = 0,
  HEADWAY_BOARD_HIDDEN = 1,
  HEADWAY_BOARD_SHOWN = 2,
  HEADWAY_BOARD_IF_POSSIBLE = 3
};

// How several reporters on one key become one value: a second one is refused; the sum of their shares; `completed`
// never steps back while `total` stays; the report made last.
typedef uint32_t headway_merge;
enum {
  HEADWAY_MERGE_UNSET = 0,
  HEADWAY_MERGE_SUM = 1,
  HEADWAY_MERGE_FURTHEST = 2,
  HEADWAY_MERGE_LATEST = 3
};

// Which thread runs callbacks: the dispatcher's, one of the subscription's own, or whichever calls
// headway_subscription_poll(), as headway_subscription_wake_handle() asks for it.
typedef uint32_t headway_run_on;
enum { HEADWAY_RUN_ON_DISPATCHER = 0, HEADWAY_RUN_ON_OWN_THREAD = 1, HEADWAY_RUN_ON_CALLER = 2 };

// The newest value of each key, or each record that went through a reporter's ring, in order.
typedef uint32_t headway_delivery;
enum { HEADWAY_DELIVERY_LATEST = 0, HEADWAY_DELIVERY_RECORDED = 1 };

// What follows a C++ exception that leaves a callback. (A callback in C that fails acts itself: it cancels or
// unsubscribes.)
typedef uint32_t headway_on_error;
enum {
  HEADWAY_ON_ERROR_IGNORE = 0,
  HEADWAY_ON_ERROR_UNSUBSCRIBE = 1,
  HEADWAY_ON_ERROR_CANCEL_SESSION = 2
};

// As a number of things, where 0 stands for the default: none at all.
#define HEADWAY_NONE UINT32_MAX
// As a deadline.
#define HEADWAY_NO_DEADLINE INT64_MAX

typedef struct headway_bus headway_bus;
typedef struct headway_session headway_session;
typedef struct headway_reporter headway_reporter;
typedef struct headway_shared_reporter headway_shared_reporter;
typedef struct headway_subscription headway_subscription;

// Whether a struct that the library gave out has that member.
#define HEADWAY_HAS(object, member) \
  ((size_t)((const char*)(&(object)->member + 1) - (const char*)(object)) <= (object)->size)

typedef struct headway_bus_options {
  size_t size;
  headway_dispatch dispatch;
  // Closed sessions that snapshots still show. 0: 64. HEADWAY_NONE.
  uint32_t closed_sessions_kept;
  // How often reporters are looked at while nobody subscribes, > 0. 0: 100 ms.
  int64_t unwatched_interval_ns;
  headway_board_use board;
  // Sessions that the board has room for at a time, a kibibyte each, made as they are needed; at most 2^20. 0: 16384.
  uint32_t board_sessions;
  // How the board calls the service, at most 127 bytes. NULL: the program's name. Need not outlive the call.
  const char* board_name;
} headway_bus_options;
#define HEADWAY_BUS_OPTIONS_INIT \
  { sizeof(headway_bus_options), 0, 0, 0, 0, 0, NULL }

typedef struct headway_session_options {
  size_t size;
  headway_merge merge;
  // By stage.
  headway_unit units[3];
} headway_session_options;
#define HEADWAY_SESSION_OPTIONS_INIT                \
  {                                                 \
    sizeof(headway_session_options), 0, { 0, 0, 0 } \
  }

typedef struct headway_reporter_options {
  size_t size;
  // Records that fit between two ticks, at most 2^20; only HEADWAY_DELIVERY_RECORDED sees a difference.
  // 0: 64. HEADWAY_NONE: every report folds, which is the cheapest.
  uint32_t ring_capacity;
  uint32_t reserved;
} headway_reporter_options;
#define HEADWAY_REPORTER_OPTIONS_INIT \
  { sizeof(headway_reporter_options), 0, 0 }

enum { HEADWAY_FILTER_SESSION = 1, HEADWAY_FILTER_ROLE = 2, HEADWAY_FILTER_STAGE = 4 };
typedef struct headway_filter {
  size_t size;
  uint64_t session;
  headway_role role;
  headway_stage stage;
  // Which of the members above select: HEADWAY_FILTER_..., added up. 0: everything is selected.
  uint32_t by;
  uint32_t reserved;
} headway_filter;
#define HEADWAY_FILTER_INIT \
  { sizeof(headway_filter), 0, 0, 0, 0, 0 }

typedef struct headway_subscription_options {
  size_t size;
  // At most one delivery per interval; > 0, at most one hour. 0: 100 ms.
  int64_t interval_ns;
  // NULL: everything.
  const headway_filter* filter;
  // For statistics. NULL: "subscription N".
  const char* name;
  headway_run_on run_on;
  headway_delivery delivery;
  headway_on_error on_error;
  // Updates that wait for callbacks, at most 2^20; more of them fold to the newest per key. 0: 1024.
  uint32_t queue_capacity;
  // Not 0: nothing of what was there before. 0: open sessions and their current values come first.
  uint32_t skip_current;
  uint32_t reserved;
} headway_subscription_options;
#define HEADWAY_SUBSCRIPTION_OPTIONS_INIT \
  { sizeof(headway_subscription_options), 0, NULL, NULL, 0, 0, 0, 0, 0, 0 }

// The newest value of one key.
typedef struct headway_update {
  size_t size;
  const char* session_name;
  uint64_t session;
  // As reported or merged. completed > total, and a total of 0 (unknown), are legal.
  uint64_t completed;
  uint64_t total;
  // How many reports have been made on this key so far, this one included.
  uint64_t sequence;
  // When the dispatcher took it in, by the steady clock (CLOCK_MONOTONIC on Linux).
  int64_t observed_ns;
  headway_role role;
  headway_stage stage;
  headway_unit unit;
  uint32_t reserved;
} headway_update;

// The latest value of one key. sequence == 0: nothing has been reported. Does not grow.
typedef struct headway_value {
  uint64_t completed;
  uint64_t total;
  uint64_t sequence;
} headway_value;

typedef struct headway_session_info {
  size_t size;
  const char* name;
  // The last text given to headway_session_note().
  const char* note;
  // The text given to headway_session_close().
  const char* detail;
  uint64_t id;
  // By HEADWAY_KEY.
  headway_value values[HEADWAY_KEYS];
  // By stage.
  headway_unit units[3];
  // 1 or 0.
  uint32_t canceled;
  // 1 or 0. While it is 1, `outcome` means nothing.
  uint32_t open;
  headway_outcome outcome;
} headway_session_info;

// Any may be NULL, but not all of the first four. Those of one subscription never run at the same time, and what
// they are given is valid until they return. `user` is what headway_subscribe() was given.
typedef struct headway_callbacks {
  size_t size;
  // For each update.
  void (*progress)(void* user, const headway_update* update);
  // In place of `progress`, which must be NULL then: all that is due, at most one call per interval.
  void (*batch)(void* user, const headway_update* const* updates, size_t count);
  // Before the first update of a session, and after its last.
  void (*opened)(void* user, const headway_session_info* session);
  void (*closed)(void* user, uint64_t session, headway_outcome outcome);
  // Once per successful headway_subscribe(), on any thread, when no callback runs or will run any more: the
  // place to free `user`. By the return of headway_unsubscribe(), where that returns HEADWAY_OK outside of the
  // subscription's own callbacks. Must not throw.
  void (*released)(void* user);
} headway_callbacks;
#define HEADWAY_CALLBACKS_INIT \
  { sizeof(headway_callbacks), NULL, NULL, NULL, NULL, NULL }

// In order of opening: open sessions and the last that were closed.
typedef struct headway_snapshot {
  size_t size;
  size_t count;
  const headway_session_info* const* sessions;
} headway_snapshot;

typedef struct headway_stuck {
  size_t size;
  const char* name;
  uint64_t id;
  // Updates that it was not given.
  uint64_t undelivered;
} headway_stuck;

typedef struct headway_stop_report {
  size_t size;
  // Subscriptions whose callback was still running at the deadline.
  size_t stuck_count;
  const headway_stuck* const* stuck;
  // Updates that were not delivered, over all subscriptions.
  uint64_t undelivered;
} headway_stop_report;

typedef struct headway_subscription_statistics {
  size_t size;
  const char* name;
  uint64_t id;
  uint64_t callbacks;
  uint64_t updates;
  uint64_t exceptions;
  // Deliveries to this subscription that came more than its interval after the report; those to any that
  // waited for a callback of this one.
  uint64_t late_deliveries;
  uint64_t late_deliveries_caused;
  int64_t longest_callback_ns;
  // Upper bound of the time from a report to its callback, the longest seen.
  int64_t longest_delay_ns;
} headway_subscription_statistics;

typedef struct headway_statistics {
  size_t size;
  // "" while there was none.
  const char* longest_callback_subscription;
  // Reports taken in by the dispatcher, and of those the folded ones; the others went through a ring.
  uint64_t reports;
  uint64_t folds;
  // Updates handed to subscribers.
  uint64_t updates;
  uint64_t refused_invalid;
  uint64_t refused_aborted;
  uint64_t refused_closed;
  uint64_t ticks;
  uint64_t wakeups;
  uint64_t callbacks;
  uint64_t callback_exceptions;
  uint64_t late_deliveries;
  int64_t longest_callback_ns;
  int64_t longest_delay_ns;
  // Reporters, and threads of shared ones; those that are read every tick; open sessions.
  uint64_t lanes;
  uint64_t hot_lanes;
  uint64_t sessions;
  size_t subscription_count;
  const headway_subscription_statistics* const* subscriptions;
} headway_statistics;
// NOLINTEND(modernize-use-using)

#endif
