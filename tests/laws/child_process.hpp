// SPDX-License-Identifier: MIT
//
// What a test does in the child of a fork, and how the child ended.
//
//   const int status = in_a_child([&] { return reporter.report(...) == Status::ok ? 1 : 0; });
//   EXPECT_EQ(status, 0);
#pragma once

#include <cerrno>
#include <functional>

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waiting.hpp"

namespace headway::laws {

inline constexpr int child_hangs = -1;
inline constexpr int child_crashed = -2;
inline constexpr int no_child = -3;

/// Runs `body` in a forked child, which leaves with its result by _exit. Returns that result, or one of the
/// values above. A child that hangs is killed.
inline int in_a_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child < 0) return no_child;
  if (child == 0) {
    ::signal(SIGALRM, SIG_DFL);
    ::alarm(50);
    ::_exit(body());
  }
  int status = 0;
  const bool ended = eventually([&] {
    const pid_t waited = ::waitpid(child, &status, WNOHANG);
    return waited == child || (waited < 0 && errno != EINTR);
  });
  if (!ended) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return child_hangs;
  }
  if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGALRM ? child_hangs : child_crashed;
  return WEXITSTATUS(status);
}

}  // namespace headway::laws
