// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <string>

namespace headway::tools {

/// A line for the user, on standard error.
inline void say(const std::string& text) { std::fprintf(stderr, "headway: %s\n", text.c_str()); }

}  // namespace headway::tools
