// SPDX-License-Identifier: MIT
//
// Headway for C, and for whatever calls C: a lock-free progress event bus. C11, and C++ too.
//
//   headway_bus* bus = NULL;
//   headway_session* session = NULL;
//   headway_reporter* reporter = NULL;
//   headway_bus_create(NULL, &bus);
//   headway_session_open(bus, "photos", NULL, &session);
//   headway_reporter_create(session, NULL, &reporter);
//   headway_report(reporter, HEADWAY_ROLE_SOURCE, HEADWAY_STAGE_CHANGE_DETECTION, done, total);
//
// Errors: a function that can fail returns a headway_status, an HRESULT: negative for failure. Then nothing has
// been changed but what its comment says, a handle it should have made is NULL, and headway_last_error() has the
// text. HEADWAY_E_POINTER for a null argument and HEADWAY_E_OUTOFMEMORY stand beside what each function
// names. What destroys or frees takes NULL and does nothing then. No C++ exception leaves any function.
//
// Threads: any thread may call any function at any time, but where a comment says otherwise; a handle must not
// be destroyed while another thread uses it. Callbacks may call every function.
//
// Handles are destroyed in any order. One that outlives its bus answers HEADWAY_E_CLOSED (HEADWAY_E_ABORT where its
// session was canceled), 0 or nothing.
//
// Structs that you fill in (options, filters, callbacks) begin with their size. Start from their _INIT macro, or
// zero them and set `size` to sizeof: 0 in a member means its default. So they can grow: members are only
// added at the end, those that an older, shorter struct lacks have their defaults, and a newer, longer one is
// accepted as long as what this library does not know is 0 (HEADWAY_E_INVALIDARG otherwise). NULL for
// options: all defaults. They are copied; they need not outlive the call.
//
// Structs that you are given (updates, snapshots, statistics) grow at the end too: `size` says how much the
// library that runs has filled in; HEADWAY_HAS asks for one member. They are reached by pointers and are
// never to be put into arrays by value.
//
// Strings end with NUL and are otherwise any bytes; UTF-8 is a good choice. Durations are in nanoseconds.
//
// The binary interface of this header is stable within a minor version of the library (0.1.x).
#ifndef HEADWAY_HEADWAY_H
#define HEADWAY_HEADWAY_H

#include <stddef.h>
#include <stdint.h>

#include <headway/headway_types.h>
// Macros only, good for C as they are.
#include <headway/detail/export.hpp>
#include <headway/version.hpp>

// Calls into the shared library that go past the procedure linkage table save a jump. For those that are made often.
#if defined(__ELF__) && defined(__GNUC__) && !defined(__clang__) && !defined(HEADWAY_STATIC)
#define HEADWAY_HOT __attribute__((noplt))
#else
#define HEADWAY_HOT
#endif

#ifdef __cplusplus
#define HEADWAY_NOTHROW noexcept
extern "C" {
#else
#define HEADWAY_NOTHROW
#endif

// The version of this header as one number, to compare with headway_version().
#define HEADWAY_VERSION_NUMBER \
  (HEADWAY_VERSION_MAJOR * 1000000 + HEADWAY_VERSION_MINOR * 1000 + HEADWAY_VERSION_PATCH)

// The library that runs, such as 1002 for 0.1.2, and "0.1.2".
HEADWAY_EXPORT uint32_t headway_version(void) HEADWAY_NOTHROW;
HEADWAY_EXPORT const char* headway_version_string(void) HEADWAY_NOTHROW;

// What the last failure of this thread was about, in a sentence of at most 511 bytes; "" if there was none. Valid
// until the thread's next failure. The reporting functions leave it alone: their statuses say it all.
HEADWAY_EXPORT const char* headway_last_error(void) HEADWAY_NOTHROW;

// Names such as "HEADWAY_E_ABORT", "source", "change_detection", "items", "completed"; "unknown" for other values.
HEADWAY_EXPORT const char* headway_status_name(headway_status status) HEADWAY_NOTHROW;
HEADWAY_EXPORT const char* headway_role_name(headway_role role) HEADWAY_NOTHROW;
HEADWAY_EXPORT const char* headway_stage_name(headway_stage stage) HEADWAY_NOTHROW;
HEADWAY_EXPORT const char* headway_unit_name(headway_unit unit) HEADWAY_NOTHROW;
HEADWAY_EXPORT const char* headway_outcome_name(headway_outcome outcome) HEADWAY_NOTHROW;

// completed / total from 0 to 1, and 1 only when it is all there; -1 while the total is 0, which means unknown.
HEADWAY_EXPORT double headway_fraction(uint64_t completed, uint64_t total) HEADWAY_NOTHROW;

// Starts the dispatcher's thread, unless it is manual. HEADWAY_E_INVALIDARG for a bad option,
// HEADWAY_E_NO_RESOURCES when no thread can be started.
HEADWAY_EXPORT headway_status headway_bus_create(const headway_bus_options* options,
                                                 headway_bus** bus) HEADWAY_NOTHROW;

// Stops without a deadline: last words are delivered, and callbacks that run are waited for, except where that
// would close a cycle of callbacks that wait for each other; a callback of the bus is not waited for by itself.
HEADWAY_EXPORT void headway_bus_destroy(headway_bus* bus) HEADWAY_NOTHROW;

// HEADWAY_DISPATCH_MANUAL: runs what is due, on this thread; `updates` (may be NULL) gets how many were handed over.
// 0 on other buses, inside a callback, and while another thread polls.
HEADWAY_EXPORT headway_status headway_bus_poll(headway_bus* bus, size_t* updates) HEADWAY_NOTHROW;

// Delivers at once, whatever the intervals, and waits until the reports made before the call have reached the
// subscribers. HEADWAY_E_TIMEOUT at the deadline, so long from now; HEADWAY_E_IN_CALLBACK in a callback of this bus.
HEADWAY_EXPORT headway_status headway_bus_flush(headway_bus* bus,
                                                int64_t deadline_ns) HEADWAY_NOTHROW;

// Refuses new reports, closes the open sessions as abandoned, delivers the last words, and ends the dispatcher; a
// callback that is stuck at the deadline is let go. HEADWAY_S_FALSE: something was not delivered, and the
// report, to be freed, says what; pass NULL for `report` if that does not matter. It has stopped even where there is
// no memory for the report (HEADWAY_E_OUTOFMEMORY).
HEADWAY_EXPORT headway_status headway_bus_stop(headway_bus* bus, int64_t deadline_ns,
                                               const headway_stop_report** report) HEADWAY_NOTHROW;
HEADWAY_EXPORT void headway_stop_report_free(const headway_stop_report* report) HEADWAY_NOTHROW;

// Cancels by id, as headway_session_cancel() does. HEADWAY_S_FALSE if no open session has it.
HEADWAY_EXPORT headway_status headway_bus_cancel(headway_bus* bus,
                                                 uint64_t session) HEADWAY_NOTHROW;

// The state of the sessions that the filter selects (NULL: all), as new as the dispatcher's last tick. By role and
// stage it selects values: the others are all 0. Never waits for the dispatcher. To be freed.
// HEADWAY_E_INVALIDARG for a bad filter.
HEADWAY_EXPORT headway_status headway_bus_snapshot(headway_bus* bus, const headway_filter* filter,
                                                   const headway_snapshot** snapshot)
    HEADWAY_NOTHROW;
HEADWAY_EXPORT void headway_snapshot_free(const headway_snapshot* snapshot) HEADWAY_NOTHROW;

// What the bus has done so far. To be freed.
HEADWAY_EXPORT headway_status
headway_bus_statistics(headway_bus* bus, const headway_statistics** statistics) HEADWAY_NOTHROW;
HEADWAY_EXPORT void headway_statistics_free(const headway_statistics* statistics) HEADWAY_NOTHROW;

// `name`: 1 to 255 bytes; need not be unique. On a stopped bus the session is closed from the start.
// HEADWAY_E_INVALIDARG for a bad name or option.
HEADWAY_EXPORT headway_status headway_session_open(headway_bus* bus, const char* name,
                                                   const headway_session_options* options,
                                                   headway_session** session) HEADWAY_NOTHROW;

// Marks it closed and returns. Subscribers then get the last updates, `closed` once, and nothing more. A second
// close has no effect. `detail` may be NULL. HEADWAY_E_INVALIDARG for a bad outcome.
HEADWAY_EXPORT headway_status headway_session_close(headway_session* session,
                                                    headway_outcome outcome,
                                                    const char* detail) HEADWAY_NOTHROW;

// Closes an open session as abandoned, or as canceled if it was canceled. Where memory is out that ends the process:
// headway_session_close() before it says so instead.
HEADWAY_EXPORT void headway_session_destroy(headway_session* session) HEADWAY_NOTHROW;

// A text such as the current file, which snapshots show. Takes a lock and copies: not for each report.
HEADWAY_EXPORT headway_status headway_session_note(headway_session* session,
                                                   const char* text) HEADWAY_NOTHROW;

// Later reports answer HEADWAY_E_ABORT. Sticky; the session stays open until it is closed. Takes some
// microseconds: not for a signal handler.
HEADWAY_EXPORT headway_status headway_session_cancel(headway_session* session) HEADWAY_NOTHROW;

// 1 or 0; 0 for NULL.
HEADWAY_EXPORT int32_t headway_session_canceled(const headway_session* session) HEADWAY_NOTHROW;

// As in updates. Never used twice by one bus. 0 for NULL.
HEADWAY_EXPORT uint64_t headway_session_id(const headway_session* session) HEADWAY_NOTHROW;

// A provider thread's handle: one thread at a time. On a closed session every report on it answers
// HEADWAY_E_CLOSED. HEADWAY_E_INVALIDARG for a bad option, and for a second reporter while the session's merge is
// unset; HEADWAY_E_NO_RESOURCES when the bus has no lane left.
HEADWAY_EXPORT headway_status headway_reporter_create(headway_session* session,
                                                      const headway_reporter_options* options,
                                                      headway_reporter** reporter) HEADWAY_NOTHROW;

// Its last reports are delivered.
HEADWAY_EXPORT void headway_reporter_destroy(headway_reporter* reporter) HEADWAY_NOTHROW;

// The key's value is now `completed` of `total` (0: unknown). Wait-free: no lock, no allocation. A signal handler may
// report, on a reporter of its own. HEADWAY_E_INVALIDARG: role or stage is none of theirs; HEADWAY_E_ABORT;
// HEADWAY_E_CLOSED; HEADWAY_E_POINTER. Nothing else is refused.
HEADWAY_EXPORT HEADWAY_HOT headway_status headway_report(headway_reporter* reporter,
                                                         headway_role role, headway_stage stage,
                                                         uint64_t completed,
                                                         uint64_t total) HEADWAY_NOTHROW;

// So much more completed, or more to do, than this reporter's last value of the key, or less. Saturates at 0 and at
// 2^64 - 1. Statuses as headway_report().
HEADWAY_EXPORT HEADWAY_HOT headway_status headway_advance(headway_reporter* reporter,
                                                          headway_role role, headway_stage stage,
                                                          int64_t completed) HEADWAY_NOTHROW;
HEADWAY_EXPORT HEADWAY_HOT headway_status headway_add_total(headway_reporter* reporter,
                                                            headway_role role, headway_stage stage,
                                                            int64_t more) HEADWAY_NOTHROW;

// 1 or 0; 0 for NULL. One load.
HEADWAY_EXPORT HEADWAY_HOT int32_t headway_reporter_canceled(const headway_reporter* reporter)
    HEADWAY_NOTHROW;

// The same for any number of threads at once. Absolute reports of several threads on one key follow the session's merge (unset: furthest);
// relative ones add up. On one key the second kind is refused with HEADWAY_E_INVALIDARG, except under
// HEADWAY_MERGE_SUM. A thread's first report takes a lock and may allocate; no later one does.
HEADWAY_EXPORT headway_status
headway_shared_reporter_create(headway_session* session, const headway_reporter_options* options,
                               headway_shared_reporter** reporter) HEADWAY_NOTHROW;
HEADWAY_EXPORT void headway_shared_reporter_destroy(headway_shared_reporter* reporter)
    HEADWAY_NOTHROW;
HEADWAY_EXPORT HEADWAY_HOT headway_status headway_shared_report(headway_shared_reporter* reporter,
                                                                headway_role role,
                                                                headway_stage stage,
                                                                uint64_t completed,
                                                                uint64_t total) HEADWAY_NOTHROW;
HEADWAY_EXPORT HEADWAY_HOT headway_status headway_shared_advance(headway_shared_reporter* reporter,
                                                                 headway_role role,
                                                                 headway_stage stage,
                                                                 int64_t completed) HEADWAY_NOTHROW;
HEADWAY_EXPORT HEADWAY_HOT headway_status
headway_shared_add_total(headway_shared_reporter* reporter, headway_role role, headway_stage stage,
                         int64_t more) HEADWAY_NOTHROW;
HEADWAY_EXPORT HEADWAY_HOT int32_t
headway_shared_reporter_canceled(const headway_shared_reporter* reporter) HEADWAY_NOTHROW;

// `user` is handed to each callback; it must live until `released`. HEADWAY_E_INVALIDARG for a bad option or filter,
// or for no callback; HEADWAY_E_NO_RESOURCES when its thread or wake handle cannot be made.
HEADWAY_EXPORT headway_status
headway_subscribe(headway_bus* bus, const headway_callbacks* callbacks, void* user,
                  const headway_subscription_options* options,
                  headway_subscription** subscription) HEADWAY_NOTHROW;

// No callback starts after this. HEADWAY_OK once none is running either: it waits for one that runs on another
// thread, so hold no lock that the callback takes. In its own callback HEADWAY_OK at once, and that call is the last.
// HEADWAY_S_FALSE where waiting would close a cycle of callbacks that wait for each other: one may still run.
HEADWAY_EXPORT headway_status headway_unsubscribe(headway_subscription* subscription)
    HEADWAY_NOTHROW;

// Unsubscribes, also in its own callback, and ends the handle.
HEADWAY_EXPORT void headway_subscription_destroy(headway_subscription* subscription)
    HEADWAY_NOTHROW;

// HEADWAY_RUN_ON_CALLER: runs the callbacks for what is waiting, on this thread; `updates` (may be NULL) gets how many
// were handed over. 0 for other kinds, inside a callback of the same subscription, and while another thread polls it.
HEADWAY_EXPORT headway_status headway_subscription_poll(headway_subscription* subscription,
                                                        size_t* updates) HEADWAY_NOTHROW;

// HEADWAY_RUN_ON_CALLER: what an event loop waits on, readable (signalled) while there is something to poll: a file
// descriptor, on Windows an event's HANDLE. Belongs to the subscription. -1 for other kinds and for NULL.
HEADWAY_EXPORT intptr_t headway_subscription_wake_handle(const headway_subscription* subscription)
    HEADWAY_NOTHROW;

// As in statistics. 0 for NULL.
HEADWAY_EXPORT uint64_t headway_subscription_id(const headway_subscription* subscription)
    HEADWAY_NOTHROW;

#ifdef __cplusplus
}
#endif

#endif
