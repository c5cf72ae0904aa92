// SPDX-License-Identifier: MIT
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "subcommand.hpp"
#include "top/command.hpp"

namespace headway::tools {

namespace {

constexpr const char* top_help = R"(
A row a session: its latest stage with bar, percent, what is done, rate, time
left and note; Enter shows all of one. ? has the keys, q quits.

A service is seen if it runs as the same user and has a board: it was started
with HEADWAY_BOARD=1 in its environment, or made its bus with BusOptions::board.
Boards are files in /dev/shm, or in the folder that HEADWAY_BOARD_FOLDER names.

  - Where standard output is no terminal, or one that cannot be drawn on
    (TERM=dumb), and --json was not given, it is as with --once.
  - One look knows neither recent rates nor what is stalled: with --once rates
    are means since the session was opened. With --once --interval S it looks
    twice, S seconds apart, and prints what the second look finds.
  - JSON lines have all that the boards say, in exact integers, and unlike a row
    all six keys of a session.
  - NO_COLOR takes away the colours; a locale without UTF-8 gets ASCII.

Exit status: 0; 1 with --once, no service is there that was asked for by NAME or
PID, or the output cannot be written; 2 wrong usage; 130 after SIGINT, 143 after
SIGTERM, 141 when the reader of a pipe has gone.

Examples:
  headway top photo-sync --sort rate
  headway top --once 4711
  headway top --json | jq '.services[].sessions[] | [.name, .values]'
)";

void check(const TopOptions& options, bool has_order) {
  if (options.interval && std::isnan(*options.interval)) {  // which CLI11's range lets pass
    throw CLI::ValidationError("--interval", "nan is no number from 0.1 to 3600");
  }
  if (options.json && has_order) {
    throw CLI::ValidationError(
        "--json",
        "it has all sessions, in the order of their opening: give no --sort, --invert or --filter");
  }
}

}  // namespace

Run add_top(CLI::App& app) {
  const auto options = std::make_shared<TopOptions>();
  CLI::App* top = app.add_subcommand("top", "Watch the sessions of running services");
  top->footer(top_help);
  top->add_option("NAME", options->wanted,
                  "Only services with this in their name, or\nwith this process id")
      ->type_name("");
  top->add_flag("-1,--once", options->once, "Print one look and exit");
  top->add_flag("--json", options->json, "Print JSON, a line a look");
  top->add_option(
         "--interval", options->interval,
         "Seconds between looks, 0.1 to 3600 (default:\n0.1, for --json 1, for --once none)")
      ->type_name("S")
      ->check(CLI::Range(0.1, 3600.0).description(""));
  CLI::Option* sort =
      top->add_option("--sort", options->sort,
                      "age, service, session, progress, rate or\neta; < and > change it")
          ->type_name("BY")
          ->check(CLI::IsMember(std::vector<std::string>(sort_names.begin(), sort_names.end()))
                      .description(""))
          ->capture_default_str();
  CLI::Option* invert = top->add_flag("--invert", options->invert, "Sort the other way round");
  CLI::Option* filter =
      top->add_option("--filter", options->filter,
                      "Only sessions with this in their name, note\nor service; / changes it")
          ->type_name("TEXT");
  top->final_callback(
      [=] { check(*options, sort->count() + invert->count() + filter->count() > 0); });
  return [options] { return run_top(*options); };
}

}  // namespace headway::tools
