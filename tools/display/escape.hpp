// SPDX-License-Identifier: MIT
//
// Showing file names: any bytes in, one harmless line of text out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace headway::tools {

/// Length of the well-formed UTF-8 sequence at the start of `text` (no overlong forms, surrogates or
/// values above U+10FFFF), with its code point in `code`; 0 if there is none.
std::size_t decode_utf8(std::string_view text, char32_t& code);

/// Control characters, backslashes, invalid UTF-8 and characters that reorder text become \n, \t, \\,
/// \xHH; the rest stays. With `utf8` false everything that is not ASCII is escaped.
std::string escaped(std::string_view text, bool utf8);

/// The same in single quotes.
std::string quoted(std::string_view text, bool utf8);

}  // namespace headway::tools
