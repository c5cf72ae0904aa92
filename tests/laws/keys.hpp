// SPDX-License-Identifier: MIT
//
// Short names for the six keys of a session, and for the kinds of subscription.
#pragma once

#include <array>
#include <ostream>
#include <string>

#include <headway/headway.hpp>

namespace headway {

// So that GoogleTest prints names instead of bytes.
inline void PrintTo(Status status, std::ostream* out) { *out << to_string(status); }
inline void PrintTo(Outcome outcome, std::ostream* out) { *out << to_string(outcome); }

}  // namespace headway

namespace headway::laws {

inline constexpr Role source = Role::source;
inline constexpr Role destination = Role::destination;
inline constexpr Stage detection = Stage::change_detection;
inline constexpr Stage enumeration = Stage::change_enumeration;
inline constexpr Stage application = Stage::change_application;

inline constexpr std::array<RunOn, 3> every_run_on = {RunOn::dispatcher, RunOn::own_thread,
                                                      RunOn::caller};
inline constexpr std::array<Delivery, 2> every_delivery = {Delivery::latest, Delivery::recorded};

[[nodiscard]] inline std::string name_of(RunOn run_on) {
  switch (run_on) {
    case RunOn::dispatcher: return "Dispatcher";
    case RunOn::own_thread: return "OwnThread";
    case RunOn::caller: return "Caller";
  }
  return "Unknown";
}
[[nodiscard]] inline std::string name_of(Delivery delivery) {
  return delivery == Delivery::latest ? "Latest" : "Recorded";
}

}  // namespace headway::laws
