// SPDX-License-Identifier: MIT
#include <windows.h>

#include "core/platform.hpp"

namespace headway::detail {

void write_to_standard_error(std::string_view text) noexcept {
  DWORD written = 0;
  WriteFile(GetStdHandle(STD_ERROR_HANDLE), text.data(), static_cast<DWORD>(text.size()), &written,
            nullptr);
}

}  // namespace headway::detail
