// SPDX-License-Identifier: MIT
//
// Behind headway/headway.h: what its handles hold, how exceptions become statuses, and how its structs are
// read.
#pragma once

#include <cstddef>
#include <cstring>
#include <exception>
#include <type_traits>
#include <utility>

#include <headway/headway.h>
#include <headway/bus.hpp>
#include <headway/options.hpp>
#include <headway/reporter.hpp>
#include <headway/session.hpp>
#include <headway/shared_reporter.hpp>
#include <headway/subscription.hpp>

struct headway_bus {
  explicit headway_bus(headway::BusOptions options) : bus(std::move(options)) {}
  headway::Bus bus;
};
struct headway_session {
  headway::Session session;
};
struct headway_reporter {
  headway::Reporter reporter;
};
struct headway_shared_reporter {
  headway::SharedReporter reporter;
};
struct headway_subscription {
  headway::Subscription subscription;
};

namespace headway::c_api {

struct NullArgument : std::exception {
  explicit NullArgument(const char* argument) noexcept : name(argument) {}
  const char* name;
};

/// Throws NullArgument.
template <class T>
T& required(T* pointer, const char* argument) {
  if (pointer == nullptr) throw NullArgument(argument);
  return *pointer;
}

/// To be called in a handler: the status of the exception, whose text becomes this thread's last error.
[[nodiscard]] headway_status status_of_exception() noexcept;
/// The same for a failure that was no exception. Returns the status.
headway_status fail(headway_status status, const char* text) noexcept;

/// What `call` returns, and a status in place of what it throws.
template <class Call>
[[nodiscard]] headway_status guarded(Call&& call) noexcept {
  try {
    return call();
  } catch (...) {
    return status_of_exception();
  }
}

/// Throws std::invalid_argument for a size that no struct has.
void check_size(std::size_t size, std::size_t known, const char* type);
/// Throws std::invalid_argument if a byte from `known` on is not 0.
void check_tail(const void* given, std::size_t size, std::size_t known, const char* type);

/// A struct of the caller's, older or newer than this library, as this library knows it: what an older one
/// lacks is 0. Null: all 0. Throws std::invalid_argument.
template <class T>
[[nodiscard]] T read_struct(const T* given, const char* type) {
  static_assert(std::is_trivially_copyable_v<T>);
  T known{};
  if (given == nullptr) return known;
  // As bytes: there may be fewer of them than a T has.
  std::size_t size = 0;
  std::memcpy(&size, static_cast<const void*>(given), sizeof size);
  check_size(size, sizeof(T), type);
  if (size > sizeof(T)) check_tail(given, size, sizeof(T), type);
  std::memcpy(static_cast<void*>(&known), static_cast<const void*>(given),
              size < sizeof(T) ? size : sizeof(T));
  return known;
}

/// Throws std::invalid_argument, naming the member and its largest value.
void check_range(std::uint32_t value, std::uint32_t largest, const char* member);

/// The C value as an enumerator of the C++ interface, whose last one is given. Values are the same.
template <class Enum>
[[nodiscard]] Enum enumerator(std::uint32_t value, Enum last, const char* member) {
  check_range(value, static_cast<std::uint32_t>(last), member);
  return static_cast<Enum>(value);
}

/// A count of which 0 means the default, and HEADWAY_NONE none.
[[nodiscard]] constexpr std::size_t count_of(std::uint32_t value, std::size_t otherwise) noexcept {
  if (value == 0) return otherwise;
  return value == HEADWAY_NONE ? 0 : value;
}

/// Null: selects everything. Throws std::invalid_argument.
[[nodiscard]] Filter read_filter(const headway_filter* given);

/// The views that callbacks and snapshots get. The strings stay where they are.
[[nodiscard]] headway_session_info view_of(const SessionInfo& info) noexcept;
[[nodiscard]] headway_update view_of(const Update& update) noexcept;

}  // namespace headway::c_api
