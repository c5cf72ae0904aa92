// SPDX-License-Identifier: MIT
//
// Waiting on a condition variable until any time at all. Where the C library's condition variables know no steady
// clock, as on Windows, the standard library converts the time to another one, and the farthest times overflow.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace headway::detail {

/// Like changed.wait_until(lock, deadline, holds).
template <class Predicate>
bool wait_until(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                std::chrono::steady_clock::time_point deadline, Predicate holds) {
  constexpr std::chrono::hours longest_piece{24 * 365};
  while (!holds()) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return false;
    changed.wait_until(lock, deadline - now > longest_piece ? now + longest_piece : deadline);
  }
  return true;
}

}  // namespace headway::detail
