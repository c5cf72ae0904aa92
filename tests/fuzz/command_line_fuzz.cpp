// SPDX-License-Identifier: MIT
//
// The command line of `headway`: main() itself, with functions behind it that only look at what they are given. What
// is accepted keeps the promises of --help; what is refused says why, in harmless text, and exits with 2.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "export/command.hpp"
#include "sync/command.hpp"
#include "tests/fuzz/harmless.hpp"
#include "tests/fuzz/input.hpp"
#include "top/command.hpp"

/// tools/main.cpp, compiled with main under this name.
int headway_main(int argc, char** argv);

namespace {

using headway::fuzz::Input;

/// What was run: its options have been checked.
bool accepted = false;

/// What is written to a descriptor while this lives.
class Capture {
 public:
  explicit Capture(int fd) : fd_(fd), kept_(::dup(fd)), file_(::memfd_create("output", 0)) {
    HOLDS(kept_ >= 0 && file_ >= 0 && ::dup2(file_, fd_) == fd_);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() {
    ::dup2(kept_, fd_);
    ::close(kept_);
    ::close(file_);
  }
  [[nodiscard]] std::string text() const {
    std::string text(static_cast<std::size_t>(::lseek(file_, 0, SEEK_END)), '\0');
    HOLDS(::pread(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return text;
  }

 private:
  int fd_;
  int kept_;
  int file_;
};

void check_options(const headway::tools::SyncOptions& options) {
  constexpr std::array<std::string_view, 5> ways = {"auto", "tty", "plain", "json", "quiet"};
  HOLDS(options.jobs >= 1 && options.jobs <= 64);
  HOLDS(options.interval >= 0.1 && options.interval <= 3600.0);
  HOLDS(std::find(ways.begin(), ways.end(), options.progress) != ways.end());
  HOLDS(!(options.dry_run && options.events == "-"));
}

void check_options(const headway::tools::TopOptions& options) {
  HOLDS(!options.interval || (*options.interval >= 0.1 && *options.interval <= 3600.0));
  HOLDS(headway::tools::sort_by(options.sort).has_value());
  HOLDS(!(options.once && options.interval));
}

void check_options(const headway::tools::ExportOptions& options) {
  HOLDS(!options.listen || options.textfile.empty());
  HOLDS(!options.listen || options.listen->host.starts_with("127.") ||
        options.listen->host.starts_with('['));
  HOLDS(!options.interval || !options.textfile.empty());
  HOLDS(!options.interval ||
        (options.interval->count() >= 0.1 && options.interval->count() <= 3600.0));
  HOLDS(!options.limits.sessions ||
        (*options.limits.sessions >= 1 && *options.limits.sessions <= 10'000));
}

}  // namespace

namespace headway::tools {

int run_sync(const SyncOptions& options) {
  accepted = true;
  check_options(options);
  return 0;
}

int run_top(const TopOptions& options) {
  accepted = true;
  check_options(options);
  return 0;
}

int run_export(const ExportOptions& options) {
  accepted = true;
  check_options(options);
  return 0;
}

}  // namespace headway::tools

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // An argument a line, as the seeds have them; NUL ends one in any case.
  std::vector<std::string> arguments = {"headway"};
  arguments.emplace_back();
  for (const char c : Input(data, size).all()) {
    if (c == '\n' || c == '\0') {
      arguments.emplace_back();
    } else {
      arguments.back() += c;
    }
  }
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  accepted = false;
  int status = 0;
  std::string out;
  std::string err;
  {
    const Capture standard_output(STDOUT_FILENO);
    const Capture standard_error(STDERR_FILENO);
    status = headway_main(static_cast<int>(arguments.size()), argv.data());
    std::fflush(stdout);
    out = standard_output.text();
    err = standard_error.text();
  }
  HOLDS(headway::fuzz::is_harmless(out, true, "\n"));
  HOLDS(headway::fuzz::is_harmless(err, true, "\n"));
  if (accepted) {
    HOLDS(status == 0 && out.empty() && err.empty());
  } else if (status == 0) {
    HOLDS(!out.empty() && err.empty());  // --help, --version
  } else {
    HOLDS(status == 2 && out.empty());
    HOLDS(err.starts_with("headway: ") && err.ends_with("--help'.\n"));
  }
  return 0;
}
