// SPDX-License-Identifier: MIT
//
// Output: a descriptor that the display writes to without ever waiting. What does not fit stays pending
// until pump() finds room, so a stopped terminal or a pipe that nobody reads holds up neither the signals
// nor the end of the run. A write error ends the output, not the program.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace headway::tools {

class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}

  void write(std::string_view text);
  /// Writes what the descriptor takes now.
  void pump();
  /// Waits until all is written, an error ends it, `limit` has passed, or `stop` becomes readable.
  void drain(std::chrono::milliseconds limit, int stop);

  [[nodiscard]] bool idle() const { return pending_.empty(); }
  /// 0, or the errno that ended it.
  [[nodiscard]] int error() const { return error_; }
  /// For poll(2) with POLLOUT; -1 while nothing is pending.
  [[nodiscard]] int wait_fd() const { return idle() ? -1 : fd_; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  int error_ = 0;
  std::string pending_;
};

}  // namespace headway::tools
