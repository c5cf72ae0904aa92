// SPDX-License-Identifier: MIT
//
// Engine: the three stages of a run, one after the other. It knows nothing of displays: it reports to
// the bus, and its troubles to `problems`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/apply.hpp"
#include "sync/copy.hpp"
#include "sync/places.hpp"
#include "sync/problems.hpp"
#include "sync/progress.hpp"

namespace headway::tools {

struct EngineOptions {
  std::string source;
  std::string destination;
  unsigned jobs = 1;
  std::uint64_t block = default_block;
  bool dry_run = false;
};

struct EngineResult {
  Applied applied;
  /// Dry run: what would be done.
  std::vector<std::string> lines;
};

/// Returns when all is done or the run is canceled; then the sessions are closed. Throws nothing: what
/// goes wrong is in `problems`.
EngineResult run_engine(const EngineOptions& options, const Places& places, Progress& progress,
                        Problems& problems) noexcept;

}  // namespace headway::tools
