// SPDX-License-Identifier: MIT
//
// Warden: keeps some of the provider threads. Stops one at any of its instructions and lets it go on, or
// has it end, in the middle of its session, and starts another in its place.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "laws/random.hpp"
#include "laws/stalled_thread.hpp"
#include "provider.hpp"
#include "world.hpp"

namespace headway::soak {

class Warden {
 public:
  /// Keeps the providers from `first` to before `last`.
  Warden(World& world, std::size_t first, std::size_t last, Random random)
      : world_(world), random_(random), first_(first), posts_(last - first) {}

  void run() {
    for (std::size_t i = 0; i < posts_.size(); ++i) start(i);
    while (!world_.done.load()) {
      sleep(random_.below(20'000U));
      const std::size_t i = random_.below(posts_.size());
      if (random_.one_in(8)) {
        end(i);
        start(i);
      } else {
        stall(*posts_[i].thread);
      }
    }
    for (Post& post : posts_) post.leave.store(true);
    for (std::size_t i = 0; i < posts_.size(); ++i) end(i);
  }

 private:
  struct Post {
    std::atomic<bool> leave{false};
    std::unique_ptr<laws::StalledThread> thread;
  };

  void start(std::size_t i) {
    posts_[i].leave.store(false);
    posts_[i].thread =
        std::make_unique<laws::StalledThread>([this, i, random = Random(random_.bits())] {
          provide(world_, first_ + i, random, posts_[i].leave);
        });
  }
  void end(std::size_t i) {
    posts_[i].leave.store(true);
    posts_[i].thread.reset();
  }
  void stall(laws::StalledThread& thread) {
    if (!thread.stall()) world_.audit.complain(0, "a provider does not take its signal");
    sleep(random_.below(30'000U));
    thread.release();
    world_.stalls.fetch_add(1, std::memory_order_relaxed);
  }
  static void sleep(std::uint64_t microseconds) {
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
  }

  World& world_;
  Random random_;
  std::size_t first_;
  std::vector<Post> posts_;
};

}  // namespace headway::soak
