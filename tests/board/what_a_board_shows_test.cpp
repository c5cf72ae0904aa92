// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "board_folder.hpp"
#include "laws/manual_bus.hpp"

namespace headway::boards_test {
namespace {

using laws::ManualBus;
using tools::ServiceView;
using tools::SessionView;

class ABoard : public ::testing::Test {
 protected:
  BoardFolder folder;
};

void expect_same(const SessionInfo& seen, const SessionInfo& held) {
  EXPECT_EQ(seen.id, held.id);
  EXPECT_EQ(seen.name, held.name);
  EXPECT_EQ(seen.note, held.note);
  EXPECT_EQ(seen.detail, held.detail);
  EXPECT_EQ(seen.units, held.units);
  EXPECT_EQ(seen.canceled, held.canceled);
  EXPECT_EQ(seen.outcome, held.outcome);
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    EXPECT_EQ(seen.values[key].completed, held.values[key].completed) << key;
    EXPECT_EQ(seen.values[key].total, held.values[key].total) << key;
    EXPECT_EQ(seen.values[key].sequence, held.values[key].sequence) << key;
  }
}

void expect_same(const ServiceView& service, const std::vector<SessionInfo>& held) {
  ASSERT_EQ(service.sessions.size(), held.size());
  for (std::size_t i = 0; i < held.size(); ++i) expect_same(service.sessions[i].info, held[i]);
}

TEST_F(ABoard, ShowsWhatASnapshotShows) {
  ManualBus bus(shown());
  auto open = bus->open_session("open", {.units = {Unit::items, Unit::bytes, Unit::bytes}});
  auto closed = bus->open_session("closed \xF0\x9F\x8C\x8D");
  auto canceled = bus->open_session("canceled", {.merge = Merge::sum});
  auto reporter = open.reporter();
  auto other = closed.reporter({.ring_capacity = 0});
  for (std::uint64_t i = 1; i <= 500; ++i) {
    reporter.report(Role::source, Stage::change_detection, i, 0);
    other.report(Role::destination, Stage::change_application, i, ~std::uint64_t{0});
  }
  open.note("photos/1.jpg");
  canceled.cancel();
  closed.close(Outcome::failed, "disk full");
  bus.settle();

  const ServiceView service = the_service(folder);
  expect_same(service, bus->snapshot());
  EXPECT_FALSE(service.sessions[0].closed_at);
  EXPECT_TRUE(service.sessions[1].closed_at);
  EXPECT_GE(*service.sessions[1].closed_at, service.sessions[1].opened_at);
  EXPECT_GE(service.sessions[0].opened_at, service.made_at);
  EXPECT_EQ(service.sessions[2].merge, Merge::sum);
}

TEST_F(ABoard, NamesItsProcessAndItself) {
  BusOptions options = shown();
  options.board_name = "backup";
  const ManualBus bus(std::move(options));
  const ServiceView service = the_service(folder);
  EXPECT_EQ(service.name, "backup");
  EXPECT_EQ(service.process, static_cast<std::uint64_t>(::getpid()));
  EXPECT_EQ(service.headway_version, HEADWAY_VERSION);
  EXPECT_TRUE(service.alive);
  EXPECT_FALSE(service.stopped_at);
  EXPECT_THAT(service.file, ::testing::StartsWith("headway." + std::to_string(::getpid()) + "."));
}

TEST_F(ABoard, IsCalledAsTheProgramWhereNothingElseIsSaid) {
  const ManualBus bus(shown());
  EXPECT_EQ(the_service(folder).name, "headway_board_tests");
}

TEST_F(ABoard, ShowsTheStatistics) {
  ManualBus bus(shown());
  auto subscription = bus->subscribe([](const Update&) {});
  auto session = bus->open_session("photos");
  auto reporter = session.reporter({.ring_capacity = 4});
  for (std::uint64_t i = 1; i <= 100; ++i) {
    reporter.report(Role::source, Stage::change_detection, i, 100);
  }
  reporter.report(static_cast<Role>(7), Stage::change_detection, 1, 1);
  bus.settle();
  const ServiceView service = the_service(folder);
  const Statistics held = bus->statistics();
  using enum board::Statistic;
  EXPECT_EQ(service.statistic(reports), 100U);
  EXPECT_EQ(service.statistic(reports), held.reports);
  EXPECT_EQ(service.statistic(folds), held.folds);
  EXPECT_EQ(service.statistic(updates), held.updates);
  EXPECT_EQ(service.statistic(refused_invalid), 1U);
  EXPECT_EQ(service.statistic(callbacks), held.callbacks);
  EXPECT_EQ(service.statistic(lanes), held.lanes);
  EXPECT_EQ(service.statistic(open_sessions), 1U);
  EXPECT_EQ(service.statistic(board::Statistic::sessions), 1U);
  EXPECT_EQ(service.statistic(subscriptions), 1U);
  EXPECT_EQ(service.callback_times.counts, held.callback_times.counts);
  EXPECT_EQ(service.callback_times.count(), held.callbacks);
  EXPECT_EQ(service.delivery_delays.counts, held.delivery_delays.counts);
  EXPECT_EQ(service.delivery_delays.count(), 1U);
}

TEST_F(ABoard, GrowsUnderAReader) {
  ManualBus bus(shown());
  std::vector<Session> sessions;
  tools::BoardReader reader(folder.only_file());
  for (const std::size_t many : {1U, 64U, 65U, 1000U}) {
    while (sessions.size() < many) {
      sessions.push_back(bus->open_session("session " + std::to_string(sessions.size())));
    }
    bus.settle();
    expect_same(reader.read(), bus->snapshot());
  }
}

TEST_F(ABoard, ForgetsClosedSessionsAsTheBusDoes) {
  BusOptions options = shown();
  options.closed_sessions_kept = 2;
  ManualBus bus(std::move(options));
  for (int i = 0; i < 200; ++i) {
    bus->open_session("session").close();
    bus.settle();
    expect_same(the_service(folder), bus->snapshot());
  }
  // What is forgotten makes room: no more than the first slots were needed.
  EXPECT_LE(std::filesystem::file_size(folder.only_file()),
            sizeof(board::Header) + 64 * sizeof(board::Slot));
}

TEST_F(ABoard, GivesAForgottenSlotToAnotherOnlyWhenItsHandleIsGone) {
  BusOptions options = shown();
  options.closed_sessions_kept = 0;
  options.board_sessions = 1;
  ManualBus bus(std::move(options));
  auto first = std::make_unique<Session>(bus->open_session("first"));
  {
    auto reporter = first->reporter();
    reporter.report(Role::source, Stage::change_detection, 7, 9);
  }
  first->note("a note");
  first->close(Outcome::failed, "a detail");
  bus.settle();
  EXPECT_TRUE(the_service(folder).sessions.empty());
  auto unlisted = bus->open_session("unlisted");
  bus.settle();
  EXPECT_TRUE(the_service(folder).sessions.empty());
  EXPECT_EQ(the_service(folder).sessions_without_slot, 1U);

  first.reset();
  auto second = bus->open_session("second");
  bus.settle();
  const ServiceView service = the_service(folder);
  ASSERT_EQ(service.sessions.size(), 1U);
  expect_same(service.sessions[0].info, bus->snapshot({.session = second.id()}).at(0));
  EXPECT_EQ(service.sessions[0].info.values[0].sequence, 0U);
  EXPECT_EQ(service.sessions[0].info.note, "");
}

TEST_F(ABoard, LetsSessionsWithoutRoomWorkAsOthers) {
  BusOptions options = shown();
  options.board_sessions = 2;
  ManualBus bus(std::move(options));
  std::vector<std::uint64_t> seen;
  auto subscription =
      bus->subscribe([&](const Update& update) { seen.push_back(update.completed); });
  std::vector<Session> sessions;
  for (int i = 0; i < 5; ++i) sessions.push_back(bus->open_session("session"));
  auto reporter = sessions.back().reporter();
  reporter.report(Role::source, Stage::change_detection, 3, 4);
  bus.settle();
  EXPECT_THAT(seen, ::testing::ElementsAre(3));
  EXPECT_EQ(the_service(folder).sessions.size(), 2U);
  EXPECT_EQ(the_service(folder).sessions_without_slot, 3U);
  EXPECT_EQ(bus->snapshot().size(), 5U);
}

TEST_F(ABoard, CutsTextsThatAreTooLongBetweenCharacters) {
  ManualBus bus(shown());
  auto session = bus->open_session(std::string(255, 'n'));
  session.note(std::string(255, 'x') + "\xC3\xA9");
  bus.settle();
  EXPECT_EQ(the_service(folder).sessions[0].info.name, std::string(255, 'n'));
  EXPECT_EQ(the_service(folder).sessions[0].info.note, std::string(255, 'x'));
  session.note(std::string(254, 'x') + "\xC3\xA9more");
  EXPECT_EQ(the_service(folder).sessions[0].info.note, std::string(254, 'x') + "\xC3\xA9");
  // Not text at all: as much as fits.
  session.note(std::string(300, '\x80'));
  EXPECT_EQ(the_service(folder).sessions[0].info.note, std::string(256, '\x80'));
  session.note({});
  EXPECT_EQ(the_service(folder).sessions[0].info.note, "");
}

TEST_F(ABoard, TellsASessionThatIsClosingFromOneWhoseValuesStand) {
  ManualBus bus(shown());
  auto session = bus->open_session("photos");
  auto reporter = session.reporter();
  bus.settle();
  reporter.report(Role::source, Stage::change_detection, 5, 5);
  session.close();
  EXPECT_TRUE(the_service(folder).sessions[0].closing);
  bus.settle();
  const SessionView view = the_service(folder).sessions[0];
  EXPECT_FALSE(view.closing);
  EXPECT_EQ(view.info.outcome, Outcome::completed);
  EXPECT_EQ(view.info.values[0].completed, 5U);
}

TEST_F(ABoard, ShowsTheLastWordsOfABusThatWasStopped) {
  ManualBus bus(shown());
  auto session = bus->open_session("photos");
  auto reporter = session.reporter();
  reporter.report(Role::source, Stage::change_detection, 5, 9);
  bus->stop(laws::watchdog);
  const ServiceView service = the_service(folder);
  EXPECT_TRUE(service.stopped_at);
  EXPECT_EQ(service.sessions[0].info.outcome, Outcome::abandoned);
  EXPECT_EQ(service.sessions[0].info.values[0].completed, 5U);
  EXPECT_EQ(service.statistic(board::Statistic::reports), 1U);
}

TEST_F(ABoard, IsRefusedANameOrASizeThatDoesNotFit) {
  const auto refused = [](BusOptions options) {
    EXPECT_THROW(Bus{std::move(options)}, std::invalid_argument);
  };
  refused({.board_name = std::string(128, 'x')});
  refused({.board_name = std::string("a\0b", 3)});
  refused({.board_sessions = 0});
  refused({.board_sessions = (std::size_t{1} << 20) + 1});
  refused({.board = static_cast<BoardUse>(4)});
}

}  // namespace
}  // namespace headway::boards_test
