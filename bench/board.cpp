// SPDX-License-Identifier: MIT
//
// What does it cost to be seen by other processes? Each case without a board and with one that a process of its own
// reads ten times a second, as `headway top` does, beside a thousand sessions that it shows too.
//
//   board_report/<contender>            one thread reports without pause
//   board_tick/<contender>/keys:N       a tick that hands N changed values to one subscriber
//
//   hidden_folding, hidden_default      no board
//   shown_folding, shown_default        a board that is read
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include <headway/headway.hpp>

#include "boards/boards.hpp"
#include "headways.hpp"
#include "report_cost.hpp"
#include "scaling.hpp"
#include "ticking_bus.hpp"

namespace bench {
namespace {

constexpr std::size_t shown_sessions = 1000;

/// A process that reads all boards; there for as long as this one is.
class Watcher {
 public:
  Watcher() : process_(::fork()) {
    if (process_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    headway::tools::Boards boards;
    for (;;) {
      benchmark::DoNotOptimize(boards.look());
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

 private:
  pid_t process_;
};

template <std::size_t ring_capacity, headway::BoardUse board>
class Reporting : public OwnReporter<ring_capacity> {
 public:
  explicit Reporting(Sink& sink)
      : OwnReporter<ring_capacity>(sink, display_interval, headway::BusOptions{.board = board}) {
    for (std::size_t i = 0; i < shown_sessions; ++i) {
      others_.push_back(this->bus().open_session("another"));
    }
  }

 private:
  std::vector<headway::Session> others_;
};

void tick(benchmark::State& state, headway::BoardUse board, std::size_t keys) {
  const std::size_t active = (keys + headway::keys_per_session - 1) / headway::keys_per_session;
  Ticking ticking(active + shown_sessions, active, 1, board);
  while (state.KeepRunning()) {
    ticking.report(keys);
    time_once(state, [&] { ticking.tick(); });
    if (!ticking.delivered(keys)) state.SkipWithError("values were not delivered");
  }
}

template <headway::BoardUse board>
void add(const std::string& name) {
  benchmark::RegisterBenchmark(("board_report/" + name + "_folding").c_str(),
                               full_speed<Reporting<0, board>>);
  benchmark::RegisterBenchmark(("board_report/" + name + "_default").c_str(),
                               full_speed<Reporting<64, board>>);
  for (const std::size_t keys : {1U, 100U, 10'000U}) {
    const std::string title = "board_tick/" + name + "/keys:" + std::to_string(keys);
    benchmark::RegisterBenchmark(title.c_str(), tick, board, keys)->UseManualTime();
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  using headway::BoardUse;
  // Boards of other processes are none of its business.
  std::string folder = "/dev/shm/headway-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  ::setenv("HEADWAY_BOARD_FOLDER", folder.c_str(), 1);
  bench::add<BoardUse::hidden>(bench::headway_named("hidden"));
  bench::add<BoardUse::shown>(bench::headway_named("shown"));
  benchmark::Initialize(&argc, argv);
  const bool wrong = benchmark::ReportUnrecognizedArguments(argc, argv);
  if (!wrong) {
    const bench::Watcher watcher;
    benchmark::RunSpecifiedBenchmarks();
  }
  benchmark::Shutdown();
  ::rmdir(folder.c_str());
  return wrong ? 1 : 0;
}
