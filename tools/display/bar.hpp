// SPDX-License-Identifier: MIT
//
// Bars, spinners and levels: pictures of one fraction.
#pragma once

#include <cstddef>
#include <string>

namespace headway::tools {

/// `done` in front of `rest`, together as wide as was asked for. They are apart for the colours.
struct Bar {
  std::string done;
  std::string rest;
};

/// In steps of an eighth of a column, or of a whole one in ASCII. Full only at fraction 1.
Bar bar(double fraction, std::size_t columns, bool unicode);

/// For an unknown total: a block that wanders to and fro. `before` and `after` are the empty track.
struct Wanderer {
  std::string before;
  std::string block;
  std::string after;
};
Wanderer wanderer(std::size_t step, std::size_t columns, bool unicode);

/// One column that turns.
std::string spinner(std::size_t step, bool unicode);

/// One column that fills up: for terminals too narrow for anything else.
std::string level(double fraction, bool unicode);

}  // namespace headway::tools
