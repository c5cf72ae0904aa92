// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>

#include "sync/signals.hpp"

namespace headway::tools {

/// The next signal that ends the command, or 0. SIGTSTP only stops it, here, until it is to go on.
inline int take_ending(Signals& signals) {
  int signal = signals.take();
  while (signal == SIGTSTP) {
    ::kill(::getpid(), SIGSTOP);
    signal = signals.take();
  }
  return signal;
}

}  // namespace headway::tools
