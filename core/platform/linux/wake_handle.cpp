// SPDX-License-Identifier: MIT
//
// What an event loop waits on is an eventfd.
#include <cerrno>
#include <cstdint>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

#include "core/platform.hpp"

namespace headway::detail {

WakeHandle::WakeHandle() : handle_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (handle_ < 0) throw std::system_error(errno, std::generic_category(), "headway: eventfd");
}

WakeHandle::~WakeHandle() { close(handle_); }

void WakeHandle::signal() noexcept {
  const std::uint64_t one = 1;
  const int saved = errno;
  // The counter cannot be full: it is cleared long before 2^64 signals.
  [[maybe_unused]] const ssize_t written = write(handle_, &one, sizeof one);
  errno = saved;
}

void WakeHandle::clear() noexcept {
  std::uint64_t count = 0;
  const int saved = errno;
  [[maybe_unused]] const ssize_t got = read(handle_, &count, sizeof count);
  errno = saved;
}

}  // namespace headway::detail
