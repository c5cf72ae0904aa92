// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "display/layout.hpp"
#include "display/tally.hpp"
#include "display/text.hpp"

namespace {

using namespace headway::tools;
using namespace std::chrono_literals;
using headway::Role;
using headway::Stage;
using headway::Unit;
using headway::Update;
using testing::HasSubstr;
using testing::Not;

constexpr TimePoint start{1h};

Update update(Role role, Stage stage, Unit unit, std::uint64_t completed, std::uint64_t total,
              TimePoint at = start) {
  Update value;
  value.role = role;
  value.stage = stage;
  value.completed = completed;
  value.total = total;
  value.unit = unit;
  value.observed = at;
  return value;
}

Update applied(Unit unit, std::uint64_t completed, std::uint64_t total, TimePoint at = start) {
  return update(Role::destination, Stage::change_application, unit, completed, total, at);
}

std::string without_colors(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = text.find('m', i);
    } else {
      plain += text[i];
    }
  }
  return plain;
}

TEST(Tally, RowsStandInTheOrderOfTheWork) {
  Tally tally;
  tally.on_progress(applied(Unit::items, 0, 1));
  tally.on_progress(update(Role::destination, Stage::change_detection, Unit::items, 0, 0));
  tally.on_progress(update(Role::source, Stage::change_detection, Unit::items, 0, 0));
  ASSERT_EQ(tally.rows().size(), 3U);
  EXPECT_EQ(tally.rows()[0].role, Role::source);
  EXPECT_EQ(tally.rows()[1].role, Role::destination);
  EXPECT_EQ(tally.rows()[2].stage, Stage::change_application);
}

TEST(Tally, ItemsAndBytesMeetInOneRowThatIsDoneWhenBothAre) {
  Tally tally;
  tally.on_progress(applied(Unit::items, 2, 2));
  tally.on_progress(applied(Unit::bytes, 50, 100));
  ASSERT_EQ(tally.rows().size(), 1U);
  EXPECT_EQ(tally.rows()[0].fraction(), 0.5);
  EXPECT_FALSE(tally.rows()[0].finished());
  tally.on_progress(applied(Unit::bytes, 100, 100));
  EXPECT_TRUE(tally.rows()[0].finished());
}

TEST(Tally, AnUnknownTotalHasNoFraction) {
  Tally tally;
  tally.on_progress(update(Role::source, Stage::change_detection, Unit::items, 5, 0));
  EXPECT_EQ(tally.rows()[0].fraction(), std::nullopt);
  EXPECT_EQ(tally.rows()[0].eta(), std::nullopt);
}

TEST(Tally, TheTimeLeftIsThatOfTheSlowerUnit) {
  Tally tally;
  tally.on_progress(applied(Unit::items, 0, 100));
  tally.on_progress(applied(Unit::bytes, 0, 1000));
  tally.on_progress(applied(Unit::items, 50, 100, start + 2s));
  tally.on_progress(applied(Unit::bytes, 100, 1000, start + 2s));
  tally.sample(start + 2s);
  EXPECT_NEAR(tally.rows()[0].eta().value().count(), 18.0, 1e-6);
}

TEST(Tally, WhatDoesNotMoveForAWhileIsStalled) {
  Tally tally;
  tally.on_progress(applied(Unit::items, 1, 100));
  EXPECT_FALSE(tally.rows()[0].stalled(start + 1s));
  EXPECT_TRUE(tally.rows()[0].stalled(start + 10s));
  // A report that changes nothing is no movement.
  tally.on_progress(applied(Unit::items, 1, 100, start + 9s));
  EXPECT_TRUE(tally.rows()[0].stalled(start + 10s));
  tally.on_progress(applied(Unit::items, 100, 100, start + 9s));
  EXPECT_FALSE(tally.rows()[0].stalled(start + 20s));
}

TEST(Layout, NoLineIsEverWiderThanTheTerminal) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 60; ++round) {
    Layout layout({.unicode = round % 2 == 0, .color = round % 3 == 0});
    Tally tally;
    TimePoint now = start;
    for (int i = 0; i < 12; ++i) {
      now += std::chrono::milliseconds(random() % 5000);
      const auto shift = random() % 64;
      tally.on_progress(update(static_cast<Role>(random() % 2), static_cast<Stage>(random() % 3),
                               static_cast<Unit>(random() % 2), random() >> (random() % 64),
                               random() % 4 == 0 ? 0 : random() >> shift, now));
      tally.sample(now);
    }
    for (std::size_t columns = 1; columns <= 200; ++columns) {
      for (const Line& line : layout.lines(tally, now, columns, columns)) {
        ASSERT_LE(line.columns, columns) << line.text;
        ASSERT_EQ(columns_of(without_colors(line.text)), line.columns) << line.text;
        ASSERT_GT(line.columns, 0U);
      }
      ASSERT_LE(layout.footer("some/very/long/path/ünïcödé/日本語/with\ncontrol", columns).columns,
                columns);
    }
  }
}

TEST(Layout, AllLinesOfOneFrameAreEquallyWide) {
  Layout layout({.color = false});
  Tally tally;
  tally.on_progress(update(Role::source, Stage::change_detection, Unit::items, 12345, 0));
  tally.on_progress(update(Role::destination, Stage::change_detection, Unit::items, 1, 1));
  tally.on_progress(applied(Unit::items, 10, 12345));
  tally.on_progress(applied(Unit::bytes, 10, 1 << 30));
  tally.sample(start + 1s);
  for (std::size_t columns = 1; columns <= 200; ++columns) {
    const auto lines = layout.lines(tally, start + 1s, 0, columns);
    for (const Line& line : lines) ASSERT_EQ(line.columns, lines.front().columns) << columns;
  }
}

TEST(Layout, AnUnknownTotalIsASpinnerAndNeverZeroPercent) {
  Layout layout({.color = false});
  Tally tally;
  tally.on_progress(update(Role::source, Stage::change_detection, Unit::items, 5, 0));
  for (std::size_t columns = 1; columns <= 200; ++columns) {
    EXPECT_THAT(layout.lines(tally, start, 0, columns).front().text, Not(HasSubstr("%")))
        << columns;
  }
  EXPECT_NE(layout.lines(tally, start, 0, 80).front().text,
            layout.lines(tally, start, 1, 80).front().text);
}

TEST(Layout, EightyColumnsHaveRoomForEverything) {
  Layout layout({.color = false});
  Tally tally;
  tally.on_progress(applied(Unit::items, 0, 12034));
  tally.on_progress(applied(Unit::bytes, 0, 1288490188));
  tally.on_progress(applied(Unit::items, 5102, 12034, start + 2s));
  tally.on_progress(applied(Unit::bytes, 547608330, 1288490188, start + 2s));
  tally.sample(start + 2s);
  EXPECT_EQ(layout.lines(tally, start + 2s, 0, 79).front().text,
            "dst apply █████▉░░░░░░░░  42%  5,102/12,034  0.50/1.19 GiB  261 MiB/s  ETA 0:02");
}

TEST(Layout, AStalledRowSaysSo) {
  Layout layout({.color = false});
  Tally tally;
  tally.on_progress(applied(Unit::items, 1, 10));
  EXPECT_THAT(layout.lines(tally, start + 1s, 0, 80).front().text, Not(HasSubstr("stalled")));
  EXPECT_THAT(layout.lines(tally, start + 10s, 0, 80).front().text, HasSubstr("stalled"));
}

TEST(Layout, WithoutColorNoEscapeSequenceIsLeft) {
  Tally tally;
  tally.on_progress(applied(Unit::items, 1, 10));
  EXPECT_THAT(Layout({.color = false}).lines(tally, start, 0, 80).front().text,
              Not(HasSubstr("\x1b")));
  EXPECT_THAT(Layout({.color = true}).lines(tally, start, 0, 80).front().text, HasSubstr("\x1b["));
}

TEST(Layout, WithoutUnicodeEverythingIsAscii) {
  Layout layout({.unicode = false, .color = false});
  Tally tally;
  tally.on_progress(update(Role::source, Stage::change_detection, Unit::items, 5, 0));
  tally.on_progress(applied(Unit::items, 1, 10));
  for (std::size_t columns = 1; columns <= 120; ++columns) {
    for (const Line& line : layout.lines(tally, start, columns, columns)) {
      for (const char c : line.text) ASSERT_GE(c, 0x20) << line.text;
    }
  }
}

}  // namespace
