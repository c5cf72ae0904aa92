// SPDX-License-Identifier: MIT
//
// What a terminal may be given, checked by rules of its own: written without a look at tools/display/escape.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headway::fuzz {

/// A control character (C0, DEL, C1), a character that breaks lines or reorders what follows it.
inline bool is_control(char32_t code) {
  if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return true;
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

/// Well-formed UTF-8 (ASCII if `utf8` is false) without control characters, but for those in `allowed`.
inline bool is_harmless(std::string_view text, bool utf8, std::string_view allowed = {}) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    std::size_t more = 0;
    char32_t code = byte;
    char32_t least = 0;
    if (byte >= 0x80) {
      if (!utf8 || byte < 0xC0 || byte > 0xF7) return false;
      more = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
      least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
      code = byte & (0x3FU >> more);
    }
    if (i + more >= text.size()) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i + k]);
      if (next >> 6U != 2) return false;
      code = code << 6U | (next & 0x3FU);
    }
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    const bool excepted = more == 0 && allowed.find(text[i]) != std::string_view::npos;
    if (is_control(code) && !excepted) return false;
    i += more + 1;
  }
  return true;
}

}  // namespace headway::fuzz
