// SPDX-License-Identifier: MIT
//
// The process-wide half of the asymmetric barrier; see include/headway/detail/fences.hpp.
#include <headway/detail/fences.hpp>

#if !defined(HEADWAY_NO_MEMBARRIER)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace headway::detail {

#if !defined(HEADWAY_NO_MEMBARRIER)

namespace {
long membarrier(int command) noexcept { return syscall(SYS_membarrier, command, 0, 0); }
}  // namespace

bool asymmetric() noexcept {
  // Registration is per process and is inherited by fork, so once is enough.
  static const bool available = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0 &&
                                membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0;
  return available;
}

void heavy_barrier() noexcept {
  if (asymmetric()) membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

#else

bool asymmetric() noexcept { return false; }
void heavy_barrier() noexcept {}

#endif

}  // namespace headway::detail
