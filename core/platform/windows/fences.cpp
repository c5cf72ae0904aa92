// SPDX-License-Identifier: MIT
//
// The process-wide half of the asymmetric barrier; see include/headway/detail/fences.hpp.
#include <headway/detail/fences.hpp>

#include <windows.h>

namespace headway::detail {

#if !defined(HEADWAY_NO_MEMBARRIER)

bool asymmetric() noexcept {
  // Windows has always had the call since Vista. Wine has had a name for it that does nothing (8.0 still), and
  // says that it is Wine by this function.
  static const bool available =
      GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") == nullptr;
  return available;
}

void heavy_barrier() noexcept {
  if (asymmetric()) FlushProcessWriteBuffers();
}

#else

bool asymmetric() noexcept { return false; }
void heavy_barrier() noexcept {}

#endif

}  // namespace headway::detail
