// SPDX-License-Identifier: MIT
//
// The screen of `headway top`: an event loop around looks, keys and signals.
#pragma once

#include "top/command.hpp"

namespace headway::tools {

/// Standard output is a terminal that can be drawn on.
int run_on_screen(const TopOptions& options);

}  // namespace headway::tools
