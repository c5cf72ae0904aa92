// SPDX-License-Identifier: MIT
//
// many_sessions COUNT: a service with a board and so many sessions, each of which reports twenty times a second, until it
// is ended. For top_cost.py.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <headway/headway.hpp>

int main(int argc, char** argv) {
  const long count = argc == 2 ? std::strtol(argv[1], nullptr, 10) : 0;
  if (count < 1) {
    std::fprintf(stderr, "many_sessions COUNT: COUNT must be 1 or more\n");
    return 2;
  }
  using headway::Role;
  using headway::Stage;
  constexpr std::uint64_t total = 1'000'000;
  headway::Bus bus({.board = headway::BoardUse::shown, .board_name = "many"});
  std::vector<headway::Session> sessions;
  std::vector<headway::Reporter> reporters;
  for (long i = 0; i < count; ++i) {
    sessions.push_back(bus.open_session("session " + std::to_string(i)));
    reporters.push_back(sessions.back().reporter({.ring_capacity = 0}));
  }
  for (std::uint64_t done = 1;; ++done) {
    for (std::size_t i = 0; i < reporters.size(); ++i) {
      reporters[i].report(Role::destination, Stage::change_application, done * (i % 100 + 1),
                          total);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}
