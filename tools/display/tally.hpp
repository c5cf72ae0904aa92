// SPDX-License-Identifier: MIT
//
// Tally: the subscriber behind every display. It keeps what the bus delivers, one row a stage and role;
// sessions that count items and sessions that count bytes meet in the same row.
//
// The bus calls it from Subscription::poll(), so that everything here happens on the display's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <headway/headway.hpp>
#include <headway/rate.hpp>

namespace headway::tools {

using TimePoint = std::chrono::steady_clock::time_point;

/// One unit of a row.
struct Measure {
  bool reported = false;
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  RateEstimator rate{};

  [[nodiscard]] std::optional<double> fraction() const { return fraction_of(completed, total); }
};

struct Row {
  Role role = Role::source;
  Stage stage = Stage::change_detection;
  Measure items;
  Measure bytes;
  TimePoint started;
  /// When a value last moved.
  TimePoint changed;

  /// Of the unit that is further behind, so that it is 1.0 only when both are done; nullopt while a total
  /// is unknown.
  [[nodiscard]] std::optional<double> fraction() const;
  [[nodiscard]] bool finished() const { return fraction() == 1.0; }
  /// Of the unit that takes longer; nullopt in the first second.
  [[nodiscard]] std::optional<RateEstimator::Seconds> eta() const;
  /// The unit whose rate says more.
  [[nodiscard]] Unit leading_unit() const;
  [[nodiscard]] const Measure& leading() const {
    return leading_unit() == Unit::bytes ? bytes : items;
  }
  [[nodiscard]] bool stalled(TimePoint now) const;
};

class Tally final : public Subscriber {
 public:
  void on_progress(const Update& update) override;

  /// Feeds the rates. Call it at every redraw.
  void sample(TimePoint now);

  /// In the order of the stages, source before destination; only what has been reported on.
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const Row* row(Role role, Stage stage) const;

 private:
  std::vector<Row> rows_;
};

}  // namespace headway::tools
