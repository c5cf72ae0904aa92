// SPDX-License-Identifier: MIT
#include "display/choose.hpp"

#include <langinfo.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace headway::tools {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : value;
}

}  // namespace

bool locale_is_utf8() { return std::string_view(::nl_langinfo(CODESET)) == "UTF-8"; }

bool can_draw(int fd) {
  const std::string_view term = environment("TERM");
  return ::isatty(fd) == 1 && !term.empty() && term != "dumb";
}

Looks looks_of_environment() {
  // The console of the kernel shows unknown sequences as text.
  return {.unicode = locale_is_utf8(),
          .color = environment("NO_COLOR").empty(),
          .taskbar = environment("TERM") != "linux"};
}

std::unique_ptr<View> choose_view(const std::string& mode, Output& output,
                                  std::chrono::nanoseconds interval) {
  if (mode == "quiet") return make_quiet_view(output);
  if (mode == "json") return make_json_view(output, interval);
  if (mode == "plain" || !can_draw(output.fd())) return make_plain_view(output, interval);
  return make_terminal_view(output, looks_of_environment());
}

}  // namespace headway::tools
