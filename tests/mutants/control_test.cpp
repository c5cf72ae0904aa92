// SPDX-License-Identifier: MIT
//
// Steps of the control path that a mutant showed no law test to look at.
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <headway/headway.hpp>
#include "laws/manual_bus.hpp"

namespace headway::laws {
namespace {

TEST(AClosedSessionThatIsCanceled, GoesOnAnsweringClosed) {
  ManualBus bus;
  auto session = bus->open_session("photos");
  auto reporter = session.reporter();
  session.close();
  session.cancel();
  EXPECT_EQ(reporter.report(Role::source, Stage::change_detection, 1, 2), Status::closed);
}

/// A session with one reporter draws no stamps, so that the lane has the turn when the process forks.
TEST(AForkedChild, IsRefusedOnALaneThatHasTheTurn) {
  for (const std::size_t ring : {0U, 4U}) {
    ManualBus bus;
    auto session = bus->open_session("photos");
    auto reporter = session.reporter({.ring_capacity = ring});
    const auto report = [&] {
      return reporter.report(Role::source, Stage::change_detection, 1, 2);
    };
    ASSERT_EQ(report(), Status::ok);
    const pid_t child = ::fork();
    if (child == 0) ::_exit(report() == Status::closed ? 0 : 1);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(report(), Status::ok);
  }
}

struct LeavesWhenOpened final : Subscriber {
  void on_opened(const SessionInfo&) override { EXPECT_TRUE(subscription.unsubscribe()); }
  void on_batch(std::span<const Update>) override { ++batches; }

  Subscription subscription;
  int batches = 0;
};

TEST(ASubscriberThatUnsubscribesInOnOpened, GetsNotEvenTheBatchThatCameWithIt) {
  ManualBus bus;
  auto session = bus->open_session("photos");
  auto reporter = session.reporter();
  ASSERT_EQ(reporter.report(Role::source, Stage::change_detection, 1, 2), Status::ok);
  bus->poll();
  LeavesWhenOpened subscriber;
  subscriber.subscription = bus->subscribe(subscriber);
  bus.settle();
  EXPECT_EQ(subscriber.batches, 0);
}

}  // namespace
}  // namespace headway::laws
