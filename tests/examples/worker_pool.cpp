// SPDX-License-Identifier: MIT
//
// A pool of workers and one progress value: a lister finds the work, each worker reports what it has done.
//
// The recipe is `merge = sum`: each thread has a reporter of its own and adds its share to the session's
// value, so no thread waits for another and nobody keeps a shared counter.
#include <headway/headway.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

using headway::Role;
using headway::Stage;

constexpr int kWorkers = 4;
constexpr int kBatches = 50;
constexpr int kItemsPerBatch = 200;
constexpr std::uint64_t kItems = kBatches * kItemsPerBatch;

/// The work at hand: how many items have been found, how many have been taken.
struct Queue {
  std::atomic<int> found{0};
  std::atomic<int> taken{0};
  std::atomic<bool> complete{false};

  bool take() {
    for (;;) {
      const bool last_look = complete.load();
      int next = taken.load();
      while (next < found.load()) {
        if (taken.compare_exchange_weak(next, next + 1)) return true;
      }
      if (last_look) return false;
      std::this_thread::yield();
    }
  }
};

}  // namespace

int main() {
  headway::Bus bus;
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  auto subscription = bus.subscribe(
      [&](const headway::Update& update) {
        completed = update.completed;
        total = update.total;
        std::printf("%llu of %llu\n", static_cast<unsigned long long>(completed),
                    static_cast<unsigned long long>(total));
      },
      {.interval = std::chrono::milliseconds(20)});

  auto session = bus.open_session("thumbnails", {.merge = headway::Merge::sum});
  Queue queue;

  std::thread lister([&, reporter = session.reporter()]() mutable {
    for (int batch = 0; batch < kBatches; ++batch) {
      reporter.add_total(Role::destination, Stage::change_application, kItemsPerBatch);
      queue.found += kItemsPerBatch;
    }
    queue.complete = true;
  });
  std::vector<std::thread> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.emplace_back([&, reporter = session.reporter()]() mutable {
      auto done = reporter.at(Role::destination, Stage::change_application);
      while (queue.take()) {
        if (headway::should_stop(done.advance())) return;  // somebody pressed Cancel
      }
    });
  }
  lister.join();
  for (auto& worker : workers) worker.join();

  session.close();
  bus.flush(std::chrono::seconds(10));  // the callback has seen the last value
  return completed == kItems && total == kItems ? 0 : 1;
}
