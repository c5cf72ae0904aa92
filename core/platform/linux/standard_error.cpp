// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "core/platform.hpp"

namespace headway::detail {

void write_to_standard_error(std::string_view text) noexcept {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace headway::detail
