// SPDX-License-Identifier: MIT
//
// Load: what else the machine does while something is measured. Also the clock that stamps are taken from.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace bench {

/// The steady clock's time as a number that can travel in a report.
[[nodiscard]] inline std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

enum class Load : std::uint8_t { idle, busy };

[[nodiscard]] inline const char* name_of(Load load) { return load == Load::idle ? "idle" : "busy"; }

/// Load::busy: a thread a core that computes without pause, for as long as this lives.
class Burners {
 public:
  explicit Burners(Load load) {
    if (load == Load::idle) return;
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < cores; ++i) {
      threads_.emplace_back([this] {
        // The flag is looked at often enough; what is added up keeps the loop from being empty.
        std::uint64_t sum = 0;
        while (!done_.load(std::memory_order_relaxed)) sum = sum * 6364136223846793005U + 1;
        sink_.store(sum, std::memory_order_relaxed);
      });
    }
  }
  Burners(const Burners&) = delete;
  Burners& operator=(const Burners&) = delete;
  ~Burners() {
    done_.store(true, std::memory_order_relaxed);
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> sink_{0};
  std::vector<std::thread> threads_;
};

}  // namespace bench
