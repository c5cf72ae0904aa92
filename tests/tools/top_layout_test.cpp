// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "display/text.hpp"
#include "top/frame.hpp"
#include "top/plain.hpp"
#include "top/table.hpp"
#include "top_views.hpp"

namespace {

using namespace headway;
using namespace headway::tools;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr Looks plain_looks{.unicode = true, .color = false, .taskbar = false};

std::vector<ServiceView> some_services() {
  std::vector<ServiceView> services = {service_of("photo-sync", 4711),
                                       service_of("mail\x1b[2J", 5)};
  services[0].sessions = {session_of(1, "photos"), session_of(2, "ünï 日本語 \xff\n"),
                          session_of(3, "scan"), session_of(4, "old"), session_of(5, "silent")};
  std::vector<SessionView>& sessions = services[0].sessions;
  sessions[0].info.note = "IMG_2021.jpg";
  applied(sessions[0], 651, 1000);
  applied(sessions[1], 1, 3).info.units = {Unit::bytes, Unit::bytes, Unit::bytes};
  value_of(sessions[2], Role::source, Stage::change_detection) = {77, 0, 77};
  close(applied(sessions[3], 3, 10), Outcome::failed, "disk is full", 1s);
  return services;
}

std::string text_of(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) text += line.text + "\n";
  return text;
}

class TopFrame : public testing::Test {
 protected:
  std::vector<Line> lines(Size size, Looks looks = plain_looks,
                          std::chrono::milliseconds after = 2s) {
    browser_.refresh(model_);
    Frame frame(looks);
    return frame.lines(model_, browser_, problem_, moment(after), size);
  }
  void press(KeyCode code, std::string text = {}) {
    browser_.press({code, std::move(text), 0}, 10);
    browser_.refresh(model_);
  }

  Model model_{{}, RatesFrom::the_beginning};
  Browser browser_;
  std::string problem_;
};

TEST_F(TopFrame, HasAsManyLinesAsTheScreenAndNoneThatIsTooWide) {
  look(model_, some_services(), 2s);
  problem_ = "board 'x' is \x1b no regular file";
  for (const Screen screen : {Screen::list, Screen::details, Screen::help}) {
    browser_ = Browser();
    browser_.refresh(model_);
    if (screen == Screen::details) press(KeyCode::enter);
    if (screen == Screen::help) press(KeyCode::text, "?");
    for (std::size_t columns = 1; columns <= 200; ++columns) {
      const Looks looks{.unicode = columns % 2 == 0, .color = columns % 3 == 0};
      for (const std::size_t rows : {1U, 2U, 3U, 4U, 5U, 10U, 24U, 50U}) {
        const std::vector<Line> all = lines({columns, rows}, looks);
        ASSERT_EQ(all.size(), rows);
        for (const Line& line : all) {
          ASSERT_LE(line.columns, columns) << line.text;
          const std::string shown = without_colors(line.text);
          ASSERT_EQ(columns_of(shown), line.columns) << line.text;
          for (const char c : shown) {
            ASSERT_FALSE(c >= 0 && c < ' ') << shown;
            ASSERT_TRUE(looks.unicode || c > 0) << shown;
          }
        }
      }
    }
  }
}

TEST_F(TopFrame, EightyColumnsHaveRoomForWhatMatters) {
  std::vector<ServiceView> services = some_services();
  services.pop_back();
  services[0].sessions.erase(services[0].sessions.begin() + 1, services[0].sessions.end());
  look(model_, services, 2s);
  const std::vector<Line> all = lines({79, 24});
  EXPECT_EQ(all[4].text,
            "  SESSION  STAGE      PROGRESS                  DONE   RATE   ETA  NOTE        ");
  EXPECT_EQ(all[5].text,
            "> photos   dst apply  █████████░░░░░  65%  651/1,000  325/s  0:01  IMG_2021.jpg");
}

TEST_F(TopFrame, TheServiceOfASessionIsShownOnceThereAreSeveral) {
  std::vector<ServiceView> services = some_services();
  look(model_, services, 2s);
  EXPECT_THAT(lines({100, 24})[5].text, HasSubstr("SERVICE"));
  Frame frame(plain_looks);
  (void)frame.lines(model_, browser_, {}, moment(2s), {100, 24});
  services.pop_back();
  look(model_, services, 2s);
  browser_.refresh(model_);
  EXPECT_THAT(frame.lines(model_, browser_, {}, moment(2s), {100, 24})[4].text,
              Not(HasSubstr("SERVICE")))
      << "and is gone with the last but one";
}

TEST_F(TopFrame, ServicesOfOneNameAreToldApartByTheirProcesses) {
  std::vector<ServiceView> services = {service_of("sync", 23289), service_of("sync", 23306)};
  for (ServiceView& service : services) service.sessions = {session_of(1, "items")};
  look(model_, services, 2s);
  const std::string text = text_of(lines({100, 24}));
  EXPECT_THAT(text, HasSubstr("sync 23289  items"));
  EXPECT_THAT(text, HasSubstr("sync 23306  items"));
}

TEST_F(TopFrame, SaysHowASessionEndedAndWhy) {
  look(model_, some_services(), 2s);
  EXPECT_THAT(text_of(lines({120, 24})), HasSubstr("failed  disk is full"));
}

TEST_F(TopFrame, AnUnknownTotalIsASpinnerAndNeverZeroPercent) {
  look(model_, some_services(), 2s);
  for (const Line& line : lines({120, 24})) {
    if (line.text.find("scan") != std::string::npos) {
      EXPECT_THAT(line.text, Not(HasSubstr("%")));
    }
  }
}

TEST_F(TopFrame, WhatDoesNotMoveIsCalledStalled) {
  std::vector<ServiceView> services = some_services();
  look(model_, services, 2s);
  EXPECT_THAT(text_of(lines({120, 24}, plain_looks, 4s)), Not(HasSubstr("stalled")));
  EXPECT_THAT(text_of(lines({120, 24}, plain_looks, 20s)), HasSubstr("stalled"));
}

TEST_F(TopFrame, DetailsHaveEveryKeyAndTheWholeNote) {
  std::vector<ServiceView> services = some_services();
  SessionView& session = services[0].sessions[0];
  value_of(session, Role::source, Stage::change_detection) = {1234, 1234, 99};
  session.info.note = std::string(100, 'n') + "END";
  look(model_, services, 2s);
  browser_.refresh(model_);
  press(KeyCode::enter);
  const std::string text = text_of(lines({79, 24}));
  EXPECT_THAT(text, HasSubstr("src detect"));
  EXPECT_THAT(text, HasSubstr("1,234/1,234"));
  EXPECT_THAT(text, HasSubstr("dst apply"));
  EXPECT_THAT(text, HasSubstr("nEND"));
  EXPECT_THAT(text, HasSubstr("photo-sync, process 4711, Headway 0.1.0"));
}

TEST_F(TopFrame, WithoutServicesItSaysHowOneIsSeen) {
  look(model_, {}, 2s);
  EXPECT_THAT(text_of(lines({79, 24})), HasSubstr("HEADWAY_BOARD=1"));
}

TEST_F(TopFrame, ManyServicesLeaveRoomForSessions) {
  std::vector<ServiceView> services;
  for (std::uint64_t i = 1; i <= 50; ++i) {
    services.push_back(service_of("service", i));
    services.back().sessions = {session_of(1, "only one")};
  }
  look(model_, services, 2s);
  const std::string text = text_of(lines({79, 24}));
  EXPECT_THAT(text, HasSubstr("more services"));
  EXPECT_THAT(text, HasSubstr("only one"));
}

TEST_F(TopFrame, ShowsWhatCannotBeRead) {
  problem_ = "board 'x' is no regular file";
  look(model_, some_services(), 2s);
  EXPECT_THAT(lines({79, 24})[22].text, HasSubstr(problem_));
}

TEST(PlainText, HasWholeNamesAndNoBars) {
  Model model({}, RatesFrom::the_beginning);
  std::vector<ServiceView> services = some_services();
  services.pop_back();
  services[0].sessions.resize(2);
  services[0].sessions[0].info.name = std::string(200, 'x');
  look(model, services, 2s);
  Browser browser;
  browser.refresh(model);
  const std::string text = plain_text(model, browser, moment(2s), true, 100'000);
  EXPECT_THAT(text, HasSubstr(std::string(200, 'x') + "  dst apply  65%  651/1,000"));
  EXPECT_THAT(text, HasSubstr("ünï 日本語 \\xff\\n"));
  EXPECT_THAT(text, Not(HasSubstr("█")));
  EXPECT_THAT(text, Not(HasSubstr(" \n"))) << "no blanks at the ends of lines";
}

TEST(Table, WhatDoesNotFitGoesTheLeastImportantFirst) {
  std::array<Column, 3> columns = {
      {{.title = "A", .rank = 1, .least = 4, .wanted = 6, .gap = 0},
       {.title = "B", .rank = 2, .least = whole, .wanted = 5},
       {.title = "C", .rank = 0, .least = 3, .wanted = 3, .most = 10}}};
  const auto widths = [&](std::size_t room) {
    fit(columns, room);
    return std::array{columns[0].width, columns[1].width, columns[2].width};
  };
  using Widths = std::array<std::size_t, 3>;
  EXPECT_EQ(widths(3), (Widths{0, 0, 0}));
  EXPECT_EQ(widths(5), (Widths{0, 0, 3}));
  EXPECT_EQ(widths(9), (Widths{4, 0, 3}));
  EXPECT_EQ(widths(16), (Widths{4, 5, 3}));
  EXPECT_EQ(widths(18), (Widths{6, 5, 3}));
  EXPECT_EQ(widths(20), (Widths{6, 5, 5}));
  EXPECT_EQ(widths(100), (Widths{6, 5, 10}));
}

TEST(Painter, EndsAtTheRightEdge) {
  Painter painter(plain_looks, 8);
  painter.add("abc").blanks(2).add("a long text").add("more").blanks(5).up_to(20);
  EXPECT_EQ(painter.line().text, "abc  …xt");
  EXPECT_EQ(painter.line().columns, 8U);
}

}  // namespace
