// SPDX-License-Identifier: MIT
//
// A subcommand brings its options and help text to the command line itself; main() only picks the one that was
// asked for.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace headway::tools {

/// Runs the subcommand with what the command line said, and returns the exit status.
using Run = std::function<int()>;

/// Each adds itself to `app`, and checks by its end what CLI11 cannot. Call the result once the line is parsed.
Run add_export(CLI::App& app);
Run add_sync(CLI::App& app);
Run add_top(CLI::App& app);

}  // namespace headway::tools
