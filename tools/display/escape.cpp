// SPDX-License-Identifier: MIT
#include "display/escape.hpp"

#include <array>
#include <cstdint>

namespace headway::tools {

std::size_t decode_utf8(std::string_view text, char32_t& code) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) {
    code = lead;
    return 1;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  char32_t value = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return 0;
  code = value;
  return length;
}

namespace {

// C1 controls move the cursor on some terminals; separators break lines and directional marks reorder
// what follows them, so that a name could pass for another.
bool is_harmful(char32_t code) {
  return (code >= 0x80 && code <= 0x9F) || code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += "\\x";
    out += digits[byte >> 4U];
    out += digits[byte & 0xFU];
  }
}

}  // namespace

std::string escaped(std::string_view text, bool utf8) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    char32_t code = 0;
    std::size_t length = decode_utf8(text, code);
    const bool valid = length != 0;
    if (!valid) length = 1;
    const std::string_view bytes = text.substr(0, length);
    text.remove_prefix(length);
    if (valid && code == '\n') {
      out += "\\n";
    } else if (valid && code == '\t') {
      out += "\\t";
    } else if (valid && code == '\\') {
      out += "\\\\";
    } else if (!valid || code < 0x20 || code == 0x7F || is_harmful(code) ||
               (code >= 0x80 && !utf8)) {
      append_hex(out, bytes);
    } else {
      out += bytes;
    }
  }
  return out;
}

std::string quoted(std::string_view text, bool utf8) { return "'" + escaped(text, utf8) + "'"; }

}  // namespace headway::tools
