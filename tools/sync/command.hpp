// SPDX-License-Identifier: MIT
//
// `headway sync`: puts the parts together. The engine works on threads of its own and reports to the bus;
// this thread is the event loop that shows what the bus delivers, and hears signals.
#pragma once

#include <cstdint>
#include <string>

#include "sync/copy.hpp"

namespace headway::tools {

struct SyncOptions {
  std::string source;
  std::string destination;
  unsigned jobs = 4;
  bool dry_run = false;
  /// auto, tty, plain, json, quiet.
  std::string progress = "auto";
  /// A file, "-" for standard output, empty for none.
  std::string events;
  /// Seconds between lines of plain and json.
  double interval = 1.0;
  /// Bytes that are copied at once, and then reported.
  std::uint64_t block = default_block;
  /// Nothing is reported, the rest is the same: what reporting costs is the difference.
  bool silent = false;
};

/// Exit status: 0 all is done, 1 something is missing (and reported), 2 refused, 128 + n after signal n.
int run_sync(const SyncOptions& options);

}  // namespace headway::tools
