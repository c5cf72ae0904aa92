// SPDX-License-Identifier: MIT
//
// Soak: everything at once, for as long as is wanted, and the sums at the end.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <headway/headway.hpp>

#include "audit.hpp"
#include "janitor.hpp"
#include "laws/random.hpp"
#include "laws/waiting.hpp"
#include "listeners.hpp"
#include "warden.hpp"
#include "world.hpp"

namespace headway::soak {

struct SoakOptions {
  /// 0: no limit.
  std::uint64_t seconds = 0;
  std::uint64_t reports = 0;
  std::size_t threads = 64;
  std::uint64_t seed = 1;
};

/// A line of /proc/self/status, in KiB; 0 where there is none.
inline std::uint64_t memory_of(const char* name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name))
      return std::strtoull(line.c_str() + std::strlen(name) + 1, nullptr, 10);
  }
  return 0;
}

class Soak {
 public:
  explicit Soak(const SoakOptions& options)
      : options_(options),
        random_(options.seed),
        world_(audit_, options.threads),
        janitor_(world_) {}

  /// Runs until a limit is reached or `interrupted` is set. True if nothing was wrong.
  bool run(const std::atomic<bool>& interrupted, bool terminal) {
    add_permanent_streams(world_);
    std::thread pump_thread([this] { pump(world_, pump_done_); });
    std::thread janitor_thread([this] {
      while (!world_.done.load()) {
        std::this_thread::sleep_for(500ms);
        janitor_.round();
      }
    });
    std::vector<std::thread> meddlers;
    for (int i = 0; i < 4; ++i) {
      meddlers.emplace_back([this, random = Random(random_.bits())] { meddle(world_, random); });
    }
    std::vector<std::thread> wardens;
    const std::size_t count = std::min<std::size_t>(4, options_.threads);
    for (std::size_t i = 0; i < count; ++i) {
      wardens.emplace_back([this, i, count, random = Random(random_.bits())] {
        Warden(world_, options_.threads * i / count, options_.threads * (i + 1) / count, random)
            .run();
      });
    }
    watch(interrupted, terminal);
    world_.done.store(true);
    std::puts("ending: providers leave, the last words are audited");
    std::fflush(stdout);
    for (std::thread& warden : wardens) warden.join();
    for (std::thread& meddler : meddlers) meddler.join();
    janitor_thread.join();
    // What ended last is audited in the round after the next; callbacks may open sessions until then.
    for (int i = 0; i < 20 && (i < 3 || world_.sessions() != 0); ++i) janitor_.round();
    const Statistics statistics = settled();
    pump_done_.store(true);
    pump_thread.join();
    check(statistics);
    stop();
    print(statistics);
    return audit_.total() == 0;
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// Shows progress, and changes between loud and quiet phases, until a limit is reached.
  void watch(const std::atomic<bool>& interrupted, bool terminal) {
    started_ = Clock::now();
    std::uint64_t before = 0;
    for (std::uint64_t second = 1; !interrupted.load(); ++second) {
      const auto next = started_ + std::chrono::seconds(second);
      while (!interrupted.load() && !reached() && Clock::now() < next)
        std::this_thread::sleep_for(20ms);
      world_.quiet.store(second % 8 == 7);
      resident_.push_back(memory_of("VmRSS:"));
      const std::uint64_t made = world_.sum(&Tally::ok);
      if (terminal || second % 10 == 0) {
        const double rate = static_cast<double>(made - before) / (terminal ? 1e6 : 1e7);
        std::printf(
            "%s%6llu s  %.3f billion reports  %.1f million/s  %llu sessions audited  %zu MiB"
            "  %llu violations%s",
            terminal ? "\r" : "", static_cast<unsigned long long>(second),
            static_cast<double>(made) / 1e9, rate,
            static_cast<unsigned long long>(janitor_.audited()),
            static_cast<std::size_t>(resident_.back() / 1024),
            static_cast<unsigned long long>(audit_.total()), terminal ? "\033[K" : "\n");
        std::fflush(stdout);
        before = made;
      }
      if (reached()) break;
    }
    seconds_ = std::chrono::duration<double>(Clock::now() - started_).count();
    if (terminal) std::putchar('\n');
  }
  [[nodiscard]] bool reached() const {
    return (options_.seconds != 0 &&
            Clock::now() - started_ >= std::chrono::seconds(options_.seconds)) ||
           (options_.reports != 0 && world_.sum(&Tally::ok) >= options_.reports);
  }

  /// The statistics once nothing is under way any more.
  Statistics settled() {
    Statistics now;
    static_cast<void>(laws::eventually([&] {
      now = world_.bus.statistics();
      return now.lanes == 0 && now.sessions == 0;
    }));
    return now;
  }

  void check(const Statistics& statistics) {
    const auto same = [&](std::size_t law, const char* what, std::uint64_t shown,
                          std::uint64_t made) {
      if (shown == made) return;
      audit_.complain(law, std::string("statistics: ") + what + ": " + std::to_string(shown) +
                               ", in truth " + std::to_string(made));
    };
    same(5, "reports", statistics.reports, world_.sum(&Tally::ok));
    same(5, "refused_invalid", statistics.refused_invalid, world_.sum(&Tally::invalid));
    same(5, "refused_aborted", statistics.refused_aborted, world_.sum(&Tally::aborted));
    same(5, "refused_closed", statistics.refused_closed, world_.sum(&Tally::closed));
    same(8, "callback_exceptions", statistics.callback_exceptions, world_.exceptions.load());
    same(0, "lanes still in use", statistics.lanes, 0);
    same(10, "open sessions", statistics.sessions, 0);
    same(10, "sessions that could not be audited", world_.sessions(), 0);
    const std::size_t quarter = resident_.size() / 4;
    if (resident_.size() < 60) return;
    const auto at = [&](std::size_t n) {
      return resident_.begin() + static_cast<std::ptrdiff_t>(n);
    };
    const std::uint64_t early = *std::max_element(at(quarter), at(2 * quarter));
    const std::uint64_t late = *std::max_element(at(3 * quarter), resident_.end());
    if (late > early + early / 5 + 32 * 1024) {
      audit_.complain(0, "memory grows: " + std::to_string(early) + " KiB in the second quarter, " +
                             std::to_string(late) + " KiB in the last");
    }
  }

  void stop() {
    const StopReport report = world_.bus.stop(std::chrono::seconds(60));
    if (!report.complete)
      audit_.complain(12, "stop() left " + std::to_string(report.undelivered) + " updates");
    for (const StreamPtr& stream : world_.streams()) {
      stream->end();
      world_.remove(stream);
    }
  }

  void print(const Statistics& statistics) const {
    const auto line = [](const char* what, std::uint64_t count) {
      std::printf("%-28s %14llu\n", what, static_cast<unsigned long long>(count));
    };
    const std::uint64_t ok = world_.sum(&Tally::ok);
    std::printf("seed %llu, %zu provider threads, %.1f s\n",
                static_cast<unsigned long long>(options_.seed), options_.threads, seconds_);
    line("reports made", ok + statistics.refused());
    line("reports accepted", ok);
    line("  a second",
         static_cast<std::uint64_t>(static_cast<double>(ok) / std::max(seconds_, 1e-3)));
    line("  of these folded", statistics.folds);
    line("refused: invalid argument", statistics.refused_invalid);
    line("refused: aborted", statistics.refused_aborted);
    line("refused: closed", statistics.refused_closed);
    line("updates delivered", world_.updates_of_the_gone.load());
    line("callbacks", world_.callbacks_of_the_gone.load());
    line("exceptions thrown", world_.exceptions.load());
    line("sessions opened", world_.sessions_opened.load());
    line("  audited at their end", janitor_.audited());
    line("subscriptions", world_.subscriptions.load());
    line("flushes", world_.flushes.load());
    line("stalls of a provider", world_.stalls.load());
    line("ticks", statistics.ticks);
    line("wake-ups of the dispatcher", statistics.wakeups);
    line("peak resident memory, MiB", memory_of("VmHWM:") / 1024);
    line("  in the end, MiB", memory_of("VmRSS:") / 1024);
    line("lanes in the end", statistics.lanes);
    audit_.print(options_.seed);
  }

  SoakOptions options_;
  Random random_;
  Audit audit_;
  World world_;
  Janitor janitor_;
  std::atomic<bool> pump_done_{false};
  Clock::time_point started_{};
  double seconds_ = 0;
  /// Resident memory in KiB, once a second.
  std::vector<std::uint64_t> resident_;
};

}  // namespace headway::soak
