// SPDX-License-Identifier: MIT
//
// Drives all of headway/headway.h in C11, without a line of C++. Ends with status 1 at the first thing that is not as
// the header says, and names it.
#include <headway/headway.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                          \
  do {                                                                                            \
    if (!(condition)) {                                                                           \
      fprintf(stderr, "%s:%d: not so: %s (last error: \"%s\")\n", __FILE__, __LINE__, #condition, \
              headway_last_error());                                                              \
      exit(1);                                                                                    \
    }                                                                                             \
  } while (0)

enum { second = 1000000000 };

// What a subscription was told.
struct Seen {
  headway_update last;
  char name[32];
  unsigned updates, batches, opened, closed, released;
  headway_outcome outcome;
};

static void on_progress(void* user, const headway_update* update) {
  struct Seen* seen = user;
  CHECK(update->size == sizeof *update);
  CHECK(HEADWAY_HAS(update, unit));
  seen->last = *update;
  snprintf(seen->name, sizeof seen->name, "%s", update->session_name);
  ++seen->updates;
}
static void on_batch(void* user, const headway_update* const* updates, size_t count) {
  struct Seen* seen = user;
  for (size_t i = 0; i < count; ++i) on_progress(user, updates[i]);
  ++seen->batches;
}
static void on_opened(void* user, const headway_session_info* session) {
  struct Seen* seen = user;
  CHECK(session->open == 1);
  CHECK(strcmp(session->name, "photos") == 0);
  ++seen->opened;
}
static void on_closed(void* user, uint64_t session, headway_outcome outcome) {
  struct Seen* seen = user;
  CHECK(session != 0);
  seen->outcome = outcome;
  ++seen->closed;
}
static void on_released(void* user) { ++((struct Seen*)user)->released; }

static headway_bus* manual_bus(void) {
  headway_bus_options options = HEADWAY_BUS_OPTIONS_INIT;
  options.dispatch = HEADWAY_DISPATCH_MANUAL;
  headway_bus* bus = NULL;
  CHECK(headway_bus_create(&options, &bus) == HEADWAY_OK);
  return bus;
}

static const headway_role role = HEADWAY_ROLE_DESTINATION;
static const headway_stage stage = HEADWAY_STAGE_CHANGE_APPLICATION;

// One job from its opening to its end, on a bus with a thread.
static void a_session_from_open_to_close(void) {
  struct Seen seen = {0};
  headway_bus* bus = NULL;
  headway_subscription* subscription = NULL;
  headway_session* session = NULL;
  headway_reporter* reporter = NULL;
  CHECK(headway_bus_create(NULL, &bus) == HEADWAY_OK);
  headway_callbacks callbacks = HEADWAY_CALLBACKS_INIT;
  callbacks.progress = on_progress;
  callbacks.opened = on_opened;
  callbacks.closed = on_closed;
  callbacks.released = on_released;
  headway_subscription_options each_millisecond = HEADWAY_SUBSCRIPTION_OPTIONS_INIT;
  each_millisecond.interval_ns = 1000000;
  CHECK(headway_subscribe(bus, &callbacks, &seen, &each_millisecond, &subscription) == HEADWAY_OK);
  headway_session_options bytes = HEADWAY_SESSION_OPTIONS_INIT;
  bytes.units[HEADWAY_STAGE_CHANGE_APPLICATION] = HEADWAY_UNIT_BYTES;
  CHECK(headway_session_open(bus, "photos", &bytes, &session) == HEADWAY_OK);
  CHECK(headway_session_id(session) == 1);
  CHECK(headway_reporter_create(session, NULL, &reporter) == HEADWAY_OK);

  for (uint64_t i = 1; i <= 100; ++i) {
    CHECK(headway_report(reporter, role, stage, i, 200) == HEADWAY_OK);
  }
  CHECK(headway_report(reporter, 2, stage, 1, 2) == HEADWAY_E_INVALIDARG);
  CHECK(headway_report(reporter, role, 3, 1, 2) == HEADWAY_E_INVALIDARG);
  CHECK(headway_advance(reporter, role, stage, 5) == HEADWAY_OK);
  CHECK(headway_advance(reporter, role, stage, -2) == HEADWAY_OK);
  CHECK(headway_add_total(reporter, role, stage, 10) == HEADWAY_OK);
  CHECK(headway_bus_flush(bus, 10 * (int64_t)second) == HEADWAY_OK);

  CHECK(seen.opened == 1 && seen.updates >= 1);
  CHECK(strcmp(seen.name, "photos") == 0);
  CHECK(seen.last.session == headway_session_id(session));
  CHECK(seen.last.role == role && seen.last.stage == stage);
  CHECK(seen.last.completed == 103 && seen.last.total == 210 && seen.last.sequence == 103);
  CHECK(seen.last.unit == HEADWAY_UNIT_BYTES);
  CHECK(seen.last.observed_ns > 0);

  CHECK(headway_session_close(session, HEADWAY_OUTCOME_FAILED, "disk full") == HEADWAY_OK);
  CHECK(headway_report(reporter, role, stage, 1, 2) == HEADWAY_E_CLOSED);
  CHECK(headway_bus_flush(bus, 10 * (int64_t)second) == HEADWAY_OK);
  CHECK(seen.closed == 1 && seen.outcome == HEADWAY_OUTCOME_FAILED);

  CHECK(headway_unsubscribe(subscription) == HEADWAY_OK);
  CHECK(seen.released == 1);
  CHECK(headway_unsubscribe(subscription) == HEADWAY_OK);
  headway_subscription_destroy(subscription);
  headway_reporter_destroy(reporter);
  headway_session_destroy(session);
  headway_bus_destroy(bus);
  CHECK(seen.released == 1);
}

static void null_pointers(void) {
  headway_bus* bus = manual_bus();
  headway_session* session = (headway_session*)bus;
  CHECK(headway_last_error()[0] == '\0');
  CHECK(headway_session_open(NULL, "photos", NULL, &session) == HEADWAY_E_POINTER);
  CHECK(session == NULL);
  CHECK(strcmp(headway_last_error(), "headway: a null pointer was given for the argument bus") ==
        0);
  CHECK(headway_session_open(bus, NULL, NULL, &session) == HEADWAY_E_POINTER);
  CHECK(headway_session_open(bus, "photos", NULL, NULL) == HEADWAY_E_POINTER);
  CHECK(headway_bus_create(NULL, NULL) == HEADWAY_E_POINTER);
  CHECK(headway_bus_poll(NULL, NULL) == HEADWAY_E_POINTER);
  CHECK(headway_bus_flush(NULL, 0) == HEADWAY_E_POINTER);
  CHECK(headway_bus_stop(NULL, 0, NULL) == HEADWAY_E_POINTER);
  CHECK(headway_bus_cancel(NULL, 1) == HEADWAY_E_POINTER);
  CHECK(headway_bus_snapshot(bus, NULL, NULL) == HEADWAY_E_POINTER);
  CHECK(headway_bus_statistics(bus, NULL) == HEADWAY_E_POINTER);
  CHECK(headway_session_close(NULL, HEADWAY_OUTCOME_COMPLETED, NULL) == HEADWAY_E_POINTER);
  CHECK(headway_session_note(NULL, "") == HEADWAY_E_POINTER);
  CHECK(headway_session_cancel(NULL) == HEADWAY_E_POINTER);
  CHECK(headway_session_canceled(NULL) == 0 && headway_session_id(NULL) == 0);
  headway_reporter* reporter = NULL;
  headway_shared_reporter* shared = NULL;
  headway_subscription* subscription = NULL;
  CHECK(headway_reporter_create(NULL, NULL, &reporter) == HEADWAY_E_POINTER);
  CHECK(headway_shared_reporter_create(NULL, NULL, &shared) == HEADWAY_E_POINTER);
  CHECK(headway_subscribe(bus, NULL, NULL, NULL, &subscription) == HEADWAY_E_POINTER);
  CHECK(headway_report(NULL, role, stage, 1, 2) == HEADWAY_E_POINTER);
  CHECK(headway_advance(NULL, role, stage, 1) == HEADWAY_E_POINTER);
  CHECK(headway_add_total(NULL, role, stage, 1) == HEADWAY_E_POINTER);
  CHECK(headway_shared_report(NULL, role, stage, 1, 2) == HEADWAY_E_POINTER);
  CHECK(headway_shared_advance(NULL, role, stage, 1) == HEADWAY_E_POINTER);
  CHECK(headway_shared_add_total(NULL, role, stage, 1) == HEADWAY_E_POINTER);
  CHECK(headway_reporter_canceled(NULL) == 0 && headway_shared_reporter_canceled(NULL) == 0);
  CHECK(headway_unsubscribe(NULL) == HEADWAY_E_POINTER);
  CHECK(headway_subscription_poll(NULL, NULL) == HEADWAY_E_POINTER);
  CHECK(headway_subscription_wake_handle(NULL) == -1 && headway_subscription_id(NULL) == 0);
  headway_bus_destroy(NULL);
  headway_session_destroy(NULL);
  headway_reporter_destroy(NULL);
  headway_shared_reporter_destroy(NULL);
  headway_subscription_destroy(NULL);
  headway_snapshot_free(NULL);
  headway_statistics_free(NULL);
  headway_stop_report_free(NULL);
  headway_bus_destroy(bus);
}

// As a program has them that was built with a later header, and one that was built with an earlier.
static void older_and_newer_structs(void) {
  struct {
    headway_bus_options known;
    uint64_t later;
  } newer = {HEADWAY_BUS_OPTIONS_INIT, 0};
  newer.known.size = sizeof newer;
  newer.known.dispatch = HEADWAY_DISPATCH_MANUAL;
  headway_bus* bus = NULL;
  CHECK(headway_bus_create(&newer.known, &bus) == HEADWAY_OK);
  headway_bus_destroy(bus);
  newer.later = 1;
  CHECK(headway_bus_create(&newer.known, &bus) == HEADWAY_E_INVALIDARG);
  CHECK(bus == NULL);
  CHECK(strstr(headway_last_error(), "headway_bus_options") != NULL);

  // It ends before `closed_sessions_kept`: what stands there is not looked at.
  headway_bus_options older = HEADWAY_BUS_OPTIONS_INIT;
  older.size = offsetof(headway_bus_options, closed_sessions_kept);
  older.dispatch = HEADWAY_DISPATCH_MANUAL;
  older.unwatched_interval_ns = -1;
  CHECK(headway_bus_create(&older, &bus) == HEADWAY_OK);
  size_t updates = 1;
  CHECK(headway_bus_poll(bus, &updates) == HEADWAY_OK && updates == 0);
  headway_bus_destroy(bus);
  older.size = sizeof older;
  CHECK(headway_bus_create(&older, &bus) == HEADWAY_E_INVALIDARG);

  older.size = 0;
  CHECK(headway_bus_create(&older, &bus) == HEADWAY_E_INVALIDARG);
  CHECK(strstr(headway_last_error(), "headway_bus_options.size is 0") != NULL);
  older.size = (size_t)-1;
  CHECK(headway_bus_create(&older, &bus) == HEADWAY_E_INVALIDARG);
}

static void bad_options(void) {
  headway_bus* bus = NULL;
  headway_session* session = NULL;
  headway_subscription* subscription = NULL;
  headway_bus_options dispatch = HEADWAY_BUS_OPTIONS_INIT;
  dispatch.dispatch = 256;  // 0 in the byte that it is in C++
  CHECK(headway_bus_create(&dispatch, &bus) == HEADWAY_E_INVALIDARG);
  CHECK(strcmp(headway_last_error(),
               "headway: headway_bus_options.dispatch is 256; it must be from 0 to 2") == 0);
  headway_bus_options board = HEADWAY_BUS_OPTIONS_INIT;
  board.board = 4;
  CHECK(headway_bus_create(&board, &bus) == HEADWAY_E_INVALIDARG);
  CHECK(strstr(headway_last_error(), "headway_bus_options.board is 4") != NULL);
  bus = manual_bus();
  CHECK(headway_session_open(bus, "", NULL, &session) == HEADWAY_E_INVALIDARG);
  headway_session_options merge = HEADWAY_SESSION_OPTIONS_INIT;
  merge.merge = 4;
  CHECK(headway_session_open(bus, "photos", &merge, &session) == HEADWAY_E_INVALIDARG);
  headway_callbacks callbacks = HEADWAY_CALLBACKS_INIT;
  CHECK(headway_subscribe(bus, &callbacks, NULL, NULL, &subscription) == HEADWAY_E_INVALIDARG);
  callbacks.progress = on_progress;
  callbacks.batch = on_batch;
  CHECK(headway_subscribe(bus, &callbacks, NULL, NULL, &subscription) == HEADWAY_E_INVALIDARG);
  callbacks.batch = NULL;
  headway_subscription_options options = HEADWAY_SUBSCRIPTION_OPTIONS_INIT;
  options.interval_ns = -1;
  CHECK(headway_subscribe(bus, &callbacks, NULL, &options, &subscription) == HEADWAY_E_INVALIDARG);
  options.interval_ns = 0;
  options.reserved = 1;
  CHECK(headway_subscribe(bus, &callbacks, NULL, &options, &subscription) == HEADWAY_E_INVALIDARG);
  headway_filter filter = HEADWAY_FILTER_INIT;
  filter.by = 8;
  const headway_snapshot* snapshot = NULL;
  CHECK(headway_bus_snapshot(bus, &filter, &snapshot) == HEADWAY_E_INVALIDARG);
  CHECK(headway_session_open(bus, "photos", NULL, &session) == HEADWAY_OK);
  CHECK(headway_session_close(session, 4, NULL) == HEADWAY_E_INVALIDARG);
  headway_reporter* first = NULL;
  headway_reporter* second_one = NULL;
  CHECK(headway_reporter_create(session, NULL, &first) == HEADWAY_OK);
  CHECK(headway_reporter_create(session, NULL, &second_one) == HEADWAY_E_INVALIDARG);
  CHECK(second_one == NULL);
  headway_reporter_destroy(first);
  headway_session_destroy(session);
  headway_bus_destroy(bus);
}

static void snapshot_cancel_and_statistics(void) {
  headway_bus* bus = manual_bus();
  headway_session* photos = NULL;
  headway_session* music = NULL;
  headway_session* session = NULL;
  headway_session_options sum = HEADWAY_SESSION_OPTIONS_INIT;
  sum.merge = HEADWAY_MERGE_SUM;
  CHECK(headway_session_open(bus, "photos", &sum, &photos) == HEADWAY_OK);
  CHECK(headway_session_open(bus, "music", NULL, &music) == HEADWAY_OK);
  headway_reporter_options folding = HEADWAY_REPORTER_OPTIONS_INIT;
  folding.ring_capacity = HEADWAY_NONE;
  headway_reporter* reporter = NULL;
  headway_shared_reporter* shared = NULL;
  CHECK(headway_reporter_create(photos, &folding, &reporter) == HEADWAY_OK);
  CHECK(headway_shared_reporter_create(photos, NULL, &shared) == HEADWAY_OK);
  CHECK(headway_report(reporter, role, stage, 3, 10) == HEADWAY_OK);
  CHECK(headway_shared_report(shared, role, stage, 4, 10) == HEADWAY_OK);
  CHECK(headway_shared_advance(shared, role, HEADWAY_STAGE_CHANGE_DETECTION, 2) == HEADWAY_OK);
  CHECK(headway_shared_add_total(shared, role, HEADWAY_STAGE_CHANGE_DETECTION, 2) == HEADWAY_OK);
  CHECK(headway_session_note(photos, "IMG_0001.JPG") == HEADWAY_OK);
  CHECK(headway_bus_poll(bus, NULL) == HEADWAY_OK);

  const headway_snapshot* snapshot = NULL;
  CHECK(headway_bus_snapshot(bus, NULL, &snapshot) == HEADWAY_OK);
  CHECK(snapshot->count == 2 && strcmp(snapshot->sessions[1]->name, "music") == 0);
  const headway_session_info* info = snapshot->sessions[0];
  CHECK(strcmp(info->name, "photos") == 0 && strcmp(info->note, "IMG_0001.JPG") == 0);
  CHECK(info->open == 1 && info->canceled == 0 && info->id == headway_session_id(photos));
  const headway_value* value = &info->values[HEADWAY_KEY(role, stage)];
  CHECK(value->completed == 7 && value->total == 20 && value->sequence == 2);
  CHECK(headway_fraction(value->completed, value->total) == 0.35);
  headway_snapshot_free(snapshot);

  headway_filter filter = HEADWAY_FILTER_INIT;
  filter.by = HEADWAY_FILTER_SESSION | HEADWAY_FILTER_STAGE;
  filter.session = headway_session_id(photos);
  filter.stage = HEADWAY_STAGE_CHANGE_DETECTION;
  CHECK(headway_bus_snapshot(bus, &filter, &snapshot) == HEADWAY_OK);
  CHECK(snapshot->count == 1);
  CHECK(snapshot->sessions[0]->values[HEADWAY_KEY(role, stage)].sequence == 0);
  CHECK(snapshot->sessions[0]->values[HEADWAY_KEY(role, 0)].completed == 2);
  headway_snapshot_free(snapshot);

  CHECK(headway_bus_cancel(bus, headway_session_id(photos)) == HEADWAY_OK);
  CHECK(headway_bus_cancel(bus, 12345) == HEADWAY_S_FALSE);
  CHECK(headway_session_canceled(photos) == 1 && headway_session_canceled(music) == 0);
  CHECK(headway_reporter_canceled(reporter) == 1);
  CHECK(headway_shared_reporter_canceled(shared) == 1);
  CHECK(headway_report(reporter, role, stage, 5, 10) == HEADWAY_E_ABORT);
  CHECK(headway_session_cancel(music) == HEADWAY_OK && headway_session_canceled(music) == 1);

  const headway_statistics* statistics = NULL;
  CHECK(headway_bus_statistics(bus, &statistics) == HEADWAY_OK);
  CHECK(HEADWAY_HAS(statistics, subscriptions));
  CHECK(statistics->reports == 4 && statistics->refused_aborted == 1);
  CHECK(statistics->sessions == 2 && statistics->lanes >= 2);
  CHECK(statistics->subscription_count == 0);
  CHECK(statistics->longest_callback_subscription[0] == '\0');
  headway_statistics_free(statistics);

  // Handles that outlive their bus. A cancel is remembered.
  headway_reporter* late = NULL;
  CHECK(headway_session_open(bus, "late", NULL, &session) == HEADWAY_OK);
  CHECK(headway_reporter_create(session, NULL, &late) == HEADWAY_OK);
  headway_bus_destroy(bus);
  CHECK(headway_report(reporter, role, stage, 5, 10) == HEADWAY_E_ABORT);
  CHECK(headway_report(late, role, stage, 5, 10) == HEADWAY_E_CLOSED);
  headway_reporter_destroy(late);
  headway_session_destroy(session);
  headway_reporter_destroy(reporter);
  headway_shared_reporter_destroy(shared);
  headway_session_destroy(photos);
  headway_session_destroy(music);
}

static void a_callers_subscription_in_batches(void) {
  struct Seen seen = {0};
  headway_bus* bus = manual_bus();
  headway_session* session = NULL;
  headway_reporter* reporter = NULL;
  headway_subscription* subscription = NULL;
  headway_filter filter = HEADWAY_FILTER_INIT;
  filter.by = HEADWAY_FILTER_ROLE;
  filter.role = HEADWAY_ROLE_DESTINATION;
  headway_callbacks callbacks = HEADWAY_CALLBACKS_INIT;
  callbacks.batch = on_batch;
  headway_subscription_options options = HEADWAY_SUBSCRIPTION_OPTIONS_INIT;
  options.interval_ns = 1;
  options.run_on = HEADWAY_RUN_ON_CALLER;
  options.filter = &filter;
  options.name = "window";
  CHECK(headway_subscribe(bus, &callbacks, &seen, &options, &subscription) == HEADWAY_OK);
  CHECK(headway_subscription_wake_handle(subscription) != -1);
  CHECK(headway_session_open(bus, "photos", NULL, &session) == HEADWAY_OK);
  CHECK(headway_reporter_create(session, NULL, &reporter) == HEADWAY_OK);
  CHECK(headway_report(reporter, HEADWAY_ROLE_SOURCE, stage, 1, 2) == HEADWAY_OK);
  CHECK(headway_report(reporter, role, 0, 3, 4) == HEADWAY_OK);
  CHECK(headway_report(reporter, role, 1, 5, 6) == HEADWAY_OK);
  CHECK(headway_bus_poll(bus, NULL) == HEADWAY_OK);
  CHECK(seen.updates == 0);
  size_t updates = 0;
  CHECK(headway_subscription_poll(subscription, &updates) == HEADWAY_OK);
  CHECK(updates == 2 && seen.updates == 2 && seen.batches == 1);
  CHECK(headway_subscription_poll(subscription, &updates) == HEADWAY_OK && updates == 0);

  const headway_statistics* statistics = NULL;
  CHECK(headway_bus_statistics(bus, &statistics) == HEADWAY_OK);
  CHECK(statistics->subscription_count == 1);
  CHECK(strcmp(statistics->subscriptions[0]->name, "window") == 0);
  CHECK(statistics->subscriptions[0]->id == headway_subscription_id(subscription));
  CHECK(statistics->subscriptions[0]->updates == 2);
  headway_statistics_free(statistics);

  const headway_stop_report* report = NULL;
  CHECK(headway_bus_stop(bus, second, &report) == HEADWAY_OK);
  CHECK(report != NULL && report->undelivered == 0 && report->stuck_count == 0);
  headway_stop_report_free(report);
  CHECK(headway_report(reporter, role, stage, 1, 2) == HEADWAY_E_CLOSED);
  headway_subscription_destroy(subscription);
  headway_reporter_destroy(reporter);
  headway_session_destroy(session);
  headway_bus_destroy(bus);
}

static void names_and_version(void) {
  CHECK(headway_version() == HEADWAY_VERSION_NUMBER);
  CHECK(strcmp(headway_version_string(), HEADWAY_VERSION) == 0);
  CHECK(strcmp(headway_status_name(HEADWAY_E_ABORT), "HEADWAY_E_ABORT") == 0);
  CHECK(strcmp(headway_status_name(7), "unknown") == 0);
  CHECK(strcmp(headway_role_name(HEADWAY_ROLE_SOURCE), "source") == 0);
  CHECK(strcmp(headway_stage_name(3), "unknown") == 0);
  CHECK(strcmp(headway_unit_name(256), "unknown") == 0);
  CHECK(strcmp(headway_outcome_name(HEADWAY_OUTCOME_ABANDONED), "abandoned") == 0);
  CHECK(headway_fraction(1, 0) == -1.0 && headway_fraction(3, 2) == 1.0);
  CHECK((uint32_t)HEADWAY_E_INVALIDARG == 0x80070057U && (uint32_t)HEADWAY_E_ABORT == 0x80004004U);
  CHECK((uint32_t)HEADWAY_E_POINTER == 0x80004003U && (uint32_t)HEADWAY_E_FAIL == 0x80004005U);
  CHECK((uint32_t)HEADWAY_E_CLOSED == 0x80041001U);
  CHECK((uint32_t)HEADWAY_E_OUTOFMEMORY == 0x8007000EU);
  CHECK((uint32_t)HEADWAY_E_NO_RESOURCES == 0x800705AAU);
  CHECK((uint32_t)HEADWAY_E_TIMEOUT == 0x800705B4U);
  CHECK((uint32_t)HEADWAY_E_IN_CALLBACK == 0x8000000EU);
}

int main(void) {
  null_pointers();
  a_session_from_open_to_close();
  older_and_newer_structs();
  bad_options();
  snapshot_cancel_and_statistics();
  a_callers_subscription_in_batches();
  names_and_version();
  return 0;
}
