// SPDX-License-Identifier: MIT
//
// A program whose main thread runs an event loop, as a GUI or a server does, and wants its callbacks on
// that thread. RunOn::caller gives a file descriptor to wait for and poll() to call when it is readable;
// the same pair goes into epoll, Asio or QSocketNotifier.
#include <headway/headway.hpp>

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>

namespace {

/// The window. Its members are touched by the main thread alone: no lock anywhere.
class Window : public headway::Subscriber {
 public:
  void on_opened(const headway::SessionInfo& session) override {
    std::printf("opened %s\n", session.name.c_str());
  }
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
  std::array<int, 2> input{};  // stands for the keyboard and the mouse
  if (pipe(input.data()) != 0) return 2;

  std::thread service([&bus] {
    auto session = bus.open_session("backup");
    auto reporter = session.reporter();
    for (std::uint64_t done = 1; done <= 500; ++done) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      reporter.report(headway::Role::source, headway::Stage::change_detection, done, 500);
    }
    session.close(headway::Outcome::completed);
  });

  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!window.closed && std::chrono::steady_clock::now() < give_up) {
    std::array<pollfd, 2> ready{{{subscription.wake_handle(), POLLIN, 0}, {input[0], POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), 1000) < 0 && errno != EINTR) break;
    if ((ready[0].revents & POLLIN) != 0) subscription.poll();
    if ((ready[1].revents & POLLIN) != 0) break;  // a key was pressed: leave
  }
  service.join();
  close(input[0]);
  close(input[1]);
  return window.closed && window.bar == 1 && !window.on_wrong_thread ? 0 : 1;
}
