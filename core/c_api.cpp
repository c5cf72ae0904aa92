// SPDX-License-Identifier: MIT
//
// headway/headway.h: the bus, sessions, and how reporters come and go. Reporting is in c_api_report.cpp,
// subscriptions in c_api_subscription.cpp, what is handed out in c_api_results.cpp.
#include "core/c_api.hpp"

#include <chrono>
#include <memory>
#include <string>

using headway::c_api::check_range;
using headway::c_api::count_of;
using headway::c_api::enumerator;
using headway::c_api::fail;
using headway::c_api::guarded;
using headway::c_api::read_struct;
using headway::c_api::required;

namespace {

headway::BusOptions read_options(const headway_bus_options* given) {
  const headway_bus_options options = read_struct(given, "headway_bus_options");
  headway::BusOptions result;
  result.dispatch =
      enumerator(options.dispatch, headway::Dispatch::manual, "headway_bus_options.dispatch");
  result.closed_sessions_kept = count_of(options.closed_sessions_kept, result.closed_sessions_kept);
  if (options.unwatched_interval_ns != 0) {
    result.unwatched_interval = std::chrono::nanoseconds(options.unwatched_interval_ns);
  }
  result.board =
      enumerator(options.board, headway::BoardUse::if_possible, "headway_bus_options.board");
  if (options.board_sessions != 0) result.board_sessions = options.board_sessions;
  if (options.board_name != nullptr) result.board_name = options.board_name;
  return result;
}

headway::SessionOptions read_options(const headway_session_options* given) {
  const headway_session_options options = read_struct(given, "headway_session_options");
  headway::SessionOptions result;
  result.merge = enumerator(options.merge, headway::Merge::latest, "headway_session_options.merge");
  for (std::size_t stage = 0; stage < result.units.size(); ++stage) {
    result.units[stage] =
        enumerator(options.units[stage], headway::Unit::bytes, "headway_session_options.units");
  }
  return result;
}

headway::ReporterOptions read_options(const headway_reporter_options* given) {
  const headway_reporter_options options = read_struct(given, "headway_reporter_options");
  check_range(options.reserved, 0, "headway_reporter_options.reserved");
  headway::ReporterOptions result;
  result.ring_capacity = count_of(options.ring_capacity, result.ring_capacity);
  return result;
}

}  // namespace

uint32_t headway_version() noexcept { return HEADWAY_VERSION_NUMBER; }

const char* headway_version_string() noexcept { return HEADWAY_VERSION; }

const char* headway_status_name(headway_status status) noexcept {
  switch (status) {
    case HEADWAY_OK: return "HEADWAY_OK";
    case HEADWAY_S_FALSE: return "HEADWAY_S_FALSE";
    case HEADWAY_E_POINTER: return "HEADWAY_E_POINTER";
    case HEADWAY_E_ABORT: return "HEADWAY_E_ABORT";
    case HEADWAY_E_FAIL: return "HEADWAY_E_FAIL";
    case HEADWAY_E_INVALIDARG: return "HEADWAY_E_INVALIDARG";
    case HEADWAY_E_CLOSED: return "HEADWAY_E_CLOSED";
    case HEADWAY_E_OUTOFMEMORY: return "HEADWAY_E_OUTOFMEMORY";
    case HEADWAY_E_NO_RESOURCES: return "HEADWAY_E_NO_RESOURCES";
    case HEADWAY_E_TIMEOUT: return "HEADWAY_E_TIMEOUT";
    case HEADWAY_E_IN_CALLBACK: return "HEADWAY_E_IN_CALLBACK";
    default: return "unknown";
  }
}

const char* headway_role_name(headway_role role) noexcept { return to_string(headway::Role{role}); }
const char* headway_stage_name(headway_stage stage) noexcept {
  return to_string(headway::Stage{stage});
}
// These two are a byte in C++.
const char* headway_unit_name(headway_unit unit) noexcept {
  return unit > HEADWAY_UNIT_BYTES ? "unknown" : to_string(static_cast<headway::Unit>(unit));
}
const char* headway_outcome_name(headway_outcome outcome) noexcept {
  return outcome > HEADWAY_OUTCOME_ABANDONED ? "unknown"
                                             : to_string(static_cast<headway::Outcome>(outcome));
}

double headway_fraction(uint64_t completed, uint64_t total) noexcept {
  return headway::fraction_of(completed, total).value_or(-1.0);
}

headway_status headway_bus_create(const headway_bus_options* options, headway_bus** bus) noexcept {
  return guarded([&] {
    required(bus, "bus") = nullptr;
    *bus = std::make_unique<headway_bus>(read_options(options)).release();
    return HEADWAY_OK;
  });
}

void headway_bus_destroy(headway_bus* bus) noexcept { delete bus; }

headway_status headway_bus_poll(headway_bus* bus, size_t* updates) noexcept {
  if (updates != nullptr) *updates = 0;
  return guarded([&] {
    const std::size_t handed_over = required(bus, "bus").bus.poll();
    if (updates != nullptr) *updates = handed_over;
    return HEADWAY_OK;
  });
}

headway_status headway_bus_flush(headway_bus* bus, int64_t deadline_ns) noexcept {
  return guarded([&]() -> headway_status {
    switch (required(bus, "bus").bus.flush(std::chrono::nanoseconds(deadline_ns))) {
      case headway::FlushResult::ok: return HEADWAY_OK;
      case headway::FlushResult::timed_out:
        return fail(HEADWAY_E_TIMEOUT, "headway: the flush was not done by its deadline");
      case headway::FlushResult::called_from_callback: break;
    }
    return fail(HEADWAY_E_IN_CALLBACK, "headway: a callback of a bus cannot flush that bus");
  });
}

headway_status headway_bus_cancel(headway_bus* bus, uint64_t session) noexcept {
  return guarded([&] {
    const bool found = required(bus, "bus").bus.cancel(headway::SessionId(session));
    return found ? HEADWAY_OK : HEADWAY_S_FALSE;
  });
}

headway_status headway_session_open(headway_bus* bus, const char* name,
                                    const headway_session_options* options,
                                    headway_session** session) noexcept {
  return guarded([&] {
    required(session, "session") = nullptr;
    headway::Bus& on = required(bus, "bus").bus;
    // The handle first: what can fail comes before what has effects.
    auto handle = std::make_unique<headway_session>();
    handle->session = on.open_session(&required(name, "name"), read_options(options));
    *session = handle.release();
    return HEADWAY_OK;
  });
}

headway_status headway_session_close(headway_session* session, headway_outcome outcome,
                                     const char* detail) noexcept {
  return guarded([&] {
    headway::Session& closed = required(session, "session").session;
    closed.close(enumerator(outcome, headway::Outcome::abandoned, "outcome"),
                 detail == nullptr ? "" : detail);
    return HEADWAY_OK;
  });
}

void headway_session_destroy(headway_session* session) noexcept { delete session; }

headway_status headway_session_note(headway_session* session, const char* text) noexcept {
  return guarded([&] {
    required(session, "session").session.note(&required(text, "text"));
    return HEADWAY_OK;
  });
}

headway_status headway_session_cancel(headway_session* session) noexcept {
  return guarded([&] {
    required(session, "session").session.cancel();
    return HEADWAY_OK;
  });
}

int32_t headway_session_canceled(const headway_session* session) noexcept {
  return session != nullptr && session->session.canceled() ? 1 : 0;
}

uint64_t headway_session_id(const headway_session* session) noexcept {
  return session == nullptr ? 0 : session->session.id().value();
}

headway_status headway_reporter_create(headway_session* session,
                                       const headway_reporter_options* options,
                                       headway_reporter** reporter) noexcept {
  return guarded([&] {
    required(reporter, "reporter") = nullptr;
    headway::Session& of = required(session, "session").session;
    auto handle = std::make_unique<headway_reporter>();
    handle->reporter = of.reporter(read_options(options));
    *reporter = handle.release();
    return HEADWAY_OK;
  });
}

void headway_reporter_destroy(headway_reporter* reporter) noexcept { delete reporter; }

headway_status headway_shared_reporter_create(headway_session* session,
                                              const headway_reporter_options* options,
                                              headway_shared_reporter** reporter) noexcept {
  return guarded([&] {
    required(reporter, "reporter") = nullptr;
    headway::Session& of = required(session, "session").session;
    auto handle = std::make_unique<headway_shared_reporter>();
    handle->reporter = of.shared_reporter(read_options(options));
    *reporter = handle.release();
    return HEADWAY_OK;
  });
}

void headway_shared_reporter_destroy(headway_shared_reporter* reporter) noexcept {
  delete reporter;
}
