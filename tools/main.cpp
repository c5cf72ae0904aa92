// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include <CLI/CLI.hpp>
#include <headway/version.hpp>

#include "display/choose.hpp"
#include "display/escape.hpp"
#include "subcommand.hpp"

namespace {

using namespace headway::tools;

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
  const std::map<std::string, Run> commands = {
      {"export", add_export(app)}, {"sync", add_sync(app)}, {"top", add_top(app)}};

  const std::string command = argc > 1 ? argv[1] : "";
  const bool known = commands.contains(command);
  try {
    if (!command.starts_with('-') && !known) {
      std::string names;
      for (const auto& [name, run] : commands) names += (names.empty() ? "" : " or ") + name;
      throw CLI::ParseError(command.empty()
                                ? "no subcommand: give " + names
                                : "there is no subcommand '" + command + "': give " + names,
                            CLI::ExitCodes::RequiredError);
    }
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::fprintf(stderr, "headway: %s\nTry 'headway %s--help'.\n",
                 escaped(error.what(), locale_is_utf8()).c_str(),
                 known ? (command + " ").c_str() : "");
    return 2;
  }
  return commands.at(app.get_subcommands().front()->get_name())();
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
