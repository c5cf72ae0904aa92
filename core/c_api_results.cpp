// SPDX-License-Identifier: MIT
//
// What headway/headway.h hands out to be freed: snapshots, statistics, the report of a stop. Each is a C struct that
// points into what it is derived into, which owns all of it.
#include "core/c_api.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

using headway::c_api::guarded;
using headway::c_api::read_filter;
using headway::c_api::required;

namespace {

// Here, so that it stands beside the other two.
using headway::c_api::view_of;

headway_stuck view_of(const headway::StopReport::Stuck& stuck) noexcept {
  return {sizeof(headway_stuck), stuck.name.c_str(), stuck.id, stuck.undelivered};
}

headway_subscription_statistics view_of(const headway::SubscriptionStatistics& numbers) noexcept {
  headway_subscription_statistics view{};
  view.size = sizeof view;
  view.name = numbers.name.c_str();
  view.id = numbers.id;
  view.callbacks = numbers.callbacks;
  view.updates = numbers.updates;
  view.exceptions = numbers.exceptions;
  view.late_deliveries = numbers.late_deliveries;
  view.late_deliveries_caused = numbers.late_deliveries_caused;
  view.longest_callback_ns = numbers.longest_callback.count();
  view.longest_delay_ns = numbers.longest_delay.count();
  return view;
}

/// Views of each of some things, and pointers to them, as the C structs have them. Holds no more than the views:
/// what they point to must stay where it is.
template <class View>
class Views {
 public:
  template <class Things>
  explicit Views(const Things& things) {
    views_.reserve(things.size());
    pointers_.reserve(things.size());
    for (const auto& thing : things) pointers_.push_back(&views_.emplace_back(view_of(thing)));
  }
  [[nodiscard]] const View* const* data() const noexcept { return pointers_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return pointers_.size(); }

 private:
  std::vector<View> views_;
  std::vector<const View*> pointers_;
};

class Snapshot : public headway_snapshot {
 public:
  explicit Snapshot(std::vector<headway::SessionInfo> infos)
      : headway_snapshot{}, infos_(std::move(infos)), views_(infos_) {
    size = sizeof(headway_snapshot);
    count = views_.size();
    sessions = views_.data();
  }

 private:
  std::vector<headway::SessionInfo> infos_;
  Views<headway_session_info> views_;
};

class StopReport : public headway_stop_report {
 public:
  explicit StopReport(headway::StopReport report)
      : headway_stop_report{}, report_(std::move(report)), views_(report_.stuck) {
    size = sizeof(headway_stop_report);
    stuck_count = views_.size();
    stuck = views_.data();
    undelivered = report_.undelivered;
  }

 private:
  headway::StopReport report_;
  Views<headway_stuck> views_;
};

class Statistics : public headway_statistics {
 public:
  explicit Statistics(headway::Statistics numbers)
      : headway_statistics{}, numbers_(std::move(numbers)), views_(numbers_.subscriptions) {
    size = sizeof(headway_statistics);
    longest_callback_subscription = numbers_.longest_callback_subscription.c_str();
    reports = numbers_.reports;
    folds = numbers_.folds;
    updates = numbers_.updates;
    refused_invalid = numbers_.refused_invalid;
    refused_aborted = numbers_.refused_aborted;
    refused_closed = numbers_.refused_closed;
    ticks = numbers_.ticks;
    wakeups = numbers_.wakeups;
    callbacks = numbers_.callbacks;
    callback_exceptions = numbers_.callback_exceptions;
    late_deliveries = numbers_.late_deliveries;
    longest_callback_ns = numbers_.longest_callback.count();
    longest_delay_ns = numbers_.longest_delay.count();
    lanes = numbers_.lanes;
    hot_lanes = numbers_.hot_lanes;
    sessions = numbers_.sessions;
    subscription_count = views_.size();
    subscriptions = views_.data();
  }

 private:
  headway::Statistics numbers_;
  Views<headway_subscription_statistics> views_;
};

}  // namespace

headway_status headway_bus_snapshot(headway_bus* bus, const headway_filter* filter,
                                    const headway_snapshot** snapshot) noexcept {
  return guarded([&] {
    required(snapshot, "snapshot") = nullptr;
    const headway::Bus& of = required(bus, "bus").bus;
    *snapshot = std::make_unique<Snapshot>(of.snapshot(read_filter(filter))).release();
    return HEADWAY_OK;
  });
}

void headway_snapshot_free(const headway_snapshot* snapshot) noexcept {
  delete static_cast<const Snapshot*>(snapshot);
}

headway_status headway_bus_statistics(headway_bus* bus,
                                      const headway_statistics** statistics) noexcept {
  return guarded([&] {
    required(statistics, "statistics") = nullptr;
    *statistics = std::make_unique<Statistics>(required(bus, "bus").bus.statistics()).release();
    return HEADWAY_OK;
  });
}

void headway_statistics_free(const headway_statistics* statistics) noexcept {
  delete static_cast<const Statistics*>(statistics);
}

headway_status headway_bus_stop(headway_bus* bus, int64_t deadline_ns,
                                const headway_stop_report** report) noexcept {
  if (report != nullptr) *report = nullptr;
  return guarded([&] {
    headway::StopReport result =
        required(bus, "bus").bus.stop(std::chrono::nanoseconds(deadline_ns));
    const bool complete = result.complete;
    if (report != nullptr) *report = std::make_unique<StopReport>(std::move(result)).release();
    return complete ? HEADWAY_OK : HEADWAY_S_FALSE;
  });
}

void headway_stop_report_free(const headway_stop_report* report) noexcept {
  delete static_cast<const StopReport*>(report);
}
