// SPDX-License-Identifier: MIT
//
// Which view a run gets: what was asked for, what stderr is, and what the environment says.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "display/output.hpp"
#include "display/view.hpp"

namespace headway::tools {

/// The locale (LC_ALL, LC_CTYPE, LANG) uses UTF-8. setlocale() must have been called.
[[nodiscard]] bool locale_is_utf8();

/// `fd` is a terminal that can move its cursor: TERM is neither empty nor "dumb".
[[nodiscard]] bool can_draw(int fd);

/// As the environment has them: the locale, NO_COLOR, TERM.
[[nodiscard]] Looks looks_of_environment();

/// `mode`: auto, tty, plain, json or quiet. auto is tty where can_draw() and plain elsewhere. tty on something that is no such terminal is plain.
[[nodiscard]] std::unique_ptr<View> choose_view(const std::string& mode, Output& output,
                                                std::chrono::nanoseconds interval);

}  // namespace headway::tools
