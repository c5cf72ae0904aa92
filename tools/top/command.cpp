// SPDX-License-Identifier: MIT
#include "top/command.hpp"

#include <unistd.h>

#include "display/choose.hpp"
#include "top/lines.hpp"
#include "top/live.hpp"

namespace headway::tools {

int run_top(const TopOptions& options) {
  const bool on_screen = !options.once && !options.json && can_draw(STDOUT_FILENO);
  return on_screen ? run_on_screen(options) : run_as_lines(options);
}

}  // namespace headway::tools
