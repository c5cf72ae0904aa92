// SPDX-License-Identifier: MIT
#include "display/text.hpp"

#include <wchar.h>

#include <algorithm>
#include <vector>

#include "display/escape.hpp"

namespace headway::tools {

namespace {

struct Glyph {
  std::string_view bytes;
  std::size_t columns;
};

std::vector<Glyph> glyphs_of(std::string_view text) {
  std::vector<Glyph> glyphs;
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = std::max<std::size_t>(1, decode_utf8(text, code));
    // In the C locale wcwidth() knows ASCII only; one column is the best guess then.
    const int width = code < 0x80 ? 1 : ::wcwidth(static_cast<wchar_t>(code));
    glyphs.push_back({text.substr(0, length), width < 0 ? 1U : static_cast<std::size_t>(width)});
    text.remove_prefix(length);
  }
  return glyphs;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const Glyph& glyph : glyphs_of(text)) columns += glyph.columns;
  return columns;
}

std::string shortened(std::string_view text, std::size_t columns, std::string_view ellipsis) {
  const std::vector<Glyph> glyphs = glyphs_of(text);
  std::size_t width = 0;
  for (const Glyph& glyph : glyphs) width += glyph.columns;
  if (width <= columns) return std::string(text);
  if (columns == 0) return {};
  // The end of a path says more than its start: it gets two thirds.
  const std::size_t head_room = (columns - 1) / 3;
  const std::size_t tail_room = columns - 1 - head_room;
  std::string head;
  std::size_t used = 0;
  for (const Glyph& glyph : glyphs) {
    if (used + glyph.columns > head_room) break;
    used += glyph.columns;
    head += glyph.bytes;
  }
  std::string_view tail;
  used = 0;
  for (auto glyph = glyphs.rbegin(); glyph != glyphs.rend(); ++glyph) {
    if (used + glyph->columns > tail_room) break;
    used += glyph->columns;
    tail = text.substr(static_cast<std::size_t>(glyph->bytes.data() - text.data()));
  }
  return head.append(ellipsis).append(tail);
}

std::string padded_right(std::string_view text, std::size_t columns) {
  const std::size_t width = columns_of(text);
  return std::string(text).append(width < columns ? columns - width : 0, ' ');
}

std::string padded_left(std::string_view text, std::size_t columns) {
  const std::size_t width = columns_of(text);
  return std::string(width < columns ? columns - width : 0, ' ').append(text);
}

}  // namespace headway::tools
