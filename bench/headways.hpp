// SPDX-License-Identifier: MIT
//
// Headway's contenders: a bus, one session, one subscriber that calls the sink, and one of the handles.
#pragma once

#include <chrono>
#include <cstdint>

#include <headway/headway.hpp>

#include "floors.hpp"
#include "sink.hpp"

namespace bench {

inline constexpr headway::Role role = headway::Role::destination;
inline constexpr headway::Stage stage = headway::Stage::change_application;

class OneBus {
 public:
  static constexpr bool counts = true;
  explicit OneBus(Sink& sink)
      : session_(bus_.open_session("bench")),
        subscription_(bus_.subscribe(
            [&sink](const headway::Update& update) {
              sink.on_progress(update.completed, update.total, update.sequence);
            },
            {.interval = display_interval})) {}
  void settle() { static_cast<void>(bus_.flush(std::chrono::seconds(10))); }
  void stop() { settle(); }

 protected:
  headway::Bus bus_;
  headway::Session session_;
  headway::Subscription subscription_;
};

template <std::size_t ring_capacity>
class OwnReporter : public OneBus {
 public:
  explicit OwnReporter(Sink& sink)
      : OneBus(sink), reporter_(session_.reporter({.ring_capacity = ring_capacity})) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    reporter_.report(role, stage, completed, total);
  }

 private:
  headway::Reporter reporter_;
};

template <std::size_t ring_capacity>
class OwnCounter : public OneBus {
 public:
  explicit OwnCounter(Sink& sink)
      : OneBus(sink),
        reporter_(session_.reporter({.ring_capacity = ring_capacity})),
        counter_(reporter_.at(role, stage)) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    counter_.report(completed, total);
  }

 private:
  headway::Reporter reporter_;
  headway::Counter counter_;
};

template <std::size_t ring_capacity>
class Advancing : public OneBus {
 public:
  explicit Advancing(Sink& sink)
      : OneBus(sink),
        reporter_(session_.reporter({.ring_capacity = ring_capacity})),
        counter_(reporter_.at(role, stage)) {
    counter_.add_total(1);
  }
  void report(std::uint64_t, std::uint64_t) noexcept { counter_.advance(); }

 private:
  headway::Reporter reporter_;
  headway::Counter counter_;
};

template <std::size_t ring_capacity>
class Shared : public OneBus {
 public:
  explicit Shared(Sink& sink)
      : OneBus(sink), reporter_(session_.shared_reporter({.ring_capacity = ring_capacity})) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    reporter_.report(role, stage, completed, total);
  }

 private:
  headway::SharedReporter reporter_;
};

}  // namespace bench
