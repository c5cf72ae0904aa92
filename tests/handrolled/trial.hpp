// SPDX-License-Identifier: MIT
//
// What the trials share: their result, a listener that remembers, and threads that report until told.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "contender.hpp"
#include "laws/recording_subscriber.hpp"
#include "laws/waiting.hpp"

namespace headway::handrolled {

using namespace std::chrono_literals;

struct Result {
  int violations = 0;
  int tries = 0;
  bool offered = true;
  /// What else was counted; empty: nothing.
  std::string note{};

  void add(bool kept) {
    ++tries;
    violations += kept ? 0 : 1;
  }
};

/// How much is tried.
struct Scale {
  bool quick = false;
  [[nodiscard]] int tries(int all) const { return quick ? std::max(1, all / 10) : all; }
  /// For promises whose breaking costs seconds: those are not seen broken for ever.
  [[nodiscard]] bool goes_on(const Result& result, int all) const {
    return result.tries < tries(all) && result.violations < (quick ? 1 : 3);
  }
  [[nodiscard]] std::chrono::milliseconds time(std::chrono::milliseconds all) const {
    return quick ? all / 5 : all;
  }
};

/// Waits for a while; for what a way that keeps its promise does at once, and another never does.
template <class Predicate>
[[nodiscard]] bool within(std::chrono::milliseconds limit, Predicate&& holds) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(500us);
  }
  return true;
}

/// Keeps what it is told in the form that the law checker reads.
class Recorder {
 public:
  Recorder() {
    laws::Seen opened;
    opened.kind = laws::Seen::Kind::opened;
    opened.session = SessionId(1);
    events_.push_back(opened);
  }
  [[nodiscard]] Listener listener() {
    return {[this](const Progress& progress) { add(progress); }, [this] { add_closed(); }};
  }
  [[nodiscard]] std::vector<laws::Seen> events() const {
    const std::scoped_lock lock(mutex_);
    return events_;
  }
  [[nodiscard]] Progress last(std::size_t key) const {
    const std::scoped_lock lock(mutex_);
    return last_.at(key);
  }
  [[nodiscard]] bool closed() const { return closed_.load(); }

 private:
  void add(const Progress& progress) {
    laws::Seen seen;
    seen.session = SessionId(1);
    seen.role = role_of(progress.key);
    seen.stage = stage_of(progress.key);
    seen.completed = progress.completed;
    seen.total = progress.total;
    // The trials report the number of the report as `completed`, so that it is known in any case.
    seen.sequence = progress.sequence != 0 ? progress.sequence : progress.completed;
    const std::scoped_lock lock(mutex_);
    last_.at(progress.key) = progress;
    events_.push_back(seen);
  }
  void add_closed() {
    laws::Seen seen;
    seen.kind = laws::Seen::Kind::closed;
    seen.session = SessionId(1);
    {
      const std::scoped_lock lock(mutex_);
      events_.push_back(seen);
    }
    closed_.store(true);
  }

  mutable std::mutex mutex_;
  std::vector<laws::Seen> events_;
  std::array<Progress, keys_per_session> last_{};
  std::atomic<bool> closed_{false};
};

/// A listener that counts.
struct Counting {
  std::atomic<std::uint64_t> calls{0};
  [[nodiscard]] Listener listener() {
    return {[this](const Progress&) { calls.fetch_add(1); }, [] {}};
  }
};

/// A listener that stands still in its first call until it is let go.
struct Stuck {
  laws::Gate gate;
  [[nodiscard]] Listener listener() {
    return {[this](const Progress&) { static_cast<void>(gate.pass()); }, [] {}};
  }
};

/// A thread that does something again and again until its end.
class Again {
 public:
  explicit Again(std::function<void()> deed)
      : thread_([this, deed = std::move(deed)] {
          while (!done_.load()) {
            deed();
            rounds_.fetch_add(1);
          }
        }) {}
  Again(const Again&) = delete;
  Again& operator=(const Again&) = delete;
  ~Again() { stop(); }
  void stop() {
    done_.store(true);
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::uint64_t rounds() const { return rounds_.load(); }

 private:
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> rounds_{0};
  std::thread thread_;
};

}  // namespace headway::handrolled
