// SPDX-License-Identifier: MIT
//
// An event loop on Windows that wants its callbacks on its own thread. RunOn::caller gives the HANDLE of an event
// to wait for and poll() to call when it is signalled; MsgWaitForMultipleObjects waits for window messages too.
#include <headway/headway.hpp>

#include <windows.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <thread>

namespace {

/// The window. Its members are touched by the main thread alone: no lock anywhere.
class Window : public headway::Subscriber {
 public:
  void on_progress(const headway::Update& update) override {
    if (std::this_thread::get_id() != thread_) on_wrong_thread = true;
    bar = update.fraction().value_or(0);
    std::printf("%3.0f %%\n", 100 * bar);
  }
  void on_closed(headway::SessionId, headway::Outcome outcome) override {
    std::printf("closed: %s\n", headway::to_string(outcome));
    closed = outcome == headway::Outcome::completed;
  }
  double bar = 0;
  bool closed = false;
  bool on_wrong_thread = false;

 private:
  std::thread::id thread_ = std::this_thread::get_id();
};

}  // namespace

int main() {
  headway::Bus bus;
  Window window;
  auto subscription = bus.subscribe(window, {.interval = std::chrono::milliseconds(16),  // 60 Hz
                                             .run_on = headway::RunOn::caller});
  const HANDLE quit = CreateEventW(nullptr, TRUE, FALSE, nullptr);  // stands for the close button
  if (quit == nullptr) return 2;

  std::thread service([&bus] {
    auto session = bus.open_session("backup");
    auto reporter = session.reporter();
    for (std::uint64_t done = 1; done <= 500; ++done) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      reporter.report(headway::Role::source, headway::Stage::change_detection, done, 500);
    }
    session.close(headway::Outcome::completed);
  });

  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!window.closed && std::chrono::steady_clock::now() < give_up) {
    const std::array<HANDLE, 2> events{subscription.wake_handle(), quit};
    const DWORD ready = WaitForMultipleObjects(events.size(), events.data(), FALSE, 1000);
    if (ready == WAIT_OBJECT_0) subscription.poll();
    if (ready == WAIT_OBJECT_0 + 1 || ready == WAIT_FAILED) break;
  }
  service.join();
  CloseHandle(quit);
  return window.closed && window.bar == 1 && !window.on_wrong_thread ? 0 : 1;
}
