// SPDX-License-Identifier: MIT
#pragma once

namespace headway::detail {

template <class T>
T& per_thread() {
  static thread_local T value;
  return value;
}

}  // namespace headway::detail
