// SPDX-License-Identifier: MIT
//
// The README's program in C: a job reports, a callback shows it, and a cancel would stop it.
#include <headway/headway.h>

#include <inttypes.h>
#include <stdio.h>

static void show(void* user, const headway_update* update) {
  *(uint64_t*)user = update->completed;
  printf("%s: %" PRIu64 " of %" PRIu64 "\n", update->session_name, update->completed,
         update->total);
}

int main(void) {
  uint64_t shown = 0;
  headway_bus* bus = NULL;
  headway_session* session = NULL;
  headway_reporter* reporter = NULL;
  headway_subscription* subscription = NULL;

  headway_callbacks callbacks = HEADWAY_CALLBACKS_INIT;
  callbacks.progress = show;
  headway_subscription_options options = HEADWAY_SUBSCRIPTION_OPTIONS_INIT;
  options.interval_ns = 50 * 1000 * 1000;
  if (headway_bus_create(NULL, &bus) < 0 ||
      headway_subscribe(bus, &callbacks, &shown, &options, &subscription) < 0 ||
      headway_session_open(bus, "photos", NULL, &session) < 0 ||
      headway_reporter_create(session, NULL, &reporter) < 0) {
    fprintf(stderr, "%s\n", headway_last_error());
    return 1;
  }
  for (uint64_t done = 1; done <= 1000; ++done) {
    // ... one item is copied ...
    if (headway_report(reporter, HEADWAY_ROLE_DESTINATION, HEADWAY_STAGE_CHANGE_APPLICATION, done,
                       1000) == HEADWAY_E_ABORT)
      break;
  }
  headway_reporter_destroy(reporter);
  headway_session_close(session, HEADWAY_OUTCOME_COMPLETED, NULL);
  headway_session_destroy(session);
  headway_bus_flush(bus, HEADWAY_NO_DEADLINE);
  headway_subscription_destroy(subscription);
  headway_bus_destroy(bus);
  return shown == 1000 ? 0 : 1;
}
