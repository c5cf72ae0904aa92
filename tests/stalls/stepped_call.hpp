// SPDX-License-Identifier: MIT
//
// One call of one thread of a child process, run instruction by instruction (ptrace(2)), while the
// child's other threads run as they like.
//
//   SteppedChild child([&](SteppedCall& call) {          // runs in the child
//     std::thread provider([&] { call.make([&] { reporter.report(...); }); });
//     if (call.await_stop()) ...                         // the provider stands still inside the call
//     call.let_go();                                     // or never
//   });
//   child.run_into_the_call(17);                         // and stays there until the child lets it go
//   EXPECT_EQ(child.wait(), 0);
#pragma once

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "laws/waiting.hpp"

namespace headway::stalls {

/// More than any report has. On Arm processors without single-instruction atomics a step between the load
/// and the store of a pair breaks the pair, so that a report never gets past it.
inline constexpr int most_instructions = 5000;

/// What the two processes tell each other, in memory that both see. The members are the child's to call.
class SteppedCall {
 public:
  /// Makes the call on this thread, which from now on is traced.
  template <class Call>
  void make(Call&& call) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
      refused_.store(errno);
      return;
    }
    thread_.store(::gettid());
    ::syscall(SYS_tgkill, ::getpid(), ::gettid(), SIGTRAP);
    inside_.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    std::forward<Call>(call)();
    std::atomic_signal_fence(std::memory_order_seq_cst);
    returned_.store(true, std::memory_order_relaxed);
  }
  /// False if the thread may not be traced; there is nothing to test then.
  [[nodiscard]] bool await_stop() {
    return laws::eventually([&] { return stopped_.load() || refused_.load() != 0; }) &&
           refused_.load() == 0;
  }
  /// Lets the thread go on from where it stands.
  void let_go() { let_go_.store(true); }

 private:
  friend class SteppedChild;
  std::atomic<int> refused_{0};
  std::atomic<pid_t> thread_{0};
  std::atomic<bool> inside_{false};
  std::atomic<bool> returned_{false};
  std::atomic<bool> stopped_{false};
  std::atomic<bool> let_go_{false};
};

/// The parent's side. By the thread that made it, which is the tracer.
class SteppedChild {
 public:
  enum class Stand {
    inside,
    /// The call has fewer instructions.
    returned,
    /// Tracing is not allowed here; see refusal().
    refused,
    /// The child has ended, or the thread does not come to the end of its call.
    lost
  };

  explicit SteppedChild(const std::function<void(SteppedCall&)>& body) {
    void* const memory = ::mmap(nullptr, sizeof(SteppedCall), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    call_ = new (memory) SteppedCall;
    std::fflush(nullptr);
    child_ = ::fork();
    if (child_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::alarm(hang_seconds);
    body(*call_);
    leave();
  }
  SteppedChild(const SteppedChild&) = delete;
  SteppedChild& operator=(const SteppedChild&) = delete;
  ~SteppedChild() {
    if (!ended_) {
      ::kill(child_, SIGKILL);
      static_cast<void>(wait());
    }
    ::munmap(call_, sizeof(SteppedCall));
  }

  /// In the child: ends it, with a status that says whether its expectations were met.
  [[noreturn]] static void leave() {
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }

  /// Lets the thread run `count` instructions of its call, and stops it there.
  [[nodiscard]] Stand run_into_the_call(int count) {
    if (!await([&] { return call_->thread_.load() != 0 || call_->refused_.load() != 0; })) {
      return Stand::lost;
    }
    if (call_->refused_.load() != 0) return Stand::refused;
    bool stands = await_stop();
    for (int i = 0; stands && i < limit && !call_->inside_.load(); ++i) stands = step();
    for (int i = 0; stands && i < count && !call_->returned_.load(); ++i) stands = step();
    if (!stands || !call_->inside_.load()) return Stand::lost;
    const bool returned = call_->returned_.load();
    call_->stopped_.store(true);
    return returned ? Stand::returned : Stand::inside;
  }
  [[nodiscard]] std::string refusal() const {
    return std::string("ptrace(2) is refused here: ") + std::strerror(call_->refused_.load());
  }

  /// Lets the thread take a signal where it stands, and go on.
  void interrupt(int signal) { resume(PTRACE_DETACH, signal); }

  /// Lets the thread go once the child says so, and returns the child's exit status, or the number of
  /// the signal that ended it, negative.
  [[nodiscard]] int wait() {
    int status = 0;
    bool traced = call_->thread_.load() != 0 && !detached_;
    while (!ended_) {
      // A traced thread that is gone has to be waited for first: the process does not end before.
      if (traced && ::waitpid(call_->thread_.load(), &status, __WALL | WNOHANG) != 0) {
        traced = WIFSTOPPED(status);
      }
      if (traced && call_->let_go_.load()) {
        interrupt(0);
        traced = false;
      }
      if (::waitpid(child_, &status, WNOHANG) == child_) {
        ended_ = true;
        status_ = result_of(status);
      } else {
        ::usleep(50);
      }
    }
    return status_;
  }

 private:
  /// Where nothing takes longer but a hang.
  static constexpr unsigned hang_seconds = 90;
  /// More instructions than there are from the trap to the call.
  static constexpr int limit = 100'000;

  [[nodiscard]] static int result_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  [[nodiscard]] bool step() { return resume(PTRACE_SINGLESTEP, 0) && await_stop(); }
  bool resume(__ptrace_request how, int signal) {
    if (how == PTRACE_DETACH) detached_ = true;
    // The signal's number goes where ptrace takes a pointer.
    return ::ptrace(how, call_->thread_.load(), nullptr, static_cast<long>(signal)) == 0;
  }
  [[nodiscard]] bool await_stop() {
    int status = 0;
    const pid_t thread = call_->thread_.load();
    return ::waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status) &&
           WSTOPSIG(status) == SIGTRAP;
  }
  template <class Predicate>
  [[nodiscard]] bool await(Predicate&& holds) {
    int status = 0;
    return laws::eventually([&] {
             if (holds()) return true;
             ended_ = ended_ || ::waitpid(child_, &status, WNOHANG) == child_;
             if (ended_) status_ = result_of(status);
             return ended_;
           }) &&
           holds();
  }

  SteppedCall* call_ = nullptr;
  pid_t child_ = 0;
  bool detached_ = false;
  bool ended_ = false;
  int status_ = 0;
};

}  // namespace headway::stalls
