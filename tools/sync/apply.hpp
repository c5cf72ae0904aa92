// SPDX-License-Identifier: MIT
//
// Apply: the application stage. Carries out a plan: makes the directories, lets a pool of workers copy
// files into them, and gives the directories their attributes last.
#pragma once

#include <cstdint>
#include <string>

#include "sync/plan.hpp"
#include "sync/problems.hpp"
#include "sync/progress.hpp"
#include "sync/tree.hpp"

namespace headway::tools {

struct Job {
  const Tree& source;
  const Tree& destination;
  const Plan& plan;
  int source_root;
  int destination_root;
  /// For messages.
  std::string shown_source;
  std::string shown_destination;
  unsigned workers;
  /// Bytes that are copied at once.
  std::uint64_t block;
  bool owners;
};

struct Applied {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
};

/// Returns when all is done, when the run is canceled, or when the destination is full.
Applied apply(const Job& job, Progress& progress, Problems& problems);

}  // namespace headway::tools
