// SPDX-License-Identifier: MIT
//
// Law 1: a bad role or stage is refused and has no other effect; odd but legal values pass as they are.
#include <array>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"
#include "manual_bus.hpp"
#include "recording_subscriber.hpp"

namespace headway::laws {
namespace {

/// Every pair of these that is no key. Among them are pairs whose role * 3 + stage lands on a real key,
/// as it stands (0, 3) or after the multiplication wraps (0x55555556, 0).
std::vector<std::pair<Role, Stage>> bad_keys() {
  const std::array<std::uint32_t, 12> values = {0,           1,           2,           3,
                                                4,           5,           0x55555555U, 0x55555556U,
                                                0x7FFFFFFFU, 0x80000000U, 0xAAAAAAABU, 0xFFFFFFFFU};
  std::vector<std::pair<Role, Stage>> bad;
  for (const std::uint32_t role : values) {
    for (const std::uint32_t stage : values) {
      if (role > 1 || stage > 2)
        bad.emplace_back(static_cast<Role>(role), static_cast<Stage>(stage));
    }
  }
  return bad;
}

template <class AnyReporter>
std::uint64_t refuse_all(AnyReporter& reporter) {
  std::uint64_t refused = 0;
  for (const auto& [role, stage] : bad_keys()) {
    EXPECT_EQ(reporter.report(role, stage, 7, 9), Status::invalid_argument);
    EXPECT_EQ(reporter.advance(role, stage, 7), Status::invalid_argument);
    EXPECT_EQ(reporter.add_total(role, stage, 7), Status::invalid_argument);
    refused += 3;
  }
  return refused;
}

class Law1ValidOrRefused : public testing::TestWithParam<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(RingCapacity, Law1ValidOrRefused, testing::Values(0U, 1U, 2U, 64U));

TEST_P(Law1ValidOrRefused, ABadKeyChangesNothingButTheCountOfRefusals) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  const std::uint64_t refused = refuse_all(reporter);
  bus.settle();
  EXPECT_TRUE(seen.updates().empty());
  const auto info = bus->snapshot().at(0);
  for (const LatestValue& value : info.values) {
    EXPECT_EQ(value.completed, 0U);
    EXPECT_EQ(value.total, 0U);
    EXPECT_EQ(value.sequence, 0U);
  }
  EXPECT_EQ(bus->statistics().refused_invalid, refused);
  EXPECT_EQ(bus->statistics().refused_aborted, 0U);
  EXPECT_EQ(bus->statistics().refused_closed, 0U);
  EXPECT_EQ(bus->statistics().reports, 0U);
}

TEST_P(Law1ValidOrRefused, ABadKeyOnASharedReporterChangesNothingEither) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  auto session = bus->open_session("s");
  auto reporter = session.shared_reporter({.ring_capacity = GetParam()});
  const std::uint64_t refused = refuse_all(reporter);
  bus.settle();
  EXPECT_TRUE(seen.updates().empty());
  EXPECT_EQ(bus->statistics().refused_invalid, refused);
  EXPECT_EQ(bus->statistics().reports, 0U);
}

TEST_P(Law1ValidOrRefused, BadReportsBetweenGoodOnesLeaveTheSequenceAlone) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  for (std::uint64_t i = 1; i <= 200; ++i) {
    ASSERT_EQ(reporter.report(destination, enumeration, i, 200), Status::ok);
    ASSERT_EQ(reporter.report(static_cast<Role>(2), enumeration, 1000, 1000),
              Status::invalid_argument);
    ASSERT_EQ(reporter.report(destination, static_cast<Stage>(3), 1000, 1000),
              Status::invalid_argument);
  }
  bus.settle();
  const auto last = seen.last(session.id(), destination, enumeration);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->completed, 200U);
  EXPECT_EQ(last->sequence, 200U);
  EXPECT_EQ(bus->statistics().refused_invalid, 400U);
  for (const Seen& update : seen.updates()) {
    EXPECT_EQ(update.key(), key_index(destination, enumeration)) << update;
  }
}

TEST_P(Law1ValidOrRefused, ABadKeyStaysInvalidOnACanceledAndOnAClosedSession) {
  ManualBus bus;
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  session.cancel();
  EXPECT_EQ(reporter.report(static_cast<Role>(2), detection, 1, 1), Status::invalid_argument);
  session.close();
  EXPECT_EQ(reporter.report(source, static_cast<Stage>(0xFFFFFFFFU), 1, 1),
            Status::invalid_argument);
  EXPECT_EQ(bus->statistics().refused_invalid, 2U);
}

TEST_P(Law1ValidOrRefused, OddButLegalValuesPassAsTheyAre) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  // More than all, total unknown, less than before, a shrinking total, nothing of nothing.
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> odd = {
      {10, 5}, {3, 0}, {2, 100}, {1, 50}, {1, 49}, {0, 0}, {9, 1}};
  std::uint64_t sequence = 0;
  for (const auto& [completed, total] : odd) {
    ASSERT_EQ(reporter.report(source, application, completed, total), Status::ok);
    bus.settle();
    const auto last = seen.last(session.id(), source, application);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->completed, completed);
    EXPECT_EQ(last->total, total);
    EXPECT_EQ(last->sequence, ++sequence);
  }
}

std::vector<std::uint64_t> extremes() {
  std::vector<std::uint64_t> values = {0, 1, std::numeric_limits<std::uint64_t>::max()};
  // Wherever a record or a cell might pack its fields: the powers of two and their neighbours.
  for (const unsigned bit :
       {7U, 8U, 15U, 16U, 29U, 30U, 31U, 32U, 33U, 47U, 48U, 58U, 59U, 60U, 61U, 62U, 63U}) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    values.insert(values.end(), {power - 1, power, power + 1});
  }
  return values;
}

TEST_P(Law1ValidOrRefused, ExtremesSurviveOneByOne) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  std::size_t key = 0;
  for (const std::uint64_t completed : extremes()) {
    for (const std::uint64_t total : extremes()) {
      key = (key + 1) % keys_per_session;
      ASSERT_EQ(reporter.report(role_of(key), stage_of(key), completed, total), Status::ok);
      bus.settle();
      const auto last = seen.last(session.id(), role_of(key), stage_of(key));
      ASSERT_TRUE(last);
      ASSERT_EQ(last->completed, completed) << "total " << total;
      ASSERT_EQ(last->total, total) << "completed " << completed;
    }
  }
}

TEST_P(Law1ValidOrRefused, ExtremesSurviveInBurstsRecordByRecord) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription =
      bus->subscribe(seen, {.delivery = Delivery::recorded, .queue_capacity = 1U << 16U});
  auto session = bus->open_session("s");
  auto reporter = session.reporter({.ring_capacity = GetParam()});
  const auto values = extremes();
  std::vector<std::pair<std::uint64_t, std::uint64_t>> reported;
  for (std::size_t i = 0; i < values.size() * 7; ++i) {
    // Small and large take turns, so that one-slot and two-slot records meet at every ring position.
    const std::uint64_t completed = i % 3 == 0 ? i : values[i % values.size()];
    const std::uint64_t total = i % 5 == 0 ? i : values[(i * 11 + 3) % values.size()];
    reported.emplace_back(completed, total);
    ASSERT_EQ(reporter.report(source, detection, completed, total), Status::ok);
    if (i % 4 == 3) bus.settle();
  }
  bus.settle();
  const auto updates = seen.updates();
  ASSERT_FALSE(updates.empty());
  EXPECT_EQ(updates.back().sequence, reported.size());
  for (const Seen& update : updates) {
    ASSERT_GE(update.sequence, 1U);
    ASSERT_LE(update.sequence, reported.size());
    const auto& [completed, total] = reported[static_cast<std::size_t>(update.sequence - 1)];
    ASSERT_EQ(update.completed, completed) << update;
    ASSERT_EQ(update.total, total) << update;
  }
}

TEST_P(Law1ValidOrRefused, ExtremesSurviveASharedReporter) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  auto session = bus->open_session("s", {.merge = Merge::latest});
  auto reporter = session.shared_reporter({.ring_capacity = GetParam()});
  for (const std::uint64_t completed : extremes()) {
    for (const std::uint64_t total : {std::uint64_t{0}, completed, ~completed}) {
      ASSERT_EQ(reporter.report(source, detection, completed, total), Status::ok);
      bus.settle();
      const auto last = seen.last(session.id(), source, detection);
      ASSERT_TRUE(last);
      ASSERT_EQ(last->completed, completed);
      ASSERT_EQ(last->total, total);
    }
  }
}

TEST(Law1RelativeReports, StopAtZeroAndDoNotWrap) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  auto session = bus->open_session("s");
  auto reporter = session.reporter();
  const auto expect = [&](std::uint64_t completed, std::uint64_t total) {
    bus.settle();
    const auto last = seen.last(session.id(), source, application);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->completed, completed);
    EXPECT_EQ(last->total, total);
  };
  EXPECT_EQ(reporter.advance(source, application, 5), Status::ok);
  EXPECT_EQ(reporter.advance(source, application, -9), Status::ok);
  expect(0, 0);
  EXPECT_EQ(reporter.add_total(source, application, 12), Status::ok);
  EXPECT_EQ(reporter.add_total(source, application, -2), Status::ok);
  EXPECT_EQ(reporter.advance(source, application), Status::ok);
  expect(1, 10);
  const std::uint64_t half = std::uint64_t{1} << 63U;
  EXPECT_EQ(reporter.report(source, application, half, half), Status::ok);
  EXPECT_EQ(reporter.advance(source, application, std::numeric_limits<std::int64_t>::min()),
            Status::ok);
  EXPECT_EQ(reporter.add_total(source, application, std::numeric_limits<std::int64_t>::min()),
            Status::ok);
  expect(0, 0);
  EXPECT_EQ(reporter.advance(source, application, std::numeric_limits<std::int64_t>::max()),
            Status::ok);
  EXPECT_EQ(reporter.advance(source, application, std::numeric_limits<std::int64_t>::max()),
            Status::ok);
  EXPECT_EQ(reporter.advance(source, application, 1), Status::ok);
  expect(std::numeric_limits<std::uint64_t>::max(), 0);
}

TEST(Law1ACountersKey, IsCheckedWhenTheCounterIsMade) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  auto session = bus->open_session("own");
  auto pool = bus->open_session("shared");
  auto reporter = session.reporter();
  auto shared = pool.shared_reporter();
  for (const auto& [role, stage] : bad_keys()) {
    EXPECT_THROW(static_cast<void>(reporter.at(role, stage)), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(shared.at(role, stage)), std::invalid_argument);
  }
  auto counter = reporter.at(destination, application);
  EXPECT_EQ(counter.report(3, 9), Status::ok);
  EXPECT_EQ(counter.advance(), Status::ok);
  EXPECT_EQ(counter.add_total(1), Status::ok);
  auto shared_counter = shared.at(destination, detection);
  EXPECT_EQ(shared_counter.advance(4), Status::ok);
  EXPECT_EQ(shared_counter.add_total(8), Status::ok);
  bus.settle();
  const auto own = seen.last(session.id(), destination, application);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->completed, 4U);
  EXPECT_EQ(own->total, 10U);
  EXPECT_EQ(own->sequence, 3U);
  const auto other = seen.last(pool.id(), destination, detection);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->completed, 4U);
  EXPECT_EQ(other->total, 8U);
  EXPECT_EQ(other->sequence, 2U);
}

TEST(Law1MixedCalls, OnOneKeyOfASharedReporterTheSecondKindIsRefused) {
  ManualBus bus;
  RecordingSubscriber seen;
  auto subscription = bus->subscribe(seen);
  for (const Merge merge : {Merge::unset, Merge::furthest, Merge::latest}) {
    auto session = bus->open_session("s", {.merge = merge});
    auto reporter = session.shared_reporter();
    EXPECT_EQ(reporter.report(source, detection, 3, 9), Status::ok);
    EXPECT_EQ(reporter.advance(source, detection, 1), Status::invalid_argument);
    EXPECT_EQ(reporter.add_total(source, detection, 1), Status::invalid_argument);
    EXPECT_EQ(reporter.advance(source, enumeration, 1), Status::ok);
    EXPECT_EQ(reporter.report(source, enumeration, 3, 9), Status::invalid_argument);
    bus.settle();
    EXPECT_EQ(seen.last_sequence(session.id(), source, detection), 1U);
    EXPECT_EQ(seen.last_sequence(session.id(), source, enumeration), 1U);
    EXPECT_EQ(seen.last(session.id(), source, detection)->completed, 3U);
    EXPECT_EQ(seen.last(session.id(), source, enumeration)->completed, 1U);
  }
  EXPECT_EQ(bus->statistics().refused_invalid, 9U);
}

}  // namespace
}  // namespace headway::laws
