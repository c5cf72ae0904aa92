// SPDX-License-Identifier: MIT
#include "boards/fault_guard.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace headway::tools {

namespace {

struct Guarded {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  volatile std::sig_atomic_t missed = 0;
};

thread_local constinit Guarded guarded;
struct sigaction before {};
std::uintptr_t page_size = 0;

// mmap() is not among what POSIX allows here, but it is a plain system call.
void handle(int signal, siginfo_t* info, void* context) {
  const int error = errno;
  const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
  if (at >= guarded.begin && at < guarded.end) {
    void* const page = reinterpret_cast<void*>(at - at % page_size);
    guarded.missed = 1;
    if (::mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) !=
        MAP_FAILED) {
      errno = error;
      return;
    }
  }
  if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction != nullptr) {
    before.sa_sigaction(signal, info, context);
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
  } else {
    // The instruction that failed is tried again, and ends the process.
    ::sigaction(signal, &before, nullptr);
  }
  errno = error;
}

void install() {
  page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  struct sigaction action {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, &before);
}

}  // namespace

FaultGuard::FaultGuard(const std::byte* begin, std::size_t bytes) {
  [[maybe_unused]] static const bool installed = (install(), true);
  guarded.missed = 0;
  guarded.begin = reinterpret_cast<std::uintptr_t>(begin);
  guarded.end = guarded.begin + bytes;
}

FaultGuard::~FaultGuard() { guarded.begin = guarded.end = 0; }

bool FaultGuard::missed() const noexcept { return guarded.missed != 0; }

}  // namespace headway::tools
