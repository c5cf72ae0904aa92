// SPDX-License-Identifier: MIT
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

#include "export/command.hpp"
#include "subcommand.hpp"

namespace headway::tools {

namespace {

constexpr const char* export_help = R"(
Shows the running services of this user as metrics: those that have a board
(BusOptions::board, or HEADWAY_BOARD in their environment). Without --textfile
and --listen it prints them once.

  - Every series has the labels service, pid and bus; the last is the name of
    the board's file, and tells apart the buses of one process.
  - Sessions have series of their own only with --sessions: each name is a new
    series in the database, for good. headway_export_sessions_cut counts those
    that did not fit.
  - FILE appears in one step, with mode 0644, and may be read by everybody; so
    may what --listen serves, by everybody on this machine. A Host that is not
    localhost, 127.0.0.1 or [::1] is refused: pages of the web cannot read it.
  - Boards that cannot be read are left out and counted in
    headway_export_problems.

Exit status: 0 all is done; 1 it could not be written, or not listened there,
and a message said why; 2 refused; 130 after SIGINT, 143 after SIGTERM.

Examples:
  headway export --prometheus
  headway export --prometheus --sessions 20 --listen 127.0.0.1:9464
  headway export --prometheus --interval 15 \
    --textfile /var/lib/prometheus/node-exporter/headway.prom
)";

/// What the command line says, before it is known to make sense.
struct Given {
  bool prometheus = false;
  std::string listen;
  double interval = 0.0;
  std::size_t sessions = 0;
  ExportOptions options;
};

void check(const CLI::App& command, Given& given) {
  const auto is_given = [&command](const char* option) { return command.count(option) != 0; };
  if (!given.prometheus)
    throw CLI::ValidationError("export", "there is no format: give --prometheus");
  if (is_given("--listen") && is_given("--textfile"))
    throw CLI::ValidationError("--listen", "does not go with --textfile: give one of them");
  if (is_given("--textfile") && given.options.textfile.empty())
    throw CLI::ValidationError("--textfile", "an empty name names no file: give one");
  if (is_given("--interval")) {
    if (!is_given("--textfile"))
      throw CLI::ValidationError("--interval", "goes with --textfile only: give that too");
    if (std::isnan(given.interval))  // which CLI11's range lets pass
      throw CLI::ValidationError("--interval", "nan is no number from 0.1 to 3600");
    given.options.interval = std::chrono::duration<double>(given.interval);
  }
  if (is_given("--sessions")) given.options.limits.sessions = given.sessions;
  if (is_given("--listen")) {
    try {
      given.options.listen = parse_address(given.listen);
    } catch (const std::invalid_argument& error) {
      throw CLI::ValidationError("--listen", error.what());
    }
  }
}

}  // namespace

Run add_export(CLI::App& app) {
  const auto given = std::make_shared<Given>();
  CLI::App* command = app.add_subcommand("export", "Show running services to Prometheus");
  command->footer(export_help);
  command->add_flag("--prometheus", given->prometheus,
                    "Prometheus's text format, version 0.0.4; the\nonly one so far, and required");
  command
      ->add_option("--listen", given->listen,
                   "Serve /metrics by HTTP at 127.0.0.1:PORT,\n[::1]:PORT or localhost:PORT; "
                   "port 0 is any that\nis free, and a message says which")
      ->type_name("ADDRESS");
  command->add_option("--textfile", given->options.textfile, "Write to this file, in one step")
      ->type_name("FILE");
  command
      ->add_option("--interval", given->interval,
                   "Write the file again every so many seconds,\n0.1 to 3600, until a signal comes")
      ->type_name("S")
      ->check(CLI::Range(0.1, 3600.0).description(""));
  command
      ->add_option("--sessions", given->sessions,
                   "Give sessions series of their own, but no more\nthan N of them, 1 to 10000; "
                   "without N, 100")
      ->type_name("[N]")
      ->expected(0, 1)
      ->default_str("100")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}).description(""));
  command->final_callback([command, given] { check(*command, *given); });
  return [given] { return run_export(given->options); };
}

}  // namespace headway::tools
