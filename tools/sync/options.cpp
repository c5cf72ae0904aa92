// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>

#include "subcommand.hpp"
#include "sync/command.hpp"

namespace headway::tools {

namespace {

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

void check(const SyncOptions& options) {
  if (std::isnan(options.interval)) {  // which CLI11's range lets pass
    throw CLI::ValidationError("--interval", "nan is no number from 0.1 to 3600");
  }
  if (options.dry_run && options.events == "-") {
    throw CLI::ValidationError("--events",
                               "- is standard output, where --dry-run prints: give a file");
  }
}

}  // namespace

Run add_sync(CLI::App& app) {
  const auto options = std::make_shared<SyncOptions>();
  options->jobs = std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
  CLI::App* sync =
      app.add_subcommand("sync", "Make one directory tree like another, and show the progress");
  sync->footer(sync_help);
  sync->add_option("SRC", options->source, "Directory to copy from")->required()->type_name("");
  sync->add_option("DST", options->destination, "Directory to copy to; created if missing")
      ->required()
      ->type_name("");
  sync->add_option("-j,--jobs", options->jobs, "Threads that copy, 1 to 64")
      ->type_name("N")
      ->check(CLI::Range(1U, 64U).description(""))
      ->capture_default_str();
  sync->add_flag("-n,--dry-run", options->dry_run, "Only print what would be done");
  sync->add_option("--progress", options->progress,
                   "auto, tty (bars), plain (lines), json (JSON\nlines) or quiet (errors only)")
      ->type_name("HOW")
      ->check(CLI::IsMember({"auto", "tty", "plain", "json", "quiet"}).description(""))
      ->capture_default_str();
  sync->add_option("--interval", options->interval,
                   "Seconds between lines of plain and json,\n0.1 to 3600")
      ->type_name("S")
      ->check(CLI::Range(0.1, 3600.0).description(""))
      ->capture_default_str();
  sync->add_option(
          "--events", options->events,
          "Write every update the bus delivers to this\nfile, as JSON lines; - is standard output")
      ->type_name("FILE");
  // For measurements (bench/real_job.py), and in no help text: group("").
  sync->add_option("--block", options->block, "Bytes that are copied, and reported, at once")
      ->check(CLI::Range(std::uint64_t{4096}, default_block))
      ->group("");
  sync->add_flag("--silent", options->silent, "Do the same work and report nothing")->group("");
  sync->final_callback([options] { check(*options); });
  return [options] { return run_sync(*options); };
}

}  // namespace headway::tools
