// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

namespace headway::tools {

/// Adds the subcommand. Parsing it sets `chosen` to what it does, which returns the exit status.
void add_export(CLI::App& app, std::function<int()>& chosen);

}  // namespace headway::tools
