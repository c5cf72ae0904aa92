// SPDX-License-Identifier: MIT
//
// Signals: those that end or stop a run, as something to poll. They are blocked for the thread that makes
// this and for all threads it starts later, so make it first. They stay blocked: one that comes while the
// last words are written must not kill a run that has done its work.
#pragma once

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>
#include <system_error>

#include "fd.hpp"

namespace headway::tools {

class Signals {
 public:
  /// `more`: others that are to be heard.
  explicit Signals(std::initializer_list<int> more = {}) {
    // A closed pipe is an error of write(), which the display survives.
    ::signal(SIGPIPE, SIG_IGN);
    ::sigemptyset(&watched_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) {
      // Ignored by whoever started us (nohup, a shell's background job): stays ignored.
      struct sigaction action {};
      if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
      ::sigaddset(&watched_, signal);
    }
    for (const int signal : more) ::sigaddset(&watched_, signal);
    ::pthread_sigmask(SIG_BLOCK, &watched_, nullptr);
    fd_ = Fd(::signalfd(-1, &watched_, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_) throw std::system_error(errno, std::generic_category(), "signalfd");
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }

  /// The next signal, or 0.
  int take() {
    signalfd_siginfo info{};
    return ::read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo)
                                                                : 0;
  }

 private:
  sigset_t watched_{};
  Fd fd_;
};

}  // namespace headway::tools
