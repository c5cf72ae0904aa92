// SPDX-License-Identifier: MIT
//
// Scan: the detection stage. Reads a whole directory tree into a Tree, and reports each entry.
#pragma once

#include <headway/vocabulary.hpp>

#include "sync/problems.hpp"
#include "sync/progress.hpp"
#include "sync/tree.hpp"

namespace headway::tools {

/// `root` is an open directory. Symbolic links are not followed. What cannot be read is reported to
/// `problems` under its path below `shown_root`. Stops early when the run is canceled.
Tree scan(int root, std::string_view shown_root, Role role, Progress& progress, Problems& problems);

}  // namespace headway::tools
