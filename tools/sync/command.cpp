// SPDX-License-Identifier: MIT
#include "sync/command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include <headway/headway.hpp>

#include "display/choose.hpp"
#include "display/escape.hpp"
#include "display/events.hpp"
#include "display/output.hpp"
#include "display/tally.hpp"
#include "sync/engine.hpp"
#include "sync/signals.hpp"

namespace headway::tools {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto frame_interval = 100ms;

std::shared_ptr<EventLog> open_events(const std::string& path, Clock::time_point start, bool utf8) {
  if (path == "-")
    return std::make_shared<EventLog>(Fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)), false, start);
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file) {
    throw Refused("cannot write events to " + quoted(path, utf8) + ": " +
                  std::generic_category().message(errno) +
                  ": give a file that you may write to, or - for standard output");
  }
  return std::make_shared<EventLog>(std::move(file), true, start);
}

class SyncRun {
 public:
  SyncRun(const SyncOptions& options, Signals& signals)
      : options_(options),
        signals_(signals),
        utf8_(locale_is_utf8()),
        output_(STDERR_FILENO),
        view_(choose_view(options.progress, output_,
                          std::chrono::duration_cast<std::chrono::nanoseconds>(
                              std::chrono::duration<double>(options.interval)))),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        problems_([this] { wake(); }, utf8_) {}

  int run() {
    Places places;
    try {
      if (!options_.events.empty()) events_ = open_events(options_.events, start_, utf8_);
      places = open_places(options_.source, options_.destination, options_.dry_run, utf8_);
    } catch (const Refused& refused) {
      view_->message(refused.what(), true);
      drain(output_);
      return 2;
    }
    subscribe();
    {
      Progress progress(bus_, options_.silent);
      std::jthread engine([&] {
        result_ = run_engine({.source = options_.source,
                              .destination = options_.destination,
                              .jobs = options_.jobs,
                              .block = options_.block,
                              .dry_run = options_.dry_run},
                             places, progress, problems_);
        ended_ = true;
        wake();
      });
      while (!ended_) turn(progress);
    }
    return finish();
  }

  /// A callback still waits for somebody to read its pipe. Destroying this would wait for it.
  [[nodiscard]] bool stuck() const { return stuck_; }

 private:
  void wake() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
  }

  void subscribe() {
    if (options_.progress != "quiet") {
      tally_subscription_ = bus_.subscribe(
          tally_, {.interval = frame_interval, .run_on = RunOn::caller, .name = "display"});
    }
    if (events_) {
      events_subscription_ = bus_.subscribe(
          std::static_pointer_cast<Subscriber>(events_),
          {.interval = frame_interval, .run_on = RunOn::own_thread, .name = "events"});
    }
  }

  // One turn of the event loop: waits for a frame to be due, an update, a message or a signal.
  void turn(Progress& progress) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_frame_ - Clock::now());
    std::array<pollfd, 4> items = {pollfd{signals_.fd(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0},
                                   pollfd{tally_subscription_.wake_handle(), POLLIN, 0},
                                   pollfd{output_.wait_fd(), POLLOUT, 0}};
    ::poll(items.data(), items.size(), static_cast<int>(std::max<std::int64_t>(0, left.count())));
    std::uint64_t count = 0;
    (void)!::read(wake_.get(), &count, sizeof count);

    hear_signals(progress);
    output_.pump();
    tally_subscription_.poll();
    show_messages();
    const auto now = Clock::now();
    if (now < next_frame_) return;
    next_frame_ = now + frame_interval;
    tally_.sample(now);
    view_->tick(tally_, now, note(progress));
  }

  void hear_signals(Progress& progress) {
    while (const int signal = signals_.take()) {
      if (signal == SIGTSTP) {
        suspend();
      } else if (std::exchange(signal_, signal) == 0) {
        progress.cancel();
      } else {
        // Asked twice: at once. The next run removes what stays behind.
        view_->restore();
        output_.pump();
        ::_exit(128 + signal);
      }
    }
  }

  void suspend() {
    view_->restore();
    output_.pump();
    ::kill(::getpid(), SIGSTOP);  // and here we are again after `fg`
  }

  // How long the end may wait for somebody to read. Without a signal: until there is one.
  [[nodiscard]] std::chrono::milliseconds patience() const { return signal_ != 0 ? 1s : 24h; }

  void drain(Output& output) {
    while (!output.idle()) {
      output.drain(patience(), signals_.fd());
      const int signal = signals_.take();
      if (signal == SIGTSTP) {
        suspend();
      } else if (signal != 0) {
        signal_ = signal;
        return;
      } else {
        return;
      }
    }
  }

  void show_messages() {
    for (const Message& message : problems_.take()) view_->message(message.text, message.is_error);
  }

  // Notes are no progress, so they come by snapshot and not as updates.
  [[nodiscard]] std::string note(const Progress& progress) const {
    if (options_.progress == "quiet") return {};
    const auto sessions = bus_.snapshot({.session = progress.noted_session()});
    return sessions.empty() ? std::string{} : sessions.front().note;
  }

  int finish() {
    deliver_last_words();
    if (events_) finish_events();
    show_messages();

    const auto now = Clock::now();
    const Statistics statistics = bus_.statistics();
    const Summary summary{.items = result_.applied.items,
                          .bytes = result_.applied.bytes,
                          .seconds = std::chrono::duration<double>(now - start_).count(),
                          .errors = problems_.errors(),
                          .outcome = signal_ != 0              ? Outcome::canceled
                                     : problems_.errors() != 0 ? Outcome::failed
                                                               : Outcome::completed,
                          .dry_run = options_.dry_run,
                          .reports = statistics.reports,
                          .updates = statistics.updates,
                          .longest_delay = statistics.longest_delay};
    tally_.sample(now);
    view_->finish(tally_, now, summary);
    drain(output_);
    const bool printed = print_lines();
    if (signal_ != 0) return 128 + signal_;
    return problems_.errors() != 0 || !printed ? 1 : 0;
  }

  // Everything was reported and closed; now it has to arrive. Events may go to a pipe that nobody reads.
  void deliver_last_words() {
    const auto deadline = Clock::now() + patience();
    while (bus_.flush(200ms) != FlushResult::ok && Clock::now() < deadline) {
      tally_subscription_.poll();
      if (const int signal = signals_.take(); signal != 0 && signal != SIGTSTP) {
        signal_ = signal;
        break;
      }
    }
    while (tally_subscription_.poll() > 0) {
    }
  }

  void finish_events() {
    // A log that is stuck is let go: it is shared, so it outlives us until the process ends.
    const StopReport stopped = bus_.stop(patience());
    const int error = stopped.stuck.empty() ? events_->finish() : 0;
    if (error != 0) problems_.failed("write events to", options_.events, error);
    if (!stopped.complete)
      problems_.failed("events are missing in " + quoted(options_.events, utf8_));
    stuck_ = !stopped.stuck.empty();
  }

  // What a dry run has found; false if it did not get through.
  bool print_lines() {
    Output out(STDOUT_FILENO);
    std::string block;
    for (const std::string& line : result_.lines) {
      block.append(line).append("\n");
      if (block.size() < 65536 && &line != &result_.lines.back()) continue;
      out.write(std::exchange(block, {}));
      drain(out);
      if (!out.idle()) break;
    }
    if (out.error() != 0) {
      view_->message(
          "cannot write to standard output: " + std::generic_category().message(out.error()), true);
      drain(output_);
    }
    return out.idle() && out.error() == 0;
  }

  const SyncOptions& options_;
  Signals& signals_;
  bool utf8_;
  Clock::time_point start_ = Clock::now();
  Output output_;
  std::unique_ptr<View> view_;
  Fd wake_;
  Problems problems_;
  EngineResult result_;
  std::atomic<bool> ended_{false};
  int signal_ = 0;
  bool stuck_ = false;
  Clock::time_point next_frame_{};
  std::shared_ptr<EventLog> events_;
  Tally tally_;
  /// `headway top` in another terminal sees the run too.
  headway::Bus bus_{{.board = headway::BoardUse::if_possible, .board_name = "headway sync"}};
  Subscription events_subscription_;
  Subscription tally_subscription_;
};

}  // namespace

int run_sync(const SyncOptions& options) {
  Signals signals;
  SyncRun run(options, signals);
  const int status = run.run();
  if (run.stuck()) ::_exit(status);
  return status;
}

}  // namespace headway::tools
