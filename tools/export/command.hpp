// SPDX-License-Identifier: MIT
//
// `headway export`: what the boards show, for programs that watch services. The text is made in prometheus.cpp; here
// it goes where it is wanted: to standard output, to a file, or to whoever asks by HTTP.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "export/address.hpp"
#include "export/prometheus.hpp"

namespace headway::tools {

struct ExportOptions {
  ExportLimits limits;
  std::optional<Address> listen;
  /// Empty for none.
  std::string textfile;
  /// Between two versions of the text file; without it one is all.
  std::optional<std::chrono::duration<double>> interval;
};

/// Exit status: 0 all is done, 1 it could not be written or listened for (and a message said why), 2 refused,
/// 128 + n after signal n.
int run_export(const ExportOptions& options);

}  // namespace headway::tools
