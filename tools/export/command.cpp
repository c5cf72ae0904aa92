// SPDX-License-Identifier: MIT
#include "export/command.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "boards/boards.hpp"
#include "display/output.hpp"
#include "export/ending.hpp"
#include "export/http.hpp"
#include "export/textfile.hpp"
#include "message.hpp"

namespace headway::tools {

namespace {

using Clock = std::chrono::steady_clock;

class Source {
 public:
  explicit Source(const ExportLimits& limits) : limits_(limits) {}

  [[nodiscard]] std::string text() {
    std::vector<ServiceView> services = boards_.look();
    return prometheus_text(std::move(services), boards_.problems().size(), limits_);
  }
  /// What the last text could only count.
  void show_problems() const {
    for (const std::string& problem : boards_.problems()) say(problem);
  }

 private:
  ExportLimits limits_;
  Boards boards_;
};

int print(Source& source) {
  ::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write()
  Output out(STDOUT_FILENO);
  out.write(source.text());
  while (!out.idle()) out.drain(std::chrono::hours(24), -1);
  source.show_problems();
  if (out.error() == 0) return 0;
  say("cannot write to standard output: " + std::generic_category().message(out.error()));
  return 1;
}

/// The signal that ended the wait, or 0.
int wait_until(Clock::time_point when, Signals& signals) {
  int signal = 0;
  for (auto now = Clock::now(); signal == 0 && now < when; now = Clock::now()) {
    pollfd item{signals.fd(), POLLIN, 0};
    ::poll(&item, 1,
           static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(when - now).count()));
    signal = take_ending(signals);
  }
  return signal;
}

int keep_textfile(Source& source, const ExportOptions& options) {
  Signals signals;
  replace_file(options.textfile, source.text());
  source.show_problems();
  int signal = take_ending(signals);
  if (!options.interval) return signal == 0 ? 0 : 128 + signal;

  const auto interval = std::chrono::duration_cast<Clock::duration>(*options.interval);
  std::string error;
  while (signal == 0 && (signal = wait_until(Clock::now() + interval, signals)) == 0) {
    try {
      replace_file(options.textfile, source.text());
      error.clear();
    } catch (const std::exception& failure) {
      // The disk may be full for a while. The next time may go well; the same complaint again helps nobody.
      if (error != failure.what()) say(failure.what());
      error = failure.what();
    }
  }
  return 128 + signal;
}

}  // namespace

int run_export(const ExportOptions& options) {
  try {
    Source source(options.limits);
    if (options.listen) {
      Signals signals;
      return 128 + serve(*options.listen, signals, [&source] { return source.text(); });
    }
    return options.textfile.empty() ? print(source) : keep_textfile(source, options);
  } catch (const std::invalid_argument& refused) {
    say(refused.what());
    return 2;
  }
}

}  // namespace headway::tools
