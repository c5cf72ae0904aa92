// SPDX-License-Identifier: MIT
//
// Contender: what every way of reporting progress has in common: one job with six keys, providers that
// report on it, and listeners. Each way stands in a file of its own and is tried by the same trials.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <headway/status.hpp>
#include <headway/vocabulary.hpp>

namespace headway::handrolled {

/// How often a listener is called at most, where a way has an interval.
inline constexpr std::chrono::milliseconds interval{100};

struct Progress {
  std::size_t key = 0;
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  /// How many reports the key has had; 0 where nobody counts them.
  std::uint64_t sequence = 0;
};

struct Listener {
  std::function<void(const Progress&)> progress;
  std::function<void()> closed;
};

class Contender {
 public:
  Contender() = default;
  Contender(const Contender&) = delete;
  Contender& operator=(const Contender&) = delete;
  virtual ~Contender() = default;

  /// `completed` of `total`. One thread at a time on one key.
  virtual Status report(std::size_t key, std::uint64_t completed, std::uint64_t total) = 0;
  /// One more. Any number of threads on one key.
  virtual Status advance(std::size_t key) = 0;

  /// A listener's handle; 0 means none.
  virtual std::size_t subscribe(Listener listener) = 0;
  /// Afterwards no call to the listener runs, but for the one that it is called from.
  virtual void unsubscribe(std::size_t handle) = 0;

  /// The last words, then closed(), then nothing. Later reports are refused.
  virtual void close() = 0;
  virtual void cancel() = 0;
  /// False if the listeners did not have everything in time.
  virtual bool flush(std::chrono::milliseconds deadline) = 0;
};

/// What a way promises by its design. What it does not promise is not held against it.
struct Offer {
  /// `sequence` counts the reports.
  bool counts = true;
  /// Calls are limited to one per interval, however fast the reports.
  bool limits_calls = true;
  /// One listener may have a thread of its own.
  bool own_threads = false;
  /// A child of fork() is taken care of.
  bool minds_fork = false;
};

/// Who reports, as far as a way needs to be told.
enum class Providers { one, several };

struct Way {
  std::string name;
  Offer offer;
  /// Lines of code, without blank lines and comments.
  int lines = 0;
  std::function<std::unique_ptr<Contender>(Providers)> make;
};

}  // namespace headway::handrolled
