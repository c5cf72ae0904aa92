// SPDX-License-Identifier: MIT
//
// What an event loop waits on is an event that stays signalled until it is cleared.
#include <system_error>

#include <windows.h>

#include "core/platform.hpp"

namespace headway::detail {

WakeHandle::WakeHandle() : handle_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
  if (handle_ == nullptr) {
    throw std::system_error(static_cast<int>(GetLastError()), std::system_category(),
                            "headway: CreateEvent");
  }
}

WakeHandle::~WakeHandle() { CloseHandle(handle_); }

void WakeHandle::signal() noexcept { SetEvent(handle_); }
void WakeHandle::clear() noexcept { ResetEvent(handle_); }

}  // namespace headway::detail
