// SPDX-License-Identifier: MIT
//
// `headway top`: shows the sessions of running services, by their boards.
#pragma once

#include <optional>
#include <string>

#include "top/order.hpp"

namespace headway::tools {

struct TopOptions {
  /// A part of the services' names, or a process id; empty: all.
  std::string wanted;
  /// One look, and the end.
  bool once = false;
  bool json = false;
  /// Seconds between looks; nullopt: 0.1 on a screen, 1 for JSON.
  std::optional<double> interval;
  /// One of sort_names.
  std::string sort = sort_names.front();
  bool invert = false;
  std::string filter;
};

/// Exit status: 0 all went well; 1 with `once`, nothing is there of what was wanted, or it could not be written;
/// 128 + n after signal n.
int run_top(const TopOptions& options);

}  // namespace headway::tools
