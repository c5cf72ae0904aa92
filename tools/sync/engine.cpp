// SPDX-License-Identifier: MIT
#include "sync/engine.hpp"

#include <unistd.h>

#include <exception>
#include <future>
#include <string>

#include "sync/plan.hpp"
#include "sync/scan.hpp"

namespace headway::tools {

namespace {

EngineResult run_stages(const EngineOptions& options, const Places& places, Progress& progress,
                        Problems& problems) {
  EngineResult result;
  // Both sides at once: they may be different disks.
  auto other_side = std::async(std::launch::async, [&] {
    if (!places.destination) return Tree{};
    return scan(places.destination.get(), options.destination, Role::destination, progress,
                problems);
  });
  const Tree source = scan(places.source.get(), options.source, Role::source, progress, problems);
  const Tree destination = other_side.get();
  if (progress.canceled()) return result;

  const bool owners = ::geteuid() == 0;
  const Plan plan = make_plan(source, destination, owners, progress, problems, options.source,
                              options.destination);
  if (progress.canceled()) return result;
  if (options.dry_run) {
    result.lines = describe(plan, source, destination, problems.utf8());
    return result;
  }
  const Job job{.source = source,
                .destination = destination,
                .plan = plan,
                .source_root = places.source.get(),
                .destination_root = places.destination.get(),
                .shown_source = options.source,
                .shown_destination = options.destination,
                .workers = options.jobs,
                .block = options.block,
                .owners = owners};
  result.applied = apply(job, progress, problems);
  return result;
}

}  // namespace

EngineResult run_engine(const EngineOptions& options, const Places& places, Progress& progress,
                        Problems& problems) noexcept {
  EngineResult result;
  try {
    result = run_stages(options, places, progress, problems);
  } catch (const std::exception& error) {
    problems.failed(std::string("the run ended early: ") + error.what());
  }
  progress.close(progress.canceled()      ? Outcome::canceled
                 : problems.errors() != 0 ? Outcome::failed
                                          : Outcome::completed);
  return result;
}

}  // namespace headway::tools
