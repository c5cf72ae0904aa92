// SPDX-License-Identifier: MIT
//
// ThreadStop: stops the thread that has called prepare(), by SuspendThread.
#pragma once

#include <windows.h>

namespace headway::laws {

class ThreadStop {
 public:
  ThreadStop() = default;
  ThreadStop(const ThreadStop&) = delete;
  ThreadStop& operator=(const ThreadStop&) = delete;
  ~ThreadStop() {
    if (thread_ != nullptr) CloseHandle(thread_);
  }

  void prepare() noexcept {
    thread_ = OpenThread(THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT, FALSE, GetCurrentThreadId());
  }

  /// Returns once the thread stands still; false if it does not. Precondition: it runs.
  [[nodiscard]] bool stop() {
    constexpr auto failed = static_cast<DWORD>(-1);
    if (SuspendThread(thread_) == failed) return false;
    stopped_ = true;
    // It may run on for a while; whoever asks for its registers waits until it does not.
    CONTEXT registers{};
    registers.ContextFlags = CONTEXT_CONTROL;
    return GetThreadContext(thread_, &registers) != 0;
  }
  void go_on() {
    if (stopped_) ResumeThread(thread_);
    stopped_ = false;
  }

 private:
  HANDLE thread_ = nullptr;
  bool stopped_ = false;
};

}  // namespace headway::laws
