// SPDX-License-Identifier: MIT
//
// What do subscribers that cannot follow cost, and what is lost?
//
//   overload/<reporter>/subscribers:quick    both do nothing with an update
//   overload/<reporter>/subscribers:slow     both sleep for each update, more than 100 times as long as the reports of it
//                                            take: the ring is full, and so is the mailbox
//
// One provider reports without pause; its CPU time a report. There are two subscribers, called every 1 ms: one for the
// newest values on the dispatcher's thread, and one for each record on a thread of its own. At the end, with both
// behind, the provider gives each of 96 keys a last value: last_values_lost are those that one of the two was not
// given; folds says what share of the reports was folded.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <headway/headway.hpp>

#include "headways.hpp"
#include "standing_cost.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t total = std::uint64_t{1} << 40;
constexpr std::size_t session_count = 16;
constexpr std::chrono::nanoseconds slow = 200us;

using Key = std::tuple<headway::SessionId, headway::Role, headway::Stage>;

constexpr std::array<std::pair<headway::Role, headway::Stage>, 6> keys = [] {
  std::array<std::pair<headway::Role, headway::Stage>, 6> all{};
  std::size_t next = 0;
  for (const auto each_role : {headway::Role::source, headway::Role::destination}) {
    for (const auto each_stage :
         {headway::Stage::change_detection, headway::Stage::change_enumeration,
          headway::Stage::change_application}) {
      all[next++] = {each_role, each_stage};
    }
  }
  return all;
}();

/// Remembers the newest value of each key. To be asked when its subscription has ended.
class Listener : public headway::Subscriber {
 public:
  explicit Listener(std::chrono::nanoseconds pause) : pause_(pause) {}
  void on_progress(const headway::Update& update) override {
    newest_[{update.session, update.role, update.stage}] = update.completed;
    if (pause_ != 0ns) std::this_thread::sleep_for(pause_);
  }
  [[nodiscard]] std::size_t lost(const std::map<Key, std::uint64_t>& reported) const {
    std::size_t count = 0;
    for (const auto& [key, completed] : reported) {
      const auto found = newest_.find(key);
      count += found == newest_.end() || found->second != completed ? 1 : 0;
    }
    return count;
  }

 private:
  std::chrono::nanoseconds pause_;
  std::map<Key, std::uint64_t> newest_;
};

void overload(benchmark::State& state, std::size_t ring_capacity, std::chrono::nanoseconds pause) {
  Listener latest(pause);
  Listener recorded(pause);
  std::map<Key, std::uint64_t> reported;
  std::uint64_t completed = 0;
  bool flushed = false;
  {
    headway::Bus bus;
    auto for_newest = bus.subscribe(latest, {.interval = 1ms});
    auto for_each_record = bus.subscribe(recorded, {.interval = 1ms,
                                                    .run_on = headway::RunOn::own_thread,
                                                    .delivery = headway::Delivery::recorded});
    std::vector<headway::Session> sessions;
    std::vector<headway::Reporter> reporters;
    for (std::size_t i = 0; i < session_count; ++i) {
      sessions.push_back(bus.open_session("bench"));
      reporters.push_back(sessions.back().reporter({.ring_capacity = ring_capacity}));
    }
    headway::Reporter& first = reporters.front();
    for ([[maybe_unused]] auto _ : state) first.report(role, stage, ++completed, total);
    for (std::size_t i = 0; i < session_count; ++i) {
      for (const auto& [each_role, each_stage] : keys) {
        reporters[i].report(each_role, each_stage, ++completed, total);
        reported[{sessions[i].id(), each_role, each_stage}] = completed;
      }
    }
    flushed = bus.flush(30s) == headway::FlushResult::ok;
    const headway::Statistics statistics = bus.statistics();
    state.counters["folds"] =
        static_cast<double>(statistics.folds) / static_cast<double>(statistics.reports);
    if (statistics.reports != completed) state.SkipWithError("reports were not accounted for");
  }
  const std::size_t lost = latest.lost(reported) + recorded.lost(reported);
  state.counters["last_values_lost"] = static_cast<double>(lost);
  if (!flushed) state.SkipWithError("the last values were not delivered in time");
}

void add(const char* name, std::size_t ring_capacity) {
  const std::string title = std::string("overload/") + name + "/subscribers:";
  benchmark::RegisterBenchmark((title + "quick").c_str(), overload, ring_capacity, 0ns);
  benchmark::RegisterBenchmark((title + "slow").c_str(), overload, ring_capacity, slow);
}

}  // namespace

void register_overload() {
  add("headway_folding", 0);
  add("headway_default", headway::ReporterOptions{}.ring_capacity);
}

}  // namespace bench
