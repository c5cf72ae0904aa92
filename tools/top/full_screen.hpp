// SPDX-License-Identifier: MIT
//
// FullScreen: a terminal that is drawn on as a whole, and left as it was.
//
//   FullScreen screen(STDIN_FILENO, STDOUT_FILENO);
//   screen.enter();
//   screen.show(lines, size);  // writes those that changed
//   screen.leave();            // as the destructor does
//
// It uses the terminal's other screen, so that what was there comes back. Keys arrive as they are pressed, and those
// that send signals go on doing so. It never waits for the terminal, but a second at the end.
#pragma once

#include <termios.h>

#include <string>
#include <vector>

#include "display/output.hpp"
#include "fd.hpp"
#include "top/frame.hpp"

namespace headway::tools {

class FullScreen {
 public:
  /// `in` need not be a terminal; there are no keys then.
  FullScreen(int in, int out);
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;
  ~FullScreen();

  /// Also after somebody else has had the terminal.
  void enter();
  void leave();

  /// The program may draw: the terminal has taken all that was written, and belongs to its job.
  [[nodiscard]] bool ready() const;
  /// `size`: what size() said when the lines were made.
  void show(const std::vector<Line>& lines, Size size);
  /// The next show() writes everything.
  void forget();

  /// Asked for each time, so a resize is never missed.
  [[nodiscard]] Size size() const;
  [[nodiscard]] bool has_keys() const { return has_keys_; }
  [[nodiscard]] Output& output() { return output_; }

 private:
  int in_;
  Fd reopened_;
  Output output_;
  bool has_keys_;
  termios before_{};
  bool entered_ = false;
  std::vector<std::string> shown_;
  Size shown_size_{0, 0};
};

/// Of the terminal behind `fd`; `otherwise` if there is none or it does not know.
[[nodiscard]] Size terminal_size(int fd, Size otherwise);

}  // namespace headway::tools
