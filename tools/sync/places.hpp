// SPDX-License-Identifier: MIT
//
// Places: the two directories of a run, opened and checked before anything is touched.
#pragma once

#include <stdexcept>
#include <string>

#include "fd.hpp"

namespace headway::tools {

/// What was asked for cannot be done as it stands; the text says what would be right. Exit status 2.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Places {
  Fd source;
  /// Empty in a dry run whose destination does not exist.
  Fd destination;
};

/// Opens both. Creates the destination if it is missing, unless it is a dry run, and locks it against
/// another run. Throws Refused.
Places open_places(const std::string& source, const std::string& destination, bool dry_run,
                   bool utf8);

}  // namespace headway::tools
