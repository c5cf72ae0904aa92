// SPDX-License-Identifier: MIT
//
// prometheus_text: what the boards show, as metrics. README.md lists them.
//
// Each series of a service has the labels service (its name), pid and bus (the board's file). The last tells apart
// the buses of one process; names may be anything and need not differ.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "boards/service.hpp"

namespace headway::tools {

/// What keeps the number of series within bounds. What is cut is counted among the metrics.
struct ExportLimits {
  std::size_t services = 500;
  /// Sessions that get series of their own, over all services; none at all unless asked for.
  std::optional<std::size_t> sessions;
};

/// Ends with a line feed and is the same for the same services, in whatever order they come. `problems`: boards
/// that could not be read. Services that have died are left out.
std::string prometheus_text(std::vector<ServiceView> services, std::size_t problems,
                            const ExportLimits& limits = {});

}  // namespace headway::tools
