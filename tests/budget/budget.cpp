// SPDX-License-Identifier: MIT
//
//   headway_budget WAY TIMES   makes TIMES reports on a hot lane, in one of the ways of hot_path.hpp
//
// Run under callgrind with two values of TIMES, the difference is what a report costs. The bus has no
// thread (Dispatch::manual), so nothing else happens between the two.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <headway/headway.hpp>

#include "hot_path.hpp"

namespace {

constexpr headway::Role role = headway::Role::destination;
constexpr headway::Stage stage = headway::Stage::change_application;
constexpr std::size_t large_ring = std::size_t{1} << 20;

/// Two reports with a tick between them: the lane is hot, and the provider knows.
template <class Handle>
void make_hot(headway::Bus& bus, Handle& reporter) {
  reporter.report(role, stage, 0, 1);
  bus.poll();
  reporter.report(role, stage, 0, 1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string_view way = argv[1];
  const std::uint64_t times = std::strtoull(argv[2], nullptr, 10);
  headway::Bus bus({.dispatch = headway::Dispatch::manual});
  std::uint64_t last = 0;
  const auto subscription =
      bus.subscribe([&last](const headway::Update& update) { last = update.completed; });
  headway::Session session = bus.open_session("budget");
  if (way == "shared_report") {
    auto reporter = session.shared_reporter({.ring_capacity = 0});
    make_hot(bus, reporter);
    budget::shared_report(reporter, times);
  } else {
    const bool with_room = way == "ring_report";
    auto reporter = session.reporter({.ring_capacity = with_room ? large_ring : 0});
    make_hot(bus, reporter);
    auto counter = reporter.at(role, stage);
    if (way == "report" || with_room) {
      budget::report(reporter, times);
    } else if (way == "counter_report") {
      budget::counter_report(counter, times);
    } else if (way == "counter_advance") {
      budget::counter_advance(counter, times);
    } else {
      return 2;
    }
  }
  bus.flush(std::chrono::seconds(1));
  if (last != times) {
    std::fprintf(stderr, "the last report was not delivered\n");
    return 1;
  }
  return 0;
}
