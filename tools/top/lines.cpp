// SPDX-License-Identifier: MIT
#include "top/lines.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "boards/boards.hpp"
#include "display/choose.hpp"
#include "display/escape.hpp"
#include "display/output.hpp"
#include "message.hpp"
#include "sync/signals.hpp"
#include "top/full_screen.hpp"
#include "top/json.hpp"
#include "top/plain.hpp"
#include "top/words.hpp"

namespace headway::tools {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr double line_interval = 1.0;
/// Wide enough for whatever a row may be.
constexpr Size no_terminal{100'000, 0};

class Lines {
 public:
  Lines(const TopOptions& options, Signals& signals)
      : options_(options),
        signals_(signals),
        utf8_(locale_is_utf8()),
        model_(options.wanted, options.interval || (options.json && !options.once)
                                   ? RatesFrom::first_look
                                   : RatesFrom::the_beginning),
        output_(STDOUT_FILENO) {}

  int once() {
    look();
    if (options_.interval) {
      wait_until(Clock::now() + interval());
      if (status_ != 0) return status_;
      look();
    }
    for (const std::string& problem : boards_.problems()) say("note: " + escaped(problem, utf8_));
    if (options_.json) {
      write(json_text(model_, boards_.problems(), moment_));
    } else if (!model_.services().empty()) {
      Browser browser({sort_by(options_.sort).value_or(SortBy::age), options_.invert},
                      options_.filter);
      browser.refresh(model_);
      const std::size_t columns = terminal_size(STDOUT_FILENO, no_terminal).columns;
      write(plain_text(model_, browser, moment_, utf8_, columns));
    }
    if (status_ != 0 || !model_.services().empty()) return status_;
    for (const std::string& line : how_to_be_seen(options_.wanted, utf8_)) say(line);
    return options_.wanted.empty() ? 0 : 1;
  }

  int again_and_again() {
    auto next = Clock::now();
    while (status_ == 0) {
      look();
      write(json_text(model_, boards_.problems(), moment_));
      next = std::max(next + interval(), Clock::now());
      wait_until(next);
    }
    return status_;
  }

 private:
  void look() {
    moment_ = {std::chrono::system_clock::now(), Clock::now()};
    model_.look(boards_.look(), moment_.wall, moment_.now);
  }

  // A reader that does not keep up gets fewer looks, not old ones.
  void write(const std::string& text) {
    output_.write(text);
    while (status_ == 0 && !output_.idle()) {
      output_.drain(24h, signals_.fd());
      hear_signals();
    }
    if (output_.error() == EPIPE) {
      status_ = 128 + SIGPIPE;
    } else if (output_.error() != 0) {
      say("cannot write to standard output: " + std::generic_category().message(output_.error()));
      status_ = 1;
    }
  }

  [[nodiscard]] Clock::duration interval() const {
    return std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(options_.interval.value_or(line_interval)));
  }

  void wait_until(Clock::time_point next) {
    while (status_ == 0 && Clock::now() < next) {
      // Nothing is asked of the output: it tells by itself that its reader has gone.
      std::array<pollfd, 2> items = {pollfd{signals_.fd(), POLLIN, 0}, pollfd{STDOUT_FILENO, 0, 0}};
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
      ::poll(items.data(), items.size(), static_cast<int>(std::max<std::int64_t>(0, left)));
      hear_signals();
      if ((items[1].revents & POLLERR) != 0 && status_ == 0) status_ = 128 + SIGPIPE;
    }
  }

  void hear_signals() {
    while (const int signal = signals_.take()) {
      if (signal == SIGTSTP) {
        ::kill(::getpid(), SIGSTOP);
      } else {
        status_ = 128 + signal;
      }
    }
  }

  const TopOptions& options_;
  Signals& signals_;
  bool utf8_;
  Boards boards_;
  Model model_;
  Output output_;
  Moment moment_{};
  int status_ = 0;
};

}  // namespace

int run_as_lines(const TopOptions& options) {
  Signals signals;
  Lines lines(options, signals);
  return options.json && !options.once ? lines.again_and_again() : lines.once();
}

}  // namespace headway::tools
