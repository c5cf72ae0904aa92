// SPDX-License-Identifier: MIT
//
// A Boost.Asio loop whose thread runs the callbacks: wake_handle() becomes readable when there is
// something to hand over, and poll() hands it over. Nothing ticks while nobody reports, and run() returns
// by itself after the last callback, as there is nothing left to wait for.
#include <utility>  // Boost 1.74's Asio forgets it

#include <unistd.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <headway/headway.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <thread>

namespace {

/// Lives in the loop's thread: no lock anywhere.
class Window : public headway::Subscriber {
 public:
  Window(boost::asio::io_context& loop, headway::Bus& bus)
      : subscription_(bus.subscribe(*this, {.interval = std::chrono::milliseconds(16),  // 60 Hz
                                            .run_on = headway::RunOn::caller})),
        // A descriptor of Asio's own, since Asio closes what it is given.
        wake_(loop, dup(subscription_.wake_handle())) {
    wait();
  }

  void on_progress(const headway::Update& update) override {
    if (std::this_thread::get_id() != thread_) on_wrong_thread = true;
    bar = update.fraction().value_or(0);
    std::printf("%3.0f %%\n", 100 * bar);
  }
  void on_closed(headway::SessionId, headway::Outcome outcome) override {
    std::printf("closed: %s\n", headway::to_string(outcome));
    closed = true;
  }

  double bar = 0;
  bool closed = false;
  bool on_wrong_thread = false;

 private:
  void wait() {
    wake_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (error) return;  // the loop is being taken down
                       subscription_.poll();
                       if (!closed) wait();
                     });
  }

  std::thread::id thread_ = std::this_thread::get_id();
  headway::Subscription subscription_;
  boost::asio::posix::stream_descriptor wake_;
};

}  // namespace

int main() try {
  headway::Bus bus;
  boost::asio::io_context loop;
  Window window(loop, bus);

  const std::jthread service([&bus] {
    auto session = bus.open_session("backup");
    auto reporter = session.reporter();
    for (std::uint64_t done = 1; done <= 500; ++done) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      reporter.report(headway::Role::source, headway::Stage::change_detection, done, 500);
    }
    session.close(headway::Outcome::completed);
  });
  loop.run_for(std::chrono::seconds(30));  // an application says run()
  return window.closed && window.bar == 1 && !window.on_wrong_thread ? 0 : 1;
} catch (const std::exception& e) {  // what a callback throws stays in the bus; this is Asio's
  std::fprintf(stderr, "%s\n", e.what());
  return 2;
}
