// SPDX-License-Identifier: MIT
#include "export/session_series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/tools/export_services.hpp"

namespace {

using namespace headway;
using namespace headway::tools;
using namespace headway::tools::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string text_of(std::vector<ServiceView> services, std::size_t most) {
  return prometheus_text(std::move(services), 0, {.sessions = most});
}

/// A session that has reported once.
SessionView busy(std::uint64_t id, std::string name) {
  SessionView view = session(id, std::move(name));
  report(view, Role::source, Stage::change_detection, {id, 10, 1});
  return view;
}

std::vector<std::string> shown_sessions(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& line : samples(text, "headway_session_reports_total{")) {
    const std::size_t from = line.find(",session=\"") + 10;
    names.push_back(line.substr(from, line.find('"', from) - from));
  }
  return names;
}

TEST(SessionSeries, AKeyHasWhatIsCompletedOfWhatAndHowManyReports) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {session(3, "photos")};
  report(view.sessions[0], Role::destination, Stage::change_application, {40, 100, 12});
  const std::string labels =
      R"({service="s",pid="7",bus="f",session_id="3",session="photos",role="destination",)"
      R"(stage="change_application"})";
  EXPECT_THAT(samples(text_of({view}, 1), "headway_session_"),
              ElementsAre("headway_session_completed_items" + labels + " 40",
                          "headway_session_total_items" + labels + " 100",
                          "headway_session_reports_total" + labels + " 12"));
}

TEST(SessionSeries, TheUnitIsPartOfTheName) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {session(3, "photos")};
  view.sessions[0].info.units = {Unit::items, Unit::items, Unit::bytes};
  report(view.sessions[0], Role::source, Stage::change_detection, {1, 2, 1});
  report(view.sessions[0], Role::source, Stage::change_application, {4096, 8192, 1});
  const std::string text = text_of({view}, 1);
  EXPECT_THAT(samples(text, "headway_session_completed_items"),
              ElementsAre(HasSubstr("stage=\"change_detection\"} 1")));
  EXPECT_THAT(samples(text, "headway_session_completed_bytes"),
              ElementsAre(HasSubstr("stage=\"change_application\"} 4096")));
  EXPECT_THAT(samples(text, "headway_session_total_bytes"), ElementsAre(HasSubstr("} 8192")));
}

TEST(SessionSeries, AnUnknownTotalIsAbsentAndNotZero) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {session(3, "photos")};
  report(view.sessions[0], Role::source, Stage::change_detection, {5, 0, 1});
  const std::string text = text_of({view}, 1);
  EXPECT_THAT(samples(text, "headway_session_completed_items"), SizeIs(1));
  EXPECT_THAT(samples(text, "headway_session_total_items"), IsEmpty());
}

TEST(SessionSeries, KeysWithoutAReportHaveNone) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {session(3, "photos")};
  EXPECT_THAT(samples(text_of({view}, 1), "headway_session_"), IsEmpty());
}

TEST(SessionSeries, SessionsOfOneNameAreDifferentSeries) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {busy(1, "same"), busy(2, "same")};
  EXPECT_THAT(samples(text_of({view}, 10), "headway_session_completed_items"),
              ElementsAre(HasSubstr("session_id=\"1\""), HasSubstr("session_id=\"2\"")));
}

TEST(SessionSeries, AnIdThatStandsTwiceOnABoardIsShownOnce) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {busy(1, "first"), busy(1, "second")};
  const std::string text = text_of({view}, 10);
  EXPECT_THAT(shown_sessions(text), ElementsAre("first"));
  EXPECT_THAT(samples(text, "headway_export_sessions_cut"),
              ElementsAre("headway_export_sessions_cut 0"));
}

TEST(SessionSeries, TheLimitIsOverAllServicesAndWhatIsCutIsCounted) {
  ServiceView first = service("a", 7, "f");
  first.sessions = {busy(1, "a1"), busy(5, "a5")};
  ServiceView second = service("b", 8, "g");
  second.sessions = {busy(2, "b2"), busy(3, "b3")};
  const std::string text = text_of({first, second}, 3);
  EXPECT_THAT(shown_sessions(text), ElementsAre("a1", "b2", "b3"));
  EXPECT_THAT(samples(text, "headway_export_sessions_cut"),
              ElementsAre("headway_export_sessions_cut 1"));
}

TEST(SessionSeries, ASessionThatIsShownStaysWhenNewOnesOpen) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {busy(4, "shown"), busy(9, "new"), busy(8, "newer")};
  EXPECT_THAT(shown_sessions(text_of({view}, 1)), ElementsAre("shown"));
}

TEST(SessionSeries, AClosedSessionMakesRoomForAnOpenOne) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {busy(1, "closed"), busy(2, "open")};
  view.sessions[0].info.outcome = Outcome::completed;
  EXPECT_THAT(shown_sessions(text_of({view}, 1)), ElementsAre("open"));
  EXPECT_THAT(shown_sessions(text_of({view}, 2)), ElementsAre("closed", "open"));
}

TEST(SessionSeries, NamesOfAnyBytesAreOneLineEach) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {busy(1, "\"\n\\\xff")};
  EXPECT_THAT(samples(text_of({view}, 1), "headway_session_completed_items"),
              ElementsAre(HasSubstr(R"(,session="\"\\n\\\\\\xff",role=)")));
}

TEST(SessionSeries, TheSameSessionsGiveTheSameText) {
  ServiceView view = service("s", 7, "f");
  for (std::uint64_t id = 1; id <= 20; ++id) view.sessions.push_back(busy(id, "x"));
  ServiceView other = view;
  std::reverse(other.sessions.begin(), other.sessions.end());
  EXPECT_EQ(text_of({view}, 7), text_of({other}, 7));
}

}  // namespace
