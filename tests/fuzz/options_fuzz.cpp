// SPDX-License-Identifier: MIT
//
// Arguments of the library's public functions: what is legal is taken and comes back as it was given, what is
// not is refused by std::invalid_argument, and changes nothing.
#include <chrono>
#include <limits>
#include <stdexcept>

#include <headway/headway.hpp>

#include "tests/fuzz/input.hpp"

namespace {

using namespace headway;
using headway::fuzz::Input;

constexpr std::size_t largest_capacity = std::size_t{1} << 20;
/// Larger ones are legal, and slow to make.
constexpr std::size_t tried_capacity = 4096;

/// Calls it; false if it threw std::invalid_argument, with a message of the library's.
template <class Call>
bool accepted(Call&& call) {
  try {
    call();
    return true;
  } catch (const std::invalid_argument& error) {
    HOLDS(std::string_view(error.what()).starts_with("headway: "));
    return false;
  }
}

template <class Enum>
bool up_to(Enum value, Enum last) {
  return static_cast<unsigned>(value) <= static_cast<unsigned>(last);
}

void check_bus(Input& input) {
  BusOptions options;
  options.dispatch = static_cast<Dispatch>(input.number<std::uint8_t>());
  options.unwatched_interval = std::chrono::nanoseconds(input.number<std::int64_t>());
  options.closed_sessions_kept = input.number<std::size_t>();
  const bool legal = up_to(options.dispatch, Dispatch::manual) &&
                     options.unwatched_interval > std::chrono::nanoseconds::zero();
  if (legal) options.dispatch = Dispatch::manual;  // no threads here
  HOLDS(accepted([&] { const Bus bus(options); }) == legal);
}

void check_subscription(Bus& bus, Input& input) {
  SubscriptionOptions options;
  options.interval = std::chrono::nanoseconds(input.number<std::int64_t>());
  options.run_on = static_cast<RunOn>(input.number<std::uint8_t>());
  options.delivery = static_cast<Delivery>(input.number<std::uint8_t>());
  options.on_error = static_cast<OnError>(input.number<std::uint8_t>());
  options.queue_capacity = input.number<std::size_t>();
  options.name = input.text();
  const bool legal = options.interval > std::chrono::nanoseconds::zero() &&
                     options.interval <= std::chrono::hours(1) &&
                     up_to(options.run_on, RunOn::caller) &&
                     up_to(options.delivery, Delivery::recorded) &&
                     up_to(options.on_error, OnError::cancel_session) &&
                     options.queue_capacity != 0 && options.queue_capacity <= largest_capacity;
  if (legal && options.queue_capacity > tried_capacity) return;
  if (legal && options.run_on == RunOn::own_thread) options.run_on = RunOn::caller;
  Subscription subscription;
  HOLDS(accepted([&] { subscription = bus.subscribe([](const Update&) {}, options); }) == legal);
  const auto known = bus.statistics().subscriptions;
  HOLDS(known.size() == (legal ? 1U : 0U));
  if (legal && !options.name.empty()) HOLDS(known.front().name == options.name);
}

void check_reports(Bus& bus, Session& session, Input& input) {
  Reporter reporter;
  const std::size_t capacity = input.number<std::size_t>();
  const bool legal_capacity = capacity <= largest_capacity;
  if (legal_capacity && capacity > tried_capacity) return;
  HOLDS(accepted([&] { reporter = session.reporter({.ring_capacity = capacity}); }) ==
        legal_capacity);
  if (!legal_capacity) return;
  std::array<LatestValue, keys_per_session> wanted{};
  for (int reports = 0; reports < 64 && !input.empty(); ++reports) {
    // Mostly legal ones.
    const auto role = static_cast<Role>(input.flag() ? input.number<std::uint32_t>()
                                                     : input.number<std::uint8_t>() % 2U);
    const auto stage = static_cast<Stage>(input.flag() ? input.number<std::uint32_t>()
                                                       : input.number<std::uint8_t>() % 3U);
    const auto completed = input.number<std::uint64_t>();
    const auto total = input.number<std::uint64_t>();
    const bool legal = up_to(role, Role::destination) && up_to(stage, Stage::change_application);
    HOLDS(is_valid(role, stage) == legal);
    HOLDS(reporter.report(role, stage, completed, total) ==
          (legal ? Status::ok : Status::invalid_argument));
    HOLDS(accepted([&] { (void)reporter.at(role, stage); }) == legal);
    if (!legal) continue;
    LatestValue& value = wanted.at(key_index(role, stage));
    value = {completed, total, value.sequence + 1};
    if (input.flag()) bus.poll();
  }
  HOLDS(bus.flush(std::chrono::seconds(10)) == FlushResult::ok);
  const SessionInfo info = bus.snapshot({.session = session.id()}).at(0);
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    HOLDS(info.values.at(key).completed == wanted.at(key).completed);
    HOLDS(info.values.at(key).total == wanted.at(key).total);
    HOLDS(info.values.at(key).sequence == wanted.at(key).sequence);
  }
}

void check_session(Bus& bus, Input& input) {
  SessionOptions options;
  options.merge = static_cast<Merge>(input.number<std::uint8_t>());
  bool legal = up_to(options.merge, Merge::latest);
  for (Unit& unit : options.units) {
    unit = static_cast<Unit>(input.number<std::uint8_t>());
    legal = legal && up_to(unit, Unit::bytes);
  }
  const std::string name = input.text();
  legal = legal && !name.empty() && name.size() <= 255 && name.find('\0') == std::string::npos;
  Session session;
  HOLDS(accepted([&] { session = bus.open_session(name, options); }) == legal);
  HOLDS(bus.statistics().sessions == (legal ? 1U : 0U));
  if (!legal) return;
  const std::string note = input.text();
  const std::string detail = input.text();
  session.note(note);
  check_reports(bus, session, input);
  session.close(Outcome::failed, detail);
  HOLDS(bus.flush(std::chrono::seconds(10)) == FlushResult::ok);
  const SessionInfo info = bus.snapshot({.session = session.id()}).at(0);
  HOLDS(info.name == name && info.note == note && info.detail == detail);
  HOLDS(info.units == options.units && info.outcome == Outcome::failed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  check_bus(input);
  Bus bus({.dispatch = Dispatch::manual});
  check_subscription(bus, input);
  check_session(bus, input);
  return 0;
}
