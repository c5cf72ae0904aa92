// SPDX-License-Identifier: MIT
//
// What the functions of headway/headway.h have in common: the last error and the structs that callers fill in.
#include "core/c_api.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

namespace headway::c_api {

namespace {

// No memory is taken for it: it has to tell of memory that is missing.
constinit thread_local std::array<char, 512> last_error{};

// Those that callers fill in, and that grow: see read_struct(). A member that was added in padding would not show
// in the size.
template <class T>
constexpr bool ends_with(std::size_t offset, std::size_t size) noexcept {
  return offset + size == sizeof(T);
}
#define HEADWAY_ENDS_WITH(type, member) \
  static_assert(ends_with<type>(offsetof(type, member), sizeof(type::member)))
HEADWAY_ENDS_WITH(headway_bus_options, board_name);
HEADWAY_ENDS_WITH(headway_session_options, units);
HEADWAY_ENDS_WITH(headway_reporter_options, reserved);
HEADWAY_ENDS_WITH(headway_filter, reserved);
HEADWAY_ENDS_WITH(headway_subscription_options, reserved);
HEADWAY_ENDS_WITH(headway_callbacks, released);
// Those that callers are given: see HEADWAY_HAS.
HEADWAY_ENDS_WITH(headway_update, reserved);
HEADWAY_ENDS_WITH(headway_session_info, outcome);
HEADWAY_ENDS_WITH(headway_snapshot, sessions);
HEADWAY_ENDS_WITH(headway_stuck, undelivered);
HEADWAY_ENDS_WITH(headway_stop_report, undelivered);
HEADWAY_ENDS_WITH(headway_subscription_statistics, longest_delay_ns);
HEADWAY_ENDS_WITH(headway_statistics, subscriptions);
#undef HEADWAY_ENDS_WITH

// Values are cast as they are.
template <class Enum>
constexpr bool same(int c, Enum cpp) noexcept {
  return c == static_cast<int>(cpp);
}
static_assert(same(HEADWAY_OK, Status::ok) &&
              same(HEADWAY_E_INVALIDARG, Status::invalid_argument) &&
              same(HEADWAY_E_ABORT, Status::aborted) && same(HEADWAY_E_CLOSED, Status::closed));
static_assert(same(HEADWAY_ROLE_SOURCE, Role::source) &&
              same(HEADWAY_ROLE_DESTINATION, Role::destination));
static_assert(same(HEADWAY_STAGE_CHANGE_DETECTION, Stage::change_detection) &&
              same(HEADWAY_STAGE_CHANGE_ENUMERATION, Stage::change_enumeration) &&
              same(HEADWAY_STAGE_CHANGE_APPLICATION, Stage::change_application));
static_assert(same(HEADWAY_UNIT_ITEMS, Unit::items) && same(HEADWAY_UNIT_BYTES, Unit::bytes));
static_assert(same(HEADWAY_OUTCOME_COMPLETED, Outcome::completed) &&
              same(HEADWAY_OUTCOME_FAILED, Outcome::failed) &&
              same(HEADWAY_OUTCOME_CANCELED, Outcome::canceled) &&
              same(HEADWAY_OUTCOME_ABANDONED, Outcome::abandoned));
static_assert(same(HEADWAY_DISPATCH_PARK, Dispatch::park) &&
              same(HEADWAY_DISPATCH_SPIN, Dispatch::spin) &&
              same(HEADWAY_DISPATCH_MANUAL, Dispatch::manual));
static_assert(same(HEADWAY_BOARD_ENVIRONMENT, BoardUse::ask_environment) &&
              same(HEADWAY_BOARD_HIDDEN, BoardUse::hidden) &&
              same(HEADWAY_BOARD_SHOWN, BoardUse::shown) &&
              same(HEADWAY_BOARD_IF_POSSIBLE, BoardUse::if_possible));
static_assert(same(HEADWAY_MERGE_UNSET, Merge::unset) && same(HEADWAY_MERGE_SUM, Merge::sum) &&
              same(HEADWAY_MERGE_FURTHEST, Merge::furthest) &&
              same(HEADWAY_MERGE_LATEST, Merge::latest));
static_assert(same(HEADWAY_RUN_ON_DISPATCHER, RunOn::dispatcher) &&
              same(HEADWAY_RUN_ON_OWN_THREAD, RunOn::own_thread) &&
              same(HEADWAY_RUN_ON_CALLER, RunOn::caller));
static_assert(same(HEADWAY_DELIVERY_LATEST, Delivery::latest) &&
              same(HEADWAY_DELIVERY_RECORDED, Delivery::recorded));
static_assert(same(HEADWAY_ON_ERROR_IGNORE, OnError::ignore) &&
              same(HEADWAY_ON_ERROR_UNSUBSCRIBE, OnError::unsubscribe) &&
              same(HEADWAY_ON_ERROR_CANCEL_SESSION, OnError::cancel_session));

/// The part of the text that fits, and no half of a character.
void remember(std::string_view text) noexcept {
  std::size_t length = std::min(text.size(), last_error.size() - 1);
  if (length < text.size()) {
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
  }
  *std::copy_n(text.begin(), length, last_error.begin()) = '\0';
}

}  // namespace

headway_status fail(headway_status status, const char* text) noexcept {
  remember(text);
  return status;
}

headway_status status_of_exception() noexcept {
  try {
    throw;
  } catch (const NullArgument& missing) {
    fail(HEADWAY_E_POINTER, "headway: a null pointer was given for the argument ");
    const std::size_t length = std::strlen(last_error.data());
    std::strncat(last_error.data(), missing.name, last_error.size() - 1 - length);
    return HEADWAY_E_POINTER;
  } catch (const std::invalid_argument& error) {
    return fail(HEADWAY_E_INVALIDARG, error.what());
  } catch (const std::bad_alloc&) {
    return fail(HEADWAY_E_OUTOFMEMORY, "headway: out of memory");
  } catch (const std::length_error& error) {
    return fail(HEADWAY_E_NO_RESOURCES, error.what());
  } catch (const std::system_error& error) {
    return fail(HEADWAY_E_NO_RESOURCES, error.what());
  } catch (const std::exception& error) {
    return fail(HEADWAY_E_FAIL, error.what());
  } catch (...) {
    return fail(HEADWAY_E_FAIL, "headway: an unknown exception");
  }
}

void check_size(std::size_t size, std::size_t known, const char* type) {
  // A size beyond that was never set.
  constexpr std::size_t largest = 4096;
  if (size >= sizeof(std::size_t) && size <= largest) return;
  throw std::invalid_argument(std::string("headway: ") + type + ".size is " + std::to_string(size) +
                              "; it must be sizeof(" + type + "), here " + std::to_string(known));
}

void check_tail(const void* given, std::size_t size, std::size_t known, const char* type) {
  const auto* const bytes = static_cast<const unsigned char*>(given);
  if (std::all_of(bytes + known, bytes + size, [](unsigned char byte) { return byte == 0; }))
    return;
  throw std::invalid_argument(std::string("headway: ") + type +
                              " has a member set that this library does not know; it is " +
                              HEADWAY_VERSION + ", and the member must be 0");
}

void check_range(std::uint32_t value, std::uint32_t largest, const char* member) {
  if (value <= largest) return;
  throw std::invalid_argument(std::string("headway: ") + member + " is " + std::to_string(value) +
                              "; it must be from 0 to " + std::to_string(largest));
}

Filter read_filter(const headway_filter* given) {
  const headway_filter filter = read_struct(given, "headway_filter");
  check_range(filter.by, HEADWAY_FILTER_SESSION | HEADWAY_FILTER_ROLE | HEADWAY_FILTER_STAGE,
              "headway_filter.by");
  check_range(filter.reserved, 0, "headway_filter.reserved");
  Filter result;
  if ((filter.by & HEADWAY_FILTER_SESSION) != 0) result.session = SessionId(filter.session);
  if ((filter.by & HEADWAY_FILTER_ROLE) != 0) {
    result.role = enumerator(filter.role, Role::destination, "headway_filter.role");
  }
  if ((filter.by & HEADWAY_FILTER_STAGE) != 0) {
    result.stage = enumerator(filter.stage, Stage::change_application, "headway_filter.stage");
  }
  return result;
}

headway_session_info view_of(const SessionInfo& info) noexcept {
  headway_session_info view{};
  view.size = sizeof view;
  view.name = info.name.c_str();
  view.note = info.note.c_str();
  view.detail = info.detail.c_str();
  view.id = info.id.value();
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    const LatestValue& value = info.values[key];
    view.values[key] = {value.completed, value.total, value.sequence};
  }
  for (std::size_t stage = 0; stage < info.units.size(); ++stage) {
    view.units[stage] = static_cast<headway_unit>(info.units[stage]);
  }
  view.canceled = info.canceled ? 1 : 0;
  view.open = info.open() ? 1 : 0;
  view.outcome = static_cast<headway_outcome>(info.outcome.value_or(Outcome::completed));
  return view;
}

headway_update view_of(const Update& update) noexcept {
  headway_update view{};
  view.size = sizeof view;
  // It views a whole std::string, so a NUL follows.
  view.session_name = update.session_name.data();
  view.session = update.session.value();
  view.completed = update.completed;
  view.total = update.total;
  view.sequence = update.sequence;
  view.observed_ns = std::chrono::nanoseconds(update.observed.time_since_epoch()).count();
  view.role = static_cast<headway_role>(update.role);
  view.stage = static_cast<headway_stage>(update.stage);
  view.unit = static_cast<headway_unit>(update.unit);
  return view;
}

}  // namespace headway::c_api

const char* headway_last_error() noexcept { return headway::c_api::last_error.data(); }
