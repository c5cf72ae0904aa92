// SPDX-License-Identifier: MIT
//
// Headway's contenders: a bus, one session, one subscriber that calls the sink, and one of the handles.
// `folding` is a reporter without a ring, `default` one with the default ring of 64.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <headway/headway.hpp>

#include "floors.hpp"
#include "sink.hpp"

namespace bench {

/// A build on Boost's rings says so in its contenders' names.
inline std::string headway_named(std::string_view what) {
#if defined(HEADWAY_RING_BOOST)
  return "headway_boost_" + std::string(what);
#else
  return "headway_" + std::string(what);
#endif
}

inline constexpr headway::Role role = headway::Role::destination;
inline constexpr headway::Stage stage = headway::Stage::change_application;

class OneBus {
 public:
  static constexpr bool counts = true;
  explicit OneBus(Sink& sink, std::chrono::nanoseconds interval = display_interval,
                  headway::BusOptions options = {})
      : bus_(std::move(options)),
        session_(bus_.open_session("bench")),
        subscription_(bus_.subscribe(
            [&sink](const headway::Update& update) {
              sink.on_progress(update.completed, update.total, update.sequence);
            },
            {.interval = interval})) {}
  void settle() { static_cast<void>(bus_.flush(std::chrono::seconds(10))); }
  void stop() { settle(); }
  [[nodiscard]] headway::Bus& bus() noexcept { return bus_; }

 protected:
  headway::Bus bus_;
  headway::Session session_;
  headway::Subscription subscription_;
};

template <std::size_t ring_capacity>
class OwnReporter : public OneBus {
 public:
  template <class... Options>
  explicit OwnReporter(Sink& sink, Options&&... options)
      : OneBus(sink, std::forward<Options>(options)...),
        reporter_(session_.reporter({.ring_capacity = ring_capacity})) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    reporter_.report(role, stage, completed, total);
  }

 private:
  headway::Reporter reporter_;
};

/// For contenders whose reports only advance.
template <class Counter>
struct AdvancingHandle {
  Counter counter;
  void report(std::uint64_t, std::uint64_t) noexcept { counter.advance(); }
};

template <std::size_t ring_capacity>
class OwnCounter : public OneBus {
 public:
  template <class... Options>
  explicit OwnCounter(Sink& sink, Options&&... options)
      : OneBus(sink, std::forward<Options>(options)...),
        reporter_(session_.reporter({.ring_capacity = ring_capacity})),
        counter_(reporter_.at(role, stage)) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    counter_.report(completed, total);
  }
  [[nodiscard]] headway::Counter handle() const noexcept { return counter_; }

 private:
  headway::Reporter reporter_;
  headway::Counter counter_;
};

template <std::size_t ring_capacity>
class Advancing : public OneBus {
 public:
  template <class... Options>
  explicit Advancing(Sink& sink, Options&&... options)
      : OneBus(sink, std::forward<Options>(options)...),
        reporter_(session_.reporter({.ring_capacity = ring_capacity})),
        counter_(reporter_.at(role, stage)) {
    counter_.add_total(1);
  }
  void report(std::uint64_t, std::uint64_t) noexcept { counter_.advance(); }
  [[nodiscard]] AdvancingHandle<headway::Counter> handle() const noexcept { return {counter_}; }

 private:
  headway::Reporter reporter_;
  headway::Counter counter_;
};

template <std::size_t ring_capacity>
class Shared : public OneBus {
 public:
  template <class... Options>
  explicit Shared(Sink& sink, Options&&... options)
      : OneBus(sink, std::forward<Options>(options)...),
        reporter_(session_.shared_reporter({.ring_capacity = ring_capacity})) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    reporter_.report(role, stage, completed, total);
  }

 private:
  headway::SharedReporter reporter_;
};

template <std::size_t ring_capacity>
class SharedCounting : public OneBus {
 public:
  template <class... Options>
  explicit SharedCounting(Sink& sink, Options&&... options)
      : OneBus(sink, std::forward<Options>(options)...),
        reporter_(session_.shared_reporter({.ring_capacity = ring_capacity})),
        counter_(reporter_.at(role, stage)) {}
  void report(std::uint64_t completed, std::uint64_t total) noexcept {
    counter_.report(completed, total);
  }
  [[nodiscard]] headway::SharedCounter handle() const noexcept { return counter_; }

 private:
  headway::SharedReporter reporter_;
  headway::SharedCounter counter_;
};

template <std::size_t ring_capacity>
class SharedAdvancing : public OneBus {
 public:
  template <class... Options>
  explicit SharedAdvancing(Sink& sink, Options&&... options)
      : OneBus(sink, std::forward<Options>(options)...),
        reporter_(session_.shared_reporter({.ring_capacity = ring_capacity})),
        counter_(reporter_.at(role, stage)) {
    counter_.add_total(1);
  }
  void report(std::uint64_t, std::uint64_t) noexcept { counter_.advance(); }
  [[nodiscard]] AdvancingHandle<headway::SharedCounter> handle() const noexcept {
    return {counter_};
  }

 private:
  headway::SharedReporter reporter_;
  headway::SharedCounter counter_;
};

}  // namespace bench
