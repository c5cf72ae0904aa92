// SPDX-License-Identifier: MIT
//
// Ticking: a bus whose ticks are timed one by one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <headway/headway.hpp>

#include "headways.hpp"
#include "sink.hpp"

namespace bench {

/// Counts the calls and adds up what they brought.
struct Seen {
  std::uint64_t calls = 0;
  std::uint64_t sum = 0;
  void operator()(std::uint64_t completed) {
    ++calls;
    sum += completed;
  }
};

/// A bus of the manual kind, sessions, and reporters in the first of them.
class Ticking {
 public:
  Ticking(std::size_t sessions, std::size_t active, std::size_t subscribers,
          headway::BoardUse board = headway::BoardUse::hidden)
      : bus_({.dispatch = headway::Dispatch::manual, .board = board}) {
    for (std::size_t i = 0; i < subscribers; ++i) {
      subscriptions_.push_back(
          bus_.subscribe([this](const headway::Update& update) { seen_(update.completed); },
                         {.interval = std::chrono::nanoseconds(1)}));
    }
    sessions_.reserve(sessions);
    for (std::size_t i = 0; i < sessions; ++i) sessions_.push_back(bus_.open_session("bench"));
    for (std::size_t i = 0; i < active; ++i) {
      reporters_.push_back(sessions_[i].reporter({.ring_capacity = 0}));
    }
    static_cast<void>(bus_.poll());
  }
  /// The first `keys` keys of the reporters.
  void report(std::size_t keys) {
    ++completed_;
    for (std::size_t i = 0; i < keys; ++i) {
      const std::size_t key = i % headway::keys_per_session;
      reporters_[i / headway::keys_per_session].report(headway::role_of(key),
                                                       headway::stage_of(key), completed_, whole);
    }
    seen_ = {};
  }
  /// One key of each reporter.
  void report_one_each() {
    ++completed_;
    for (headway::Reporter& reporter : reporters_) reporter.report(role, stage, completed_, whole);
    seen_ = {};
  }
  void tick() { static_cast<void>(bus_.poll()); }
  [[nodiscard]] bool delivered(std::uint64_t calls) const noexcept {
    return seen_.calls == calls && seen_.sum == calls * completed_;
  }

 private:
  Seen seen_;
  std::uint64_t completed_ = 0;
  headway::Bus bus_;
  std::vector<headway::Subscription> subscriptions_;
  std::vector<headway::Session> sessions_;
  std::vector<headway::Reporter> reporters_;
};

}  // namespace bench
