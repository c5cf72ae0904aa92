// SPDX-License-Identifier: MIT
//
// There is no fork here: nothing ever becomes inert.
#include "core/platform.hpp"

namespace headway::detail {

std::uint32_t process_generation() noexcept { return 0; }

void watch_forks() {}

}  // namespace headway::detail
