// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <headway/version.hpp>

#include "display/choose.hpp"
#include "display/escape.hpp"
#include "export/options.hpp"
#include "sync/command.hpp"

namespace {

using namespace headway::tools;

constexpr const char* sync_help = R"(
Makes DST like SRC: files, directories and symbolic links that are new or differ
in size or modification time (to the nanosecond) are copied, with permissions,
times and holes and, as root, owner and group.

  - Nothing else in DST is deleted. A file or link in the way of a directory is
    replaced, and so is an empty directory in the way of a file or link.
  - New content grows under a temporary name (.headway-*.tmp) and is renamed
    into place, so a run that is killed leaves no half file. The next run
    removes what stayed behind.
  - FIFOs, sockets and devices are left out, with a note. Hard links become
    files of their own. Extended attributes and ACLs are not copied. Data is not
    forced to the disk (no fsync).
  - A link given as SRC or DST is followed, links inside of them are not.

Progress goes to standard error. Two sessions of the bus carry it: "sync: items"
counts entries, "sync: bytes" their data. A row of the display shows both.

Exit status: 0 all is done; 1 something is missing, and a message said what;
2 refused, and nothing was touched; 130 after SIGINT, 143 after SIGTERM.

Examples:
  headway sync photos /mnt/backup/photos
  headway sync --dry-run src dst
  headway sync --progress=json --events run.jsonl src dst 2> progress.jsonl
  headway sync --jobs 1 --progress=quiet -- -odd-name dst
)";

// A descriptor that is closed would be given to the next file that is opened, and messages would end up
// in somebody's data.
void occupy_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) (void)!::open("/dev/null", O_RDWR);
  }
}

int run(int argc, char** argv) {
  CLI::App app("Headway: progress, carried by a bus.", "headway");
  app.set_version_flag("--version", std::string("headway " HEADWAY_VERSION));
  app.require_subcommand(1);

  SyncOptions options;
  options.jobs = std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
  CLI::App* sync =
      app.add_subcommand("sync", "Make one directory tree like another, and show the progress");
  sync->footer(sync_help);
  sync->add_option("SRC", options.source, "Directory to copy from")->required()->type_name("");
  sync->add_option("DST", options.destination, "Directory to copy to; created if missing")
      ->required()
      ->type_name("");
  sync->add_option("-j,--jobs", options.jobs, "Threads that copy, 1 to 64")
      ->type_name("N")
      ->check(CLI::Range(1U, 64U).description(""))
      ->capture_default_str();
  sync->add_flag("-n,--dry-run", options.dry_run, "Only print what would be done");
  sync->add_option("--progress", options.progress,
                   "auto, tty (bars), plain (lines), json (JSON\nlines) or quiet (errors only)")
      ->type_name("HOW")
      ->check(CLI::IsMember({"auto", "tty", "plain", "json", "quiet"}).description(""))
      ->capture_default_str();
  sync->add_option("--interval", options.interval,
                   "Seconds between lines of plain and json,\n0.1 to 3600")
      ->type_name("S")
      ->check(CLI::Range(0.1, 3600.0).description(""))
      ->capture_default_str();
  sync->add_option(
          "--events", options.events,
          "Write every update the bus delivers to this\nfile, as JSON lines; - is standard output")
      ->type_name("FILE");
  // For measurements (bench/real_job.py), and in no help text: group("").
  sync->add_option("--block", options.block, "Bytes that are copied, and reported, at once")
      ->check(CLI::Range(std::uint64_t{4096}, default_block))
      ->group("");
  sync->add_flag("--silent", options.silent, "Do the same work and report nothing")->group("");
  std::function<int()> chosen = [&options] { return run_sync(options); };
  add_export(app, chosen);
  const std::string command = argc > 1 ? argv[1] : "";
  try {
    if (!command.starts_with('-') && command != "sync" && command != "export") {
      throw CLI::ParseError(command.empty()
                                ? "no subcommand: give sync or export"
                                : "there is no subcommand '" + command + "': give sync or export",
                            CLI::ExitCodes::RequiredError);
    }
    app.parse(argc, argv);
    if (std::isnan(options.interval)) {  // which CLI11's range lets pass
      throw CLI::ValidationError("--interval", "nan is no number from 0.1 to 3600");
    }
    if (options.dry_run && options.events == "-") {
      throw CLI::ValidationError("--events",
                                 "- is standard output, where --dry-run prints: give a file");
    }
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::fprintf(stderr, "headway: %s\nTry 'headway %s --help'.\n",
                 escaped(error.what(), locale_is_utf8()).c_str(),
                 command == "export" ? "export" : "sync");
    return 2;
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_descriptors();
  std::setlocale(LC_CTYPE, "");
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "headway: %s\n", error.what());
    return 1;
  }
}
