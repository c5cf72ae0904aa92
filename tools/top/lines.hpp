// SPDX-License-Identifier: MIT
//
// `headway top` for programs and pipes: one look as plain text, or looks as lines of JSON.
#pragma once

#include "top/command.hpp"

namespace headway::tools {

int run_as_lines(const TopOptions& options);

}  // namespace headway::tools
