// SPDX-License-Identifier: MIT
#include "display/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace headway::tools {

namespace {

// A pipe that poll() calls writable takes this much (PIPE_BUF) without blocking.
constexpr std::size_t chunk_size = 4096;

}  // namespace

void Output::write(std::string_view text) {
  if (error_ != 0) return;
  pending_ += text;
  pump();
}

void Output::pump() {
  std::size_t written = 0;
  while (written < pending_.size()) {
    pollfd item{fd_, POLLOUT, 0};
    if (::poll(&item, 1, 0) <= 0) break;
    const ssize_t count =
        ::write(fd_, pending_.data() + written, std::min(chunk_size, pending_.size() - written));
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      error_ = errno;
      pending_.clear();
      return;
    }
    written += static_cast<std::size_t>(count);
  }
  pending_.erase(0, written);
}

void Output::drain(std::chrono::milliseconds limit, int stop) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (pump(); !idle(); pump()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    std::array<pollfd, 2> items = {pollfd{fd_, POLLOUT, 0}, pollfd{stop, POLLIN, 0}};
    const int wait =
        static_cast<int>(std::min<std::chrono::milliseconds::rep>(left.count(), 60'000));
    if (::poll(items.data(), items.size(), wait) > 0 && (items[1].revents & POLLIN) != 0) return;
  }
}

}  // namespace headway::tools
