// SPDX-License-Identifier: MIT
//
// RateEstimator: how fast a value moves, and when it will be done. What every display needs.
//
//   headway::RateEstimator rate;                     // one per bar
//   rate.sample(now, update.completed, update.total);  // at every redraw, changed or not
//   if (auto left = rate.eta()) show(*left);           // seconds; nullopt: unknown
//
// Two rates, in units (items, bytes) per second:
//  - mean(): since the first sample.
//  - ewma(): the recent one, smoothed twice with the same time constant, so that it follows a change
//    but does not jump. It is the exact answer of that filter to a progress that is straight between
//    samples: how often and how regularly one samples does not matter. Its start is corrected, so that a
//    steady rate reads right from the first interval on.
//
// Work that goes back (a retried block) counts against the work done, so that in the end it counts
// once. Totals may grow and shrink; they only matter to eta(). For new work call restart().
//
// No clock and no global state: time points come from the caller, so tests need no sleeping. Not
// synchronized: one thread at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>

namespace headway {

class RateEstimator {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Seconds = std::chrono::duration<double>;

  /// `time_constant`: how long the recent rate remembers; a change of pace is followed to about 60 %
  /// after two of them. Throws std::invalid_argument unless it is at least 0.1 s and finite.
  explicit RateEstimator(Seconds time_constant = Seconds{5})
      : time_constant_(time_constant.count()) {
    if (!(time_constant_ >= 0.1) || !std::isfinite(time_constant_)) {
      throw std::invalid_argument(
          "headway: RateEstimator: time_constant must be at least 0.1 s and finite");
    }
  }

  /// The value as it stands at `at`. The first sample is where counting starts: give one with
  /// `completed` 0 when the work starts, or that part will be missing from the rates. `total` 0 means
  /// unknown. A time before the last sample's is taken as the last sample's.
  void sample(TimePoint at, std::uint64_t completed, std::uint64_t total = 0) noexcept {
    completed_ = completed;
    total_ = total;
    if (!started_) {
      started_ = true;
      first_time_ = last_time_ = folded_time_ = at;
      first_completed_ = folded_completed_ = completed;
      return;
    }
    last_time_ = std::max(last_time_, at);
    const double passed = Seconds(last_time_ - folded_time_).count();
    // Samples that come thick and fast wait for each other: over a microsecond the start-up
    // correction would be a quotient of rounding errors.
    if (passed < shortest_interval) return;
    fold_in(difference(completed, folded_completed_) / passed, passed);
    folded_time_ = last_time_;
    folded_completed_ = completed;
  }

  /// Forgets everything but the time constant.
  void restart() noexcept { *this = RateEstimator(Seconds{time_constant_}, Unchecked{}); }

  /// Units per second from the first sample to the last; nullopt before 10 ms have passed. Never
  /// negative.
  [[nodiscard]] std::optional<double> mean() const noexcept {
    const double passed = Seconds(last_time_ - first_time_).count();
    if (!started_ || passed < shortest_interval) return std::nullopt;
    return std::max(0.0, difference(completed_, first_completed_) / passed);
  }

  /// Units per second, recent; nullopt before 10 ms have passed. Never negative.
  [[nodiscard]] std::optional<double> ewma() const noexcept {
    if (!(weight_.second > 0.0)) return std::nullopt;
    return std::max(0.0, smoothed_.second / weight_.second);
  }

  /// Time until completed reaches total at the recent rate, counted from the last sample: 0 when it is
  /// there, nullopt when it is unknown (no total, no rate yet, no movement) or beyond some 30 years.
  [[nodiscard]] std::optional<Seconds> eta() const noexcept {
    if (!started_ || total_ == 0) return std::nullopt;
    if (completed_ >= total_) return Seconds{0};
    const std::optional<double> rate = ewma();
    if (!rate || !(*rate > 0.0)) return std::nullopt;
    const double left = static_cast<double>(total_ - completed_) / *rate;
    if (!(left < longest_eta)) return std::nullopt;
    return Seconds{left};
  }

 private:
  /// A first-order low-pass and a second one behind it.
  struct Cascade {
    double first = 0.0;
    double second = 0.0;
    /// What both hold after a constant `input` has stood for `x` time constants (closed form).
    void advance(double input, double x, double decay) noexcept {
      const double first_gap = first - input;
      const double second_gap = second - input;
      first = input + first_gap * decay;
      second = input + (second_gap + first_gap * x) * decay;
    }
  };
  struct Unchecked {};
  RateEstimator(Seconds time_constant, Unchecked) noexcept
      : time_constant_(time_constant.count()) {}

  static constexpr double shortest_interval = 0.01;
  static constexpr double longest_eta = 1e9;

  static double difference(std::uint64_t now, std::uint64_t before) noexcept {
    return now >= before ? static_cast<double>(now - before) : -static_cast<double>(before - now);
  }

  void fold_in(double rate, double passed) noexcept {
    const double x = passed / time_constant_;
    const double decay = std::exp(-x);
    smoothed_.advance(rate, x, decay);
    // The same filter fed with 1 since the start tells how much of the memory is filled by now.
    weight_.advance(1.0, x, decay);
  }

  double time_constant_;
  bool started_ = false;
  TimePoint first_time_{};
  TimePoint last_time_{};
  TimePoint folded_time_{};
  std::uint64_t first_completed_ = 0;
  std::uint64_t folded_completed_ = 0;
  std::uint64_t completed_ = 0;
  std::uint64_t total_ = 0;
  Cascade smoothed_;
  Cascade weight_;
};

}  // namespace headway
