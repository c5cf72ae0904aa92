// SPDX-License-Identifier: MIT
//
// Steps of the control path that a mutant showed no law test to look at.
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
