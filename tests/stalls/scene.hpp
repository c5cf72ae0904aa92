// SPDX-License-Identifier: MIT
//
// Scene: what goes on in the child around the report that is stepped. The provider has reported before, in a
// way that puts its lane where the situation wants it; while it stands still, everybody else goes on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "laws/keys.hpp"
#include "laws/recording_subscriber.hpp"
#include "laws/waiting.hpp"
#include "stalls/stepped_call.hpp"

namespace headway::stalls {

using laws::eventually;
using namespace std::chrono_literals;

enum class By { reporter, counter, advance, shared_reporter, shared_advance };

struct Situation {
  std::string name;
  By by = By::reporter;
  Merge merge = Merge::sum;
  std::size_t ring = 0;
  /// Reports made before, in groups. When the dispatcher has delivered a group it stands still in that
  /// callback until the next group has been made. The last group it has not looked at yet.
  std::vector<int> before{};
  /// Of those, how many must arrive while the provider stands still: a fold may hide the one before it.
  std::uint64_t must_arrive = 0;
  /// The lane is cold and the dispatcher asleep: the report is to wake it.
  bool cold = false;
  /// The report to be stepped is for another key.
  bool elsewhere = false;
  /// The n-th report of a key says `base` + n: large values take a wide record in a ring.
  std::uint64_t base = 0;
  /// Whether the total grows with each report, and takes a word of its own in a ring.
  bool total_grows = true;

  [[nodiscard]] std::uint64_t total_of(std::uint64_t n) const {
    return base + 1'000'000 + (total_grows ? n : 0);
  }
};

inline void PrintTo(const Situation& situation, std::ostream* out) { *out << situation.name; }

/// What becomes of the provider that stands still.
enum class Ending { goes_on, goes_on_in_a_closing_session, never_comes_back };

inline void PrintTo(Ending ending, std::ostream* out) {
  switch (ending) {
    case Ending::goes_on: *out << "GoesOn"; break;
    case Ending::goes_on_in_a_closing_session: *out << "GoesOnInAClosingSession"; break;
    case Ending::never_comes_back: *out << "NeverComesBack"; break;
  }
}

class Scene {
 public:
  Scene(const Situation& situation, SteppedCall& call) : situation_(situation), call_(call) {
    seen_.at_opened = [this](const SessionInfo&) { dispatcher_.store(::gettid()); };
    seen_.at_progress = [this](const Update& update) {
      if (update.session != session_.id() || update.role != laws::source) return;
      reached_.store(update.sequence);
      static_cast<void>(eventually([&] { return left_.load() >= update.sequence; }));
    };
    subscription_ = bus_.subscribe(seen_, {.interval = interval});
    bystanders_ = bus_.subscribe(bystander_, {.interval = interval});
  }

  void play(Ending ending) {
    const std::uint64_t base = situation_.base;
    const auto total = [this](std::uint64_t n) { return situation_.total_of(n); };
    if (situation_.by == By::shared_reporter || situation_.by == By::shared_advance) {
      SharedReporter shared = session_.shared_reporter({.ring_capacity = situation_.ring});
      // A thread's first report takes a lock, which is no part of the law.
      ASSERT_EQ(shared.report(laws::destination, laws::application, 0, 0), Status::ok);
      others_ = 1;
      if (situation_.by == By::shared_advance) {
        return play(ending, shared,
                    [&](Stage stage, auto) { return shared.advance(laws::source, stage); });
      }
      return play(ending, shared, [&](Stage stage, std::uint64_t n) {
        return shared.report(laws::source, stage, base + n, total(n));
      });
    }
    Reporter reporter = session_.reporter({.ring_capacity = situation_.ring});
    Reporter other = session_.reporter({.ring_capacity = situation_.ring});
    Counter counter = reporter.at(laws::source, laws::detection);
    switch (situation_.by) {
      case By::counter:
        return play(ending, other,
                    [&](auto, std::uint64_t n) { return counter.report(base + n, total(n)); });
      case By::advance: return play(ending, other, [&](auto, auto) { return counter.advance(); });
      default:
        return play(ending, other, [&](Stage stage, std::uint64_t n) {
          return reporter.report(laws::source, stage, base + n, total(n));
        });
    }
  }

 private:
  static constexpr std::chrono::microseconds interval{100};

  template <class Other, class Make>
  void play(Ending ending, Other& other, const Make& make) {
    std::thread provider([&] {
      prepare(make);
      const Stage stage = situation_.elsewhere ? laws::enumeration : laws::detection;
      const std::uint64_t n = situation_.elsewhere ? 1 : made_ + 1;
      call_.make([&] { status_ = make(stage, n); });
    });
    if (call_.await_stop()) {
      leave_callback();
      while_it_stands(other);
      if (ending == Ending::never_comes_back) static_cast<void>(bus_.stop(1ms));
      // Not through the destructors, which may wait for it.
      if (ending == Ending::never_comes_back || testing::Test::HasFailure()) {
        expect_nothing_torn();
        SteppedChild::leave();
      }
      if (ending == Ending::goes_on_in_a_closing_session) session_.close();
    }
    leave_callback();
    call_.let_go();
    provider.join();
    account_for_all(ending);
  }

  /// On the provider's thread.
  template <class Make>
  void prepare(const Make& make) {
    const std::size_t groups = situation_.before.size();
    for (std::size_t group = 0; group < groups; ++group) {
      const std::uint64_t delivered = made_;
      for (int i = 0; i < situation_.before[group]; ++i) {
        ++made_;
        EXPECT_EQ(make(laws::detection, made_), Status::ok);
      }
      if (group + 1 == groups) break;
      left_.store(delivered);
      EXPECT_TRUE(eventually([&] { return reached_.load() == made_; }));
    }
    if (situation_.cold) await_sleep();
  }
  void await_sleep() {
    leave_callback();
    EXPECT_TRUE(eventually([&] { return reached_.load() == made_; }));
    // So that the lanes cool without the wait.
    later_.store(std::chrono::seconds(1));
    // Twice, since it may sleep for one more interval before it sleeps for good.
    EXPECT_TRUE(eventually([&] {
      const std::uint64_t ticks = bus_.statistics().ticks;
      if (bus_.statistics().hot_lanes != 0 || !dispatcher_sleeps()) return false;
      std::this_thread::sleep_for(2 * interval);
      return dispatcher_sleeps() && bus_.statistics().ticks == ticks;
    }));
  }
  [[nodiscard]] bool dispatcher_sleeps() const {
    std::ifstream file("/proc/self/task/" + std::to_string(dispatcher_.load()) + "/stat");
    std::string line;
    std::getline(file, line);
    return line.find(") S ") != std::string::npos;
  }
  void leave_callback() { left_.store(std::numeric_limits<std::uint64_t>::max()); }

  template <class Other>
  void while_it_stands(Other& other) {
    for (std::uint64_t n = 1; n <= 100; ++n) {
      ASSERT_EQ(other.report(laws::destination, laws::application, n, 100), Status::ok);
    }
    others_ += 100;
    ASSERT_TRUE(eventually([&] {
      return sequence(laws::destination, laws::application) == others_;
    })) << "the other's reports wait for it: "
        << sequence(laws::destination, laws::application) << " of " << others_;
    ASSERT_TRUE(eventually([&] {
      return sequence(laws::source, laws::detection) >= situation_.must_arrive;
    })) << "its own earlier reports wait for it";
    ASSERT_TRUE(bystanders_.unsubscribe());
    Session second = bus_.open_session("another");
    Reporter its = second.reporter({.ring_capacity = situation_.ring});
    ASSERT_EQ(its.report(laws::source, laws::detection, 7, 7), Status::ok);
    second.close();
    ASSERT_TRUE(eventually([&] { return seen_.outcome_of(second.id()).has_value(); }))
        << "another session's close waits for it";
    ASSERT_EQ(seen_.last_sequence(second.id(), laws::source, laws::detection), 1U);
    expect_nothing_torn();
  }

  void expect_nothing_torn() const {
    const bool absolute = situation_.by != By::advance && situation_.by != By::shared_advance;
    for (const laws::Seen& update : seen_.updates()) {
      if (update.session != session_.id() || update.role != laws::source) continue;
      const std::uint64_t n = update.sequence;
      ASSERT_EQ(update.completed, absolute ? situation_.base + n : n) << update;
      ASSERT_EQ(update.total, absolute ? situation_.total_of(n) : 0) << update;
    }
  }

  void account_for_all(Ending ending) {
    if (ending == Ending::goes_on) {
      ASSERT_EQ(status_, Status::ok);
      ASSERT_EQ(bus_.flush(laws::watchdog), FlushResult::ok);
    } else {
      ASSERT_TRUE(status_ == Status::ok || status_ == Status::closed) << to_string(status_);
      ASSERT_TRUE(eventually([&] { return seen_.outcome_of(session_.id()).has_value(); }));
    }
    const std::uint64_t last = status_ == Status::ok ? 1 : 0;
    EXPECT_EQ(sequence(laws::source, laws::detection), made_ + (situation_.elsewhere ? 0 : last));
    EXPECT_EQ(sequence(laws::source, laws::enumeration), situation_.elsewhere ? last : 0);
    EXPECT_EQ(sequence(laws::destination, laws::application), others_);
    expect_nothing_torn();
  }

  [[nodiscard]] std::uint64_t sequence(Role role, Stage stage) const {
    return seen_.last_sequence(session_.id(), role, stage);
  }

  const Situation& situation_;
  SteppedCall& call_;
  laws::RecordingSubscriber seen_;
  laws::RecordingSubscriber bystander_;
  std::atomic<std::uint64_t> reached_{0};
  std::atomic<std::uint64_t> left_{0};
  std::atomic<pid_t> dispatcher_{0};
  std::atomic<std::chrono::steady_clock::duration> later_{};
  Bus bus_{{.clock = [this] { return std::chrono::steady_clock::now() + later_.load(); }}};
  Session session_ = bus_.open_session("stalled", {.merge = situation_.merge});
  Subscription subscription_;
  Subscription bystanders_;
  std::uint64_t made_ = 0;
  std::uint64_t others_ = 0;
  Status status_ = Status::invalid_argument;
};

}  // namespace headway::stalls
