// SPDX-License-Identifier: MIT
//
// Law 13: a provider that is stopped anywhere, in the middle of a report too, delays no other lane. The
// moment is random, and the providers do nothing but report, so most of them are inside one.
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "random.hpp"
#include "recording_subscriber.hpp"
#include "scale.hpp"
#include "stalled_thread.hpp"
#include "waiting.hpp"

namespace headway::laws {
namespace {

/// Lets the provider run for a random number of instructions.
void run_a_little(Random& random) {
  for (std::uint64_t i = random.below(3000); i > 0; --i)
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

class Law13AStalledProvider : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    if (under_thread_sanitizer) {
      GTEST_SKIP()
          << "the thread sanitizer holds signals back until a call that may block, so that a "
             "provider would never be stopped inside a report";
    }
  }
};

INSTANTIATE_TEST_SUITE_P(RingCapacity, Law13AStalledProvider, testing::Values(0U, 2U, 64U));

TEST_P(Law13AStalledProvider, DelaysNoOtherReporter) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms, .filter = {.role = destination}});
  auto session = bus.open_session("s", {.merge = Merge::sum});
  auto stalled = session.reporter({.ring_capacity = GetParam()});
  auto other = session.reporter({.ring_capacity = GetParam()});
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> made{0};
  StalledThread provider([&] {
    for (std::uint64_t i = 1; !done.load(std::memory_order_relaxed); ++i) {
      const Status status = stalled.report(source, detection, i, ~i);
      if (status == Status::ok) made.store(i, std::memory_order_relaxed);
    }
  });
  const AtExit finish([&] { done.store(true); });
  Random random(13);
  for (std::uint64_t i = 1; i <= static_cast<std::uint64_t>(scaled(300)); ++i) {
    run_a_little(random);
    ASSERT_TRUE(provider.stall());
    ASSERT_EQ(other.report(destination, application, i, 0), Status::ok);
    ASSERT_TRUE(eventually([&] {
      return seen.last_sequence(session.id(), destination, application) == i;
    })) << "the other lane waits for the stalled one";
    // It may be in the middle of a report; whatever a flush says then, it comes back.
    static_cast<void>(bus.flush(1ms));
    provider.release();
  }
  done.store(true);
  provider.join();
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  EXPECT_EQ(bus.snapshot().at(0).value(source, detection).sequence, made.load());
  EXPECT_EQ(bus.snapshot().at(0).value(source, detection).completed, made.load());
}

TEST_P(Law13AStalledProvider, DelaysNoOtherThreadOfItsSharedReporter) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms, .filter = {.role = destination}});
  auto session = bus.open_session("s", {.merge = Merge::latest});
  auto shared = session.shared_reporter({.ring_capacity = GetParam()});
  // A thread's first report takes the bus's lock; nobody is to be stopped with it.
  ASSERT_EQ(shared.report(destination, application, 0, 100), Status::ok);
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> made{0};
  StalledThread provider([&] {
    for (std::uint64_t i = 1; !done.load(std::memory_order_relaxed); ++i) {
      if (shared.report(source, detection, i, ~i) == Status::ok)
        made.store(i, std::memory_order_relaxed);
    }
  });
  const AtExit finish([&] { done.store(true); });
  ASSERT_TRUE(eventually([&] { return made.load() != 0; }));
  Random random(14);
  const int rounds = scaled(300);
  for (int i = 1; i <= rounds; ++i) {
    run_a_little(random);
    ASSERT_TRUE(provider.stall());
    // More than the ring holds, so that records queue behind a slot that was claimed and never filled.
    for (std::uint64_t n = 1; n <= 100; ++n) {
      ASSERT_EQ(shared.report(destination, application, n, 100), Status::ok);
    }
    const auto sequence = static_cast<std::uint64_t>(i) * 100 + 1;
    ASSERT_TRUE(eventually([&] {
      return seen.last_sequence(session.id(), destination, application) == sequence;
    })) << "the other thread's reports wait for the stalled one, "
        << seen.last_sequence(session.id(), destination, application) << " of " << sequence;
    provider.release();
  }
  done.store(true);
  provider.join();
  ASSERT_EQ(bus.flush(watchdog), FlushResult::ok);
  EXPECT_EQ(bus.snapshot().at(0).value(source, detection).sequence, made.load());
  EXPECT_EQ(bus.snapshot().at(0).value(source, detection).completed, made.load());
}

TEST_P(Law13AStalledProvider, HoldsUpNoCloseOfAnotherSession) {
  Bus bus;
  RecordingSubscriber seen;
  auto subscription = bus.subscribe(seen, {.interval = 1ms});
  auto session = bus.open_session("stalled");
  auto stalled = session.reporter({.ring_capacity = GetParam()});
  std::atomic<bool> done{false};
  StalledThread provider([&] {
    for (std::uint64_t i = 1; !done.load(std::memory_order_relaxed); ++i)
      static_cast<void>(stalled.report(source, detection, i, ~i));
  });
  const AtExit finish([&] { done.store(true); });
  Random random(15);
  for (std::size_t i = 1; i <= static_cast<std::size_t>(scaled(100)); ++i) {
    run_a_little(random);
    ASSERT_TRUE(provider.stall());
    auto other = bus.open_session("other");
    auto others = other.reporter({.ring_capacity = GetParam()});
    ASSERT_EQ(others.report(source, detection, 7, 7), Status::ok);
    other.close();
    ASSERT_TRUE(eventually([&] { return seen.closed().size() == i; }));
    ASSERT_EQ(seen.last_sequence(other.id(), source, detection), 1U);
    provider.release();
  }
  done.store(true);
}

TEST_P(Law13AStalledProvider, HoldsUpNoStopAndNoDestructionOnceItGoesOn) {
  for (int round = 0; round < scaled(12); ++round) {
    Random random(static_cast<std::uint64_t>(round));
    std::optional<Bus> bus(std::in_place);
    RecordingSubscriber seen;
    auto subscription = bus->subscribe(seen, {.interval = 1ms});
    auto session = bus->open_session("s", {.merge = Merge::sum});
    auto stalled = session.reporter({.ring_capacity = GetParam()});
    auto other = session.reporter({.ring_capacity = GetParam()});
    std::atomic<bool> done{false};
    StalledThread provider([&] {
      while (!done.load(std::memory_order_relaxed)) {
        static_cast<void>(stalled.advance(source, detection));
      }
    });
    const AtExit finish([&] { done.store(true); });
    run_a_little(random);
    ASSERT_TRUE(provider.stall());
    ASSERT_EQ(other.report(destination, application, 5, 5), Status::ok);
    if (round % 2 == 0) {
      // Long enough for the dispatcher to get a processor; the stalled one makes it last that long.
      static_cast<void>(bus->stop(500ms));
      EXPECT_EQ(seen.last_sequence(session.id(), destination, application), 1U)
          << "the other lane's last word waits for the stalled one";
    }
    // The destructor has no deadline: it may wait for what the provider is just saying.
    std::atomic<bool> ended{false};
    std::thread ending([&] {
      bus.reset();
      ended.store(true);
    });
    provider.release();
    EXPECT_TRUE(eventually([&] { return ended.load(); })) << "the end of the bus hangs";
    ending.join();
    EXPECT_EQ(seen.last_sequence(session.id(), destination, application), 1U);
  }
}

}  // namespace
}  // namespace headway::laws
