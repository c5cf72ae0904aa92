// SPDX-License-Identifier: MIT
//
// Status: what a report answers. The values are HRESULTs, so that code written for Windows Sync can
// return them as they are.
//
//   if (headway::should_stop(reporter.report(role, stage, done, total))) return;
#pragma once

#include <cstdint>

namespace headway {

enum class Status : std::int32_t {
  /// The report was taken and will be delivered.
  ok = 0,
  /// E_INVALIDARG: role or stage is none of the enumerators, or the call does not fit the key
  /// (relative and absolute calls mixed on one key of a SharedReporter). Nothing was changed.
  invalid_argument = static_cast<std::int32_t>(0x80070057U),
  /// E_ABORT: the session was canceled. Nothing was changed; the work should stop.
  aborted = static_cast<std::int32_t>(0x80004004U),
  /// SYNC_E_INVALID_OPERATION: the session is closed, the bus has stopped, the handle is empty, or
  /// this is the child of a fork. The report is not counted.
  closed = static_cast<std::int32_t>(0x80041001U),
};

/// True for `aborted` alone: the answer a worker loop or a libcurl callback asks for.
[[nodiscard]] constexpr bool should_stop(Status status) noexcept {
  return status == Status::aborted;
}

/// The enumerator's name, such as "invalid_argument"; "unknown" for any other value.
[[nodiscard]] constexpr const char* to_string(Status status) noexcept {
  switch (status) {
    case Status::ok: return "ok";
    case Status::invalid_argument: return "invalid_argument";
    case Status::aborted: return "aborted";
    case Status::closed: return "closed";
  }
  return "unknown";
}

}  // namespace headway
