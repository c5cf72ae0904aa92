// SPDX-License-Identifier: MIT
//
// What an event loop does with a wake handle.
#pragma once

#include <chrono>

#if defined(_WIN32)
#include <windows.h>
#else
#include <poll.h>
#endif

#include <headway/subscription.hpp>

namespace headway::laws {

/// True as soon as the handle is readable (signalled); false after that time.
[[nodiscard]] inline bool readable(NativeHandle handle, std::chrono::milliseconds time) {
#if defined(_WIN32)
  return WaitForSingleObject(handle, static_cast<DWORD>(time.count())) == WAIT_OBJECT_0;
#else
  pollfd waiting{handle, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(time.count())) == 1;
#endif
}

}  // namespace headway::laws
