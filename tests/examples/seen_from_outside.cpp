// SPDX-License-Identifier: MIT
//
// A service that shows its sessions to `headway top` and `headway export`. Give it seconds to last, and look meanwhile.
#include <headway/headway.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 0;
  headway::Bus bus({.board = headway::BoardUse::shown, .board_name = "backup"});

  constexpr std::uint64_t photos = 1000;
  std::vector<std::thread> folders;
  for (int folder = 0; folder < 4; ++folder) {
    folders.emplace_back([&bus, folder, seconds] {
      auto session = bus.open_session("photos/" + std::to_string(2020 + folder));
      auto reporter = session.reporter();
      for (std::uint64_t done = 1; done <= photos; ++done) {
        session.note("IMG_" + std::to_string(done) + ".jpg");
        reporter.report(headway::Role::destination, headway::Stage::change_application, done,
                        photos);
        std::this_thread::sleep_for(std::chrono::milliseconds(seconds));
      }
      session.close();
    });
  }
  for (std::thread& folder : folders) folder.join();
  return bus.flush(std::chrono::seconds(10)) == headway::FlushResult::ok &&
                 bus.snapshot().size() == 4
             ? 0
             : 1;
}
