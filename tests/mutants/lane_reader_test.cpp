// SPDX-License-Identifier: MIT
//
// The dispatcher's half of the asymmetric barrier. The processor of a test machine may hide a missing one
// for years; here heavy_barrier() is the test's own. What it stores is what a provider's store buffer held
// back until the barrier, with a look at the lane's word that was made before the dispatcher changed it.
#include <array>
#include <functional>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <headway/detail/fences.hpp>
#include "core/bus_state.hpp"
#include "core/lane_reader.hpp"

namespace headway::detail {
namespace {

std::function<void()>& at_the_barrier() {
  static std::function<void()> call;
  return call;
}

}  // namespace

// In place of the platform's fences.cpp.
bool asymmetric() noexcept { return true; }
void heavy_barrier() noexcept {
  if (at_the_barrier()) at_the_barrier()();
}

namespace {

using namespace std::chrono_literals;
using TimePoint = LaneReader::time_point;

struct Ignored final : ChangeObserver {
  void changed(const Change&) override {}
  [[nodiscard]] bool wants_records() const noexcept override { return false; }
  bool begin_records(const Change&, const Update&) override { return false; }
  void record(std::uint64_t, std::uint64_t, std::uint64_t) override {}
  void end_records(const Change&) override {}
};

class ALaneReader : public testing::TestWithParam<std::size_t> {
 protected:
  ALaneReader() {
    std::unique_ptr<LaneParts> parts;
    if (GetParam() != 0) {
      parts = std::make_unique<LaneParts>();
      parts->own_ring = std::make_unique<OwnRing>(GetParam());
      parts->ring = parts->own_ring.get();
    }
    session->prepare_reporting();
    lane.session = session;
    lane.open(session->gate, intake, lane.index, parts.release(), false);
    lane.active = true;
  }
  ~ALaneReader() override {
    at_the_barrier() = nullptr;
    LaneTable::clear(lane);
  }

  Status report(std::uint64_t completed) { return lane.report<OwnRing>(0, completed, 10); }
  [[nodiscard]] std::uint64_t seen() const { return session->values()[0].own_completed(); }
  std::size_t drop_marks() {
    std::size_t marks = 0;
    intake.inbox.take([&](std::size_t) { ++marks; });
    return marks;
  }

  BusIntake intake{StdAtomics::Clock()};
  LaneTable lanes;
  Ignored nobody;
  Scoreboard board{nobody};
  LaneReader reader{intake, lanes, board};
  std::shared_ptr<SessionState> session =
      std::make_shared<SessionState>(nullptr, SessionId(1), "session", SessionOptions{});
  LaneRecord& lane = lanes.acquire();
  TimePoint now{1h};
};

/// Two threads of one shared reporter.
class ALaneReaderOfAGroup : public testing::Test {
 protected:
  ALaneReaderOfAGroup() {
    session->prepare_reporting();
    group->own_ring = std::make_unique<SharedRing>(4);
    for (LaneRecord*& lane : lanes) {
      lane = &table.acquire();
      lane->session = session;
      lane->group = group;
      auto parts = std::make_unique<LaneParts>();
      parts->lane = lane->index;
      parts->ring = group->own_ring.get();
      lane->open(session->gate, intake, lane->index, parts.release(), false);
      lane->active = true;
    }
  }
  ~ALaneReaderOfAGroup() override {
    for (LaneRecord* const lane : lanes) LaneTable::clear(*lane);
  }

  Status report(std::size_t lane, std::uint64_t completed) {
    return lanes[lane]->report<SharedRing>(0, completed, 10);
  }

  BusIntake intake{StdAtomics::Clock()};
  LaneTable table;
  Ignored nobody;
  Scoreboard board{nobody};
  LaneReader reader{intake, table, board};
  std::shared_ptr<SessionState> session =
      std::make_shared<SessionState>(nullptr, SessionId(1), "session", SessionOptions{});
  std::shared_ptr<GroupState> group = std::make_shared<GroupState>();
  std::array<LaneRecord*, 2> lanes{};
  TimePoint now{1h};
};

INSTANTIATE_TEST_SUITE_P(RingCapacity, ALaneReader, testing::Values(0U, 4U));

TEST_P(ALaneReader, IsToldOfAColdLaneOnce) {
  ASSERT_EQ(report(1), Status::ok);
  EXPECT_EQ(drop_marks(), 1U);
  ASSERT_EQ(report(2), Status::ok);
  EXPECT_EQ(drop_marks(), 0U);
}

TEST_P(ALaneReader, IsNotToldOfAHotLane) {
  ASSERT_EQ(report(1), Status::ok);
  reader.take_marks(now);
  ASSERT_EQ(report(2), Status::ok);
  EXPECT_EQ(drop_marks(), 0U);
}

TEST_P(ALaneReader, FindsWhatTheBarrierOfCoolingBroughtToLight) {
  ASSERT_EQ(report(1), Status::ok);
  reader.take_marks(now);
  ASSERT_TRUE(reader.read_hot(now));
  ASSERT_EQ(report(1), Status::ok);
  ASSERT_TRUE(reader.read_hot(now));
  int barriers = 0;
  at_the_barrier() = [&] {
    ++barriers;
    ASSERT_EQ(report(2), Status::ok);
    // The lane is cold by now. But what the barrier brings to light looked before it was, and marked nothing.
    EXPECT_EQ(drop_marks(), 1U);
  };
  reader.cool(now + 1s, 20ms);
  EXPECT_EQ(barriers, 1);
  EXPECT_EQ(reader.hot(), 1U);
  ASSERT_TRUE(reader.read_hot(now + 1s));
  EXPECT_EQ(seen(), 2U);
}

TEST_P(ALaneReader, TakesWhatTheBarrierOfClosingBroughtToLight) {
  ASSERT_EQ(report(1), Status::ok);
  reader.take_marks(now);
  Status answer = Status::invalid_argument;
  at_the_barrier() = [&] { answer = report(2); };
  const std::vector<LaneRecord*> closing = {&lane};
  reader.begin_closing(closing);
  EXPECT_EQ(answer, Status::ok);
  ASSERT_TRUE(reader.try_close(closing, now));
  EXPECT_EQ(seen(), 2U);
  EXPECT_EQ(report(3), Status::closed);
}

TEST_F(ALaneReaderOfAGroup, TakesNothingThatWasRefused) {
  const std::vector<LaneRecord*> first = {lanes[0]};
  reader.begin_closing(first);
  ASSERT_TRUE(reader.try_close(first, now));
  EXPECT_EQ(report(0, 9), Status::closed);
  EXPECT_EQ(report(1, 1), Status::ok);
  // The refused record lies in the ring before this one.
  const std::vector<LaneRecord*> second = {lanes[1]};
  reader.begin_closing(second);
  ASSERT_TRUE(reader.try_close(second, now));
  EXPECT_EQ(session->values()[0].own_completed(), 1U);
  EXPECT_EQ(session->values()[0].own_sequence(), 1U);
}

/// A session of a bus that nobody dispatches, and a lane that has the turn.
class AGateThatChanges : public testing::TestWithParam<std::size_t> {
 protected:
  AGateThatChanges() { EXPECT_EQ(report(1), Status::ok); }
  ~AGateThatChanges() override {
    at_the_barrier() = nullptr;
    bus->end_reporter(*session, lane);
  }

  Status report(std::uint64_t completed) { return lane.report<OwnRing>(0, completed, 10); }
  /// As a provider that has looked at the gate before it changed, and whose turn is stored only now.
  void report_late(std::uint64_t completed) {
    const std::uint32_t gate = session->gate.word.exchange(Gate::open);
    EXPECT_EQ(lane.report<OwnRing>(1, completed, 10), Status::ok);
    session->gate.word.store(gate);
  }

  std::shared_ptr<BusState> bus =
      std::make_shared<BusState>(BusOptions{.dispatch = Dispatch::manual});
  std::shared_ptr<SessionState> session = bus->open_session("session", {});
  BusLane& lane = bus->open_lane(session, {.ring_capacity = GetParam()});
};

INSTANTIATE_TEST_SUITE_P(RingCapacity, AGateThatChanges, testing::Values(0U, 4U));

TEST_P(AGateThatChanges, ByCancelIsSeenByWhoWasTakingTheTurn) {
  int barriers = 0;
  at_the_barrier() = [&] {
    ++barriers;
    EXPECT_FALSE(session->gate.is_open());
    EXPECT_FALSE(session->gate.is_canceled());
    EXPECT_EQ(report(2), Status::ok);
    report_late(2);
  };
  BusState::cancel(*session);
  EXPECT_EQ(barriers, 1);
  EXPECT_EQ(lane.report<OwnRing>(1, 3, 10), Status::aborted);
}

TEST_P(AGateThatChanges, ByCloseIsSeenByTheNextReport) {
  bus->close(*session, Outcome::completed, {});
  EXPECT_EQ(report(2), Status::closed);
}

TEST_P(AGateThatChanges, ByStopIsSeenByTheNextReport) {
  // Before the lane is closed, at the latest.
  at_the_barrier() = [&] { EXPECT_EQ(report(2), Status::closed); };
  static_cast<void>(bus->stop(0ns));
  EXPECT_EQ(report(2), Status::closed);
}

}  // namespace
}  // namespace headway::detail
