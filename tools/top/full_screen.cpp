// SPDX-License-Identifier: MIT
#include "top/full_screen.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace headway::tools {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 1s;

// The other screen, without cursor, and lines that end at the right edge.
constexpr std::string_view begin_sequence = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[2J";
constexpr std::string_view end_sequence = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

// A description of its own may be set not to block, which nobody else notices who has the terminal open. poll() calls a
// terminal writable that takes a few bytes, and a longer write() would wait for the rest.
Fd reopen(int fd) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return Fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

Size terminal_size(int fd, Size otherwise) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return otherwise;
  return {size.ws_col, size.ws_row};
}

FullScreen::FullScreen(int in, int out)
    : in_(in),
      reopened_(reopen(out)),
      output_(reopened_ ? reopened_.get() : out),
      has_keys_(::isatty(in) == 1) {}

FullScreen::~FullScreen() { leave(); }

void FullScreen::enter() {
  if (has_keys_) {
    if (!entered_) ::tcgetattr(in_, &before_);
    termios keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    ::tcsetattr(in_, TCSANOW, &keys);
  }
  entered_ = true;
  output_.write(begin_sequence);
  shown_.clear();
}

void FullScreen::leave() {
  if (!entered_) return;
  entered_ = false;
  output_.write(end_sequence);
  output_.drain(patience, -1);
  if (has_keys_) ::tcsetattr(in_, TCSANOW, &before_);
}

bool FullScreen::ready() const {
  const pid_t foreground = ::tcgetpgrp(output_.fd());
  return entered_ && output_.idle() && (foreground <= 0 || foreground == ::getpgrp());
}

void FullScreen::show(const std::vector<Line>& lines, Size size) {
  std::string frame;
  if (size.columns != shown_size_.columns || size.rows != shown_size_.rows || shown_.empty()) {
    // A terminal that has changed its size has moved its lines as it liked.
    frame = "\x1b[H\x1b[2J";
    shown_.assign(lines.size(), {});
    shown_size_ = size;
  }
  shown_.resize(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (shown_[i] == lines[i].text) continue;
    shown_[i] = lines[i].text;
    frame += "\x1b[" + std::to_string(i + 1) + ";1H" + lines[i].text + "\x1b[K";
  }
  if (!frame.empty()) output_.write("\x1b[?2026h" + frame + "\x1b[?2026l");
}

void FullScreen::forget() { shown_.clear(); }

Size FullScreen::size() const {
  const Size size = terminal_size(output_.fd(), {});
  // The last column stays free: clearing the rest of a line would take its last character along on some terminals.
  return {std::max<std::size_t>(size.columns, 2) - 1, size.rows};
}

}  // namespace headway::tools
