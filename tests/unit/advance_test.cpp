// SPDX-License-Identifier: MIT
//
// Work done and work found in one report, by either kind of reporter.
#include <chrono>

#include <gtest/gtest.h>

#include <headway/headway.hpp>

namespace headway {
namespace {

using namespace std::chrono_literals;

template <class Make>
void expect_one_report(Make&& make) {
  Bus bus({.dispatch = Dispatch::manual});
  Update last;
  const Subscription subscription =
      bus.subscribe([&last](const Update& update) { last = update; }, {.interval = 1ns});
  Session session = bus.open_session("photos", {.merge = Merge::sum});
  auto reporter = make(session);
  EXPECT_EQ(reporter.advance(Role::source, Stage::change_application, 3, 10), Status::ok);
  EXPECT_EQ(reporter.advance(Role::source, Stage::change_application, 2, -1), Status::ok);
  EXPECT_EQ(reporter.advance(static_cast<Role>(2), Stage::change_application, 1, 1),
            Status::invalid_argument);
  bus.poll();
  EXPECT_EQ(last.completed, 5U);
  EXPECT_EQ(last.total, 9U);
  EXPECT_EQ(last.sequence, 2U);
}

TEST(Advance, DoneAndFoundAreOneReportOfAReporter) {
  expect_one_report([](Session& session) { return session.reporter(); });
}

TEST(Advance, DoneAndFoundAreOneReportOfASharedReporter) {
  expect_one_report([](Session& session) { return session.shared_reporter(); });
}

}  // namespace
}  // namespace headway
