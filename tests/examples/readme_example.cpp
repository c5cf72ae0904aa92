// SPDX-License-Identifier: MIT
//
// The example of the README: its lines, and what it takes to make a program of them.
#include <headway/headway.hpp>

#include <chrono>
#include <cstdio>

int main() {
  headway::Bus bus;
  double shown = 0;
  auto subscription = bus.subscribe([&](const headway::Update& update) {
    std::printf("%.1f %%\n", 100 * update.fraction().value_or(0));
    shown = update.fraction().value_or(0);
  });

  auto session = bus.open_session("photos");
  auto reporter = session.reporter();
  for (std::uint64_t done = 1; done <= 10'000'000; ++done) {
    reporter.report(headway::Role::source, headway::Stage::change_application, done, 10'000'000);
  }
  session.close();
  bus.flush(std::chrono::seconds(10));  // the last word always arrives
  return shown == 1 ? 0 : 1;
}
