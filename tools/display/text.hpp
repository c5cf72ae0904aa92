// SPDX-License-Identifier: MIT
//
// Text by the column: how wide it is on a terminal, and how to make it fit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace headway::tools {

/// Columns that `text` takes on a terminal, without control characters. Valid UTF-8 is counted by
/// character, anything else by byte.
std::size_t columns_of(std::string_view text);

/// At most `columns` columns: what is too long loses its middle. `ellipsis` is one column wide.
std::string shortened(std::string_view text, std::size_t columns, std::string_view ellipsis);

/// Filled up with blanks to `columns`; longer text stays.
std::string padded_right(std::string_view text, std::size_t columns);
std::string padded_left(std::string_view text, std::size_t columns);

}  // namespace headway::tools
