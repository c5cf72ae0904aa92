// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace headway::tools {

/// "a" and "b" make "a/b"; "." on the right adds nothing, "." on the left stays out. For messages.
inline std::string join(std::string_view left, std::string_view right) {
  if (right == ".") return std::string(left);
  if (left == ".") return std::string(right);
  std::string path(left);
  if (!path.ends_with('/')) path += '/';
  return path.append(right);
}

}  // namespace headway::tools
