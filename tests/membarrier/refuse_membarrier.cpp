// SPDX-License-Identifier: MIT
//
// refuse_membarrier COMMAND ARGUMENT...: runs a command for which the kernel answers membarrier(2) with
// "no such call", as old kernels and the sandboxes of some container runtimes do. Exits with 77 where
// such a rule cannot be set.
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("refuse_membarrier: give it a command\n", stderr);
    return 2;
  }
  std::array rules = {
      sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_membarrier},
      sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
      sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog program{static_cast<unsigned short>(rules.size()), rules.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    std::printf("skipped: no system call can be refused here: %s\n", std::strerror(errno));
    return 77;
  }
  if (::syscall(SYS_membarrier, 0, 0, 0) != -1 || errno != ENOSYS) {
    std::fputs("refuse_membarrier: membarrier still answers\n", stderr);
    return 1;
  }
  ::execvp(argv[1], argv + 1);
  std::fprintf(stderr, "refuse_membarrier: %s: %s\n", argv[1], std::strerror(errno));
  return 127;
}
