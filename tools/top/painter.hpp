// SPDX-License-Identifier: MIT
//
// Painter: one line of the screen, from left to right, with colours where they are wanted. It ends at the right edge,
// whatever is added.
#pragma once

#include <cstddef>
#include <string_view>

#include "display/layout.hpp"
#include "display/view.hpp"

namespace headway::tools {

/// What is set in an ESC [ ... m.
namespace style {
inline constexpr std::string_view none;
inline constexpr std::string_view bold = "1";
inline constexpr std::string_view dim = "2";
inline constexpr std::string_view reverse = "7";
inline constexpr std::string_view red = "31";
inline constexpr std::string_view green = "32";
inline constexpr std::string_view yellow = "33";
inline constexpr std::string_view cyan = "36";
}  // namespace style

class Painter {
 public:
  Painter(Looks looks, std::size_t columns) : looks_(looks), columns_(columns) {}

  /// `text` is harmless, as escaped() makes it. What is too long for the room that is left loses its middle.
  Painter& add(std::string_view text, std::string_view style = style::none);
  Painter& blanks(std::size_t count);
  /// Blanks up to a column; none if the line is that long already.
  Painter& up_to(std::size_t column);

  [[nodiscard]] std::size_t room() const { return columns_ - line_.columns; }
  [[nodiscard]] Looks looks() const { return looks_; }
  [[nodiscard]] const Line& line() const { return line_; }

 private:
  Looks looks_;
  std::size_t columns_;
  Line line_;
};

/// One column that stands for what was left out.
[[nodiscard]] std::string_view ellipsis(Looks looks);

}  // namespace headway::tools
