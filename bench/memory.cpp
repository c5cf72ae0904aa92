// SPDX-License-Identifier: MIT
//
// What does each thing take in memory? Many are made, and used once; bytes_each is what the allocator has handed out
// for them beyond what it had before, resident_each what the process's resident memory has grown by, each divided by
// their number. The handles themselves are the caller's and not in it. The time is that of making and using one.
//
//   memory/session                    an open session, its name short enough to need no memory of its own
//   memory/reporter_<kind>            folding: no ring; default: the default ring
//   memory/shared_reporter_<kind>     the same, before any thread has reported on it
//   memory/shared_thread_<kind>       what one thread's first report adds to it
//   memory/subscription_<run_on>      dispatcher, own_thread (its stack is in resident_each alone), caller
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <headway/headway.hpp>

#include "headways.hpp"
#include "standing_cost.hpp"

namespace bench {
namespace {

constexpr std::size_t folding = 0;
constexpr std::size_t with_default_ring = headway::ReporterOptions{}.ring_capacity;
constexpr std::size_t many = 10'000;
/// Of what has a thread or a file descriptor of its own.
constexpr std::size_t some = 200;

struct Usage {
  double allocated;
  double resident;

  [[nodiscard]] static Usage now() {
    const struct mallinfo2 info = mallinfo2();
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;
    return {static_cast<double>(info.uordblks + info.hblkhd),
            static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE))};
  }
};

/// A bus without a thread, so that nothing else allocates; what stands is made before what is measured.
class Yard {
 public:
  explicit Yard(std::size_t count) : count_(count) {}

  void settle() { static_cast<void>(bus.flush(std::chrono::seconds(10))); }
  [[nodiscard]] std::vector<headway::Session> sessions() {
    std::vector<headway::Session> all;
    all.reserve(count_);
    for (std::size_t i = 0; i < count_; ++i) all.push_back(bus.open_session("bench"));
    return all;
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  headway::Bus bus{{.dispatch = headway::Dispatch::manual}};

 private:
  std::size_t count_;
};

/// `make(i)` makes one, and uses it.
template <class Make>
void measure(benchmark::State& state, Yard& yard, Make make) {
  const auto count = static_cast<double>(yard.count());
  for (auto _ : state) {
    yard.settle();
    // What earlier benchmarks have given back is not to serve this one.
    malloc_trim(0);
    const Usage before = Usage::now();
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < yard.count(); ++i) make(i);
    yard.settle();
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begun;
    const Usage after = Usage::now();
    state.counters["bytes_each"] = (after.allocated - before.allocated) / count;
    state.counters["resident_each"] = (after.resident - before.resident) / count;
    state.SetIterationTime(spent.count() / count);
  }
}

void session(benchmark::State& state) {
  Yard yard(many);
  std::vector<headway::Session> sessions;
  sessions.reserve(many);
  measure(state, yard, [&](std::size_t) { sessions.push_back(yard.bus.open_session("bench")); });
}

template <std::size_t ring_capacity>
void reporter(benchmark::State& state) {
  Yard yard(many);
  auto sessions = yard.sessions();
  std::vector<headway::Reporter> reporters;
  reporters.reserve(many);
  measure(state, yard, [&](std::size_t i) {
    reporters.push_back(sessions[i].reporter({.ring_capacity = ring_capacity}));
    reporters.back().report(role, stage, 1, 2);
  });
}

template <std::size_t ring_capacity>
void shared_reporter(benchmark::State& state) {
  Yard yard(many);
  auto sessions = yard.sessions();
  std::vector<headway::SharedReporter> reporters;
  reporters.reserve(many);
  measure(state, yard, [&](std::size_t i) {
    reporters.push_back(sessions[i].shared_reporter({.ring_capacity = ring_capacity}));
  });
}

template <std::size_t ring_capacity>
void shared_thread(benchmark::State& state) {
  Yard yard(many);
  auto sessions = yard.sessions();
  std::vector<headway::SharedReporter> reporters;
  reporters.reserve(many);
  for (auto& one : sessions) {
    reporters.push_back(one.shared_reporter({.ring_capacity = ring_capacity}));
  }
  measure(state, yard, [&](std::size_t i) { reporters[i].report(role, stage, 1, 2); });
}

void subscription(benchmark::State& state, headway::RunOn run_on, std::size_t count) {
  Yard yard(count);
  const headway::Session session = yard.bus.open_session("bench");
  std::vector<headway::Subscription> subscriptions;
  subscriptions.reserve(count);
  measure(state, yard, [&](std::size_t) {
    subscriptions.push_back(yard.bus.subscribe([](const headway::Update&) {}, {.run_on = run_on}));
  });
}

void add(const std::string& name, void (*run)(benchmark::State&)) {
  benchmark::RegisterBenchmark(("memory/" + name).c_str(), run)->UseManualTime()->Iterations(1);
}

void add_subscription(const std::string& name, headway::RunOn run_on, std::size_t count) {
  benchmark::RegisterBenchmark(("memory/subscription_" + name).c_str(), subscription, run_on, count)
      ->UseManualTime()
      ->Iterations(1);
}

}  // namespace

void register_memory() {
  add("session", session);
  add("reporter_folding", reporter<folding>);
  add("reporter_default", reporter<with_default_ring>);
  add("shared_reporter_folding", shared_reporter<folding>);
  add("shared_reporter_default", shared_reporter<with_default_ring>);
  add("shared_thread_folding", shared_thread<folding>);
  add("shared_thread_default", shared_thread<with_default_ring>);
  add_subscription("dispatcher", headway::RunOn::dispatcher, many);
  add_subscription("own_thread", headway::RunOn::own_thread, some);
  add_subscription("caller", headway::RunOn::caller, some);
}

}  // namespace bench
