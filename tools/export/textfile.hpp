// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace headway::tools {

/// Gives the file `path` this text, of mode 0644, in one step: whoever opens it finds the old text or the new one.
/// Throws std::runtime_error, which names the file, if that fails, and the old file stays then;
/// std::invalid_argument if what has this name now is no regular file, and replacing it would do harm.
void replace_file(const std::string& path, std::string_view text);

}  // namespace headway::tools
