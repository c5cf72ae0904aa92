// SPDX-License-Identifier: MIT
//
// A C program that reports, and sees what it reported. Its exit status says which step failed.
#include <headway/headway.h>

#include <stdio.h>

static void remember(void* user, const headway_update* update) {
  *(uint64_t*)user = update->completed;
}

int main(void) {
  headway_bus* bus = NULL;
  headway_subscription* subscription = NULL;
  headway_session* session = NULL;
  headway_reporter* reporter = NULL;
  uint64_t last = 0;
  headway_callbacks callbacks = HEADWAY_CALLBACKS_INIT;
  callbacks.progress = remember;

  if (headway_version() != HEADWAY_VERSION_NUMBER) return 1;
  if (headway_bus_create(NULL, &bus) != HEADWAY_OK) return 2;
  if (headway_subscribe(bus, &callbacks, &last, NULL, &subscription) != HEADWAY_OK) return 3;
  if (headway_session_open(bus, "package", NULL, &session) != HEADWAY_OK) return 4;
  if (headway_reporter_create(session, NULL, &reporter) != HEADWAY_OK) return 5;
  if (headway_report(reporter, HEADWAY_ROLE_SOURCE, HEADWAY_STAGE_CHANGE_DETECTION, 42, 42) !=
      HEADWAY_OK) {
    return 6;
  }
  if (headway_bus_flush(bus, INT64_C(10000000000)) != HEADWAY_OK) return 7;
  headway_reporter_destroy(reporter);
  headway_session_destroy(session);
  headway_subscription_destroy(subscription);
  headway_bus_destroy(bus);
  if (last != 42) return 8;
  printf("headway %s works from C\n", headway_version_string());
  return 0;
}
