// SPDX-License-Identifier: MIT
#include "top/live.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>

#include "boards/boards.hpp"
#include "display/choose.hpp"
#include "sync/signals.hpp"
#include "top/browser.hpp"
#include "top/frame.hpp"
#include "top/full_screen.hpp"
#include "top/keys.hpp"
#include "top/model.hpp"

namespace headway::tools {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr double screen_interval = 0.1;
/// What a terminal sends for one key arrives at once; over a slow line, nearly.
constexpr auto escape_delay = 50ms;

class Live {
 public:
  Live(const TopOptions& options, Signals& signals)
      : signals_(signals),
        interval_(std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(options.interval.value_or(screen_interval)))),
        model_(options.wanted),
        browser_({sort_by(options.sort).value_or(SortBy::age), options.invert}, options.filter),
        frame_(looks_of_environment()),
        screen_(STDIN_FILENO, STDOUT_FILENO) {}

  int run() {
    screen_.enter();
    while (!browser_.quit() && status_ == 0) turn();
    return status_;
  }

 private:
  void turn() {
    look_if_due();
    draw();
    wait();
    hear_signals();
    if (screen_.has_keys() && hears_keys_) hear_keys();
    screen_.output().pump();
    if (screen_.output().error() != 0 && status_ == 0) status_ = 1;
  }

  void look_if_due() {
    const auto now = Clock::now();
    if (browser_.paused() || now < next_look_) return;
    // In step, unless it falls behind.
    next_look_ = std::max(next_look_ + interval_, now);
    moment_ = {std::chrono::system_clock::now(), now};
    model_.look(boards_.look(), moment_.wall, moment_.now);
    browser_.refresh(model_);
    changed_ = true;
  }

  void draw() {
    if (!changed_ || !screen_.ready()) return;
    changed_ = false;
    const std::string problem = boards_.problems().empty() ? "" : boards_.problems().front();
    const Size size = screen_.size();
    screen_.show(frame_.lines(model_, browser_, problem, moment_, size), size);
  }

  void wait() {
    auto left = browser_.paused() ? Clock::duration(1h) : next_look_ - Clock::now();
    if (decoder_.waiting())
      left = std::min<Clock::duration>(left, key_at_ + escape_delay - Clock::now());
    std::array<pollfd, 3> items = {
        pollfd{signals_.fd(), POLLIN, 0},
        pollfd{screen_.has_keys() && hears_keys_ ? STDIN_FILENO : -1, POLLIN, 0},
        pollfd{screen_.output().wait_fd(), POLLOUT, 0}};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    ::poll(items.data(), items.size(), static_cast<int>(std::max<std::int64_t>(0, ms)));
    keys_came_ = items[1].revents != 0;
  }

  void hear_signals() {
    while (const int signal = signals_.take()) {
      if (signal == SIGTSTP) {
        screen_.leave();
        ::kill(::getpid(), SIGSTOP);  // and here we are again after `fg`
        screen_.enter();
      } else if (signal == SIGCONT) {
        screen_.enter();
      } else if (signal != SIGWINCH) {
        status_ = 128 + signal;
      }
      changed_ = true;
    }
  }

  void hear_keys() {
    if (!keys_came_) {
      if (!decoder_.waiting() || Clock::now() < key_at_ + escape_delay) return;
      for (const Key& key : decoder_.time_out()) press(key);
      return;
    }
    key_at_ = Clock::now();
    std::array<char, 256> bytes;
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
      hears_keys_ = false;  // hung up; there is a signal for that
      return;
    }
    for (const Key& key : decoder_.feed({bytes.data(), static_cast<std::size_t>(count)}))
      press(key);
  }

  void press(const Key& key) {
    if (key.code == KeyCode::redraw) screen_.forget();
    browser_.press(key, frame_.page());
    browser_.refresh(model_);
    changed_ = true;
  }

  Signals& signals_;
  Clock::duration interval_;
  Boards boards_;
  Model model_;
  Browser browser_;
  Frame frame_;
  FullScreen screen_;
  KeyDecoder decoder_;
  Clock::time_point next_look_{};
  Moment moment_{};
  bool changed_ = true;
  bool keys_came_ = false;
  Clock::time_point key_at_{};
  bool hears_keys_ = true;
  int status_ = 0;
};

}  // namespace

int run_on_screen(const TopOptions& options) {
  Signals signals({SIGWINCH, SIGCONT});
  return Live(options, signals).run();
}

}  // namespace headway::tools
