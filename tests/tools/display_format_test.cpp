// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <clocale>
#include <cstdint>
#include <limits>

#include "display/bar.hpp"
#include "display/format.hpp"
#include "display/text.hpp"
#include "display/view.hpp"

namespace {

using namespace headway::tools;
using headway::Unit;

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

TEST(Format, CountsHaveThousandsSeparators) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(largest), "18,446,744,073,709,551,615");
}

TEST(Format, BytesHaveThreeDigitsAndABinaryUnit) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1000), "0.97 KiB");
  EXPECT_EQ(format_bytes(1024), "1.00 KiB");
  EXPECT_EQ(format_bytes(10 * 1024), "10.0 KiB");
  EXPECT_EQ(format_bytes(999 * 1024), "999 KiB");
  EXPECT_EQ(format_bytes(1536U << 20U), "1.50 GiB");
  EXPECT_EQ(format_bytes(largest), "16.0 EiB");
}

TEST(Format, ProgressSharesOneUnitAndNeverRoundsUp) {
  EXPECT_EQ(format_progress(Unit::items, 5102, 12034), "5,102/12,034");
  EXPECT_EQ(format_progress(Unit::items, 5102, 0), "5,102");
  EXPECT_EQ(format_progress(Unit::bytes, 512, 2U << 20U), "0.00/2.00 MiB");
  EXPECT_EQ(format_progress(Unit::bytes, (2U << 20U) - 1, 2U << 20U), "1.99/2.00 MiB");
  EXPECT_EQ(format_progress(Unit::bytes, 512, 0), "512 B");
  EXPECT_EQ(format_progress(Unit::bytes, 5, 7), "5/7 B");
}

TEST(Format, APercentageIsAHundredOnlyWhenAllIsDone) {
  EXPECT_EQ(format_percent(0.0), "0%");
  EXPECT_EQ(format_percent(0.999999), "99%");
  EXPECT_EQ(format_percent(1.0), "100%");
  EXPECT_EQ(format_percent(std::nullopt), "?");
}

TEST(Format, RatesAreReadable) {
  EXPECT_EQ(format_rate(Unit::items, 0.355), "0.35/s");
  EXPECT_EQ(format_rate(Unit::items, 9.99), "9.9/s");
  EXPECT_EQ(format_rate(Unit::items, 24100.7), "24,100/s");
  EXPECT_EQ(format_rate(Unit::items, 1e300), "1,000,000,000,000,000,000/s");
  EXPECT_EQ(format_rate(Unit::bytes, 210.0 * 1024 * 1024), "210 MiB/s");
}

TEST(Format, DurationsAreReadable) {
  EXPECT_EQ(format_duration(-1), "0:00");
  EXPECT_EQ(format_duration(59.9), "0:59");
  EXPECT_EQ(format_duration(3599), "59:59");
  EXPECT_EQ(format_duration(3723), "1:02:03");
  EXPECT_EQ(format_duration(4 * 86400.0 + 3 * 3600), "4d 03h");
  EXPECT_EQ(format_elapsed(1.729), "1.72 s");
  EXPECT_EQ(format_elapsed(75), "1:15");
}

TEST(Bar, ItsWidthIsWhatWasAskedForAtEveryFraction) {
  for (const bool unicode : {true, false}) {
    for (std::size_t columns = 0; columns <= 50; ++columns) {
      for (int i = -1; i <= 1001; ++i) {
        const Bar drawn = bar(i / 1000.0, columns, unicode);
        ASSERT_EQ(columns_of(drawn.done) + columns_of(drawn.rest), columns);
      }
      for (std::size_t step = 0; step < 200; ++step) {
        const Wanderer drawn = wanderer(step, columns, unicode);
        ASSERT_EQ(columns_of(drawn.before) + columns_of(drawn.block) + columns_of(drawn.after),
                  columns);
      }
    }
  }
}

TEST(Bar, ItIsFullOnlyAtTheEnd) {
  EXPECT_EQ(bar(1.0, 4, true).done, "████");
  EXPECT_EQ(bar(0.9999999, 4, true).done, "███▉");
  EXPECT_EQ(bar(0.9999999, 4, false).done, "###");
  EXPECT_EQ(bar(0.0, 4, true).done, "");
  EXPECT_EQ(bar(0.5 + 1.0 / 32, 4, true).done, "██▏");
}

TEST(Text, WidthCountsCharactersAndNotBytes) {
  EXPECT_EQ(columns_of("abc"), 3U);
  EXPECT_EQ(columns_of("█▍░"), 3U);
  EXPECT_EQ(columns_of("\xff\xff"), 2U);
}

TEST(Format, DelaysHaveAUnitThatFitsThem) {
  using namespace std::chrono_literals;
  EXPECT_EQ(format_delay(0ns), "0 us");
  EXPECT_EQ(format_delay(999'999ns), "999 us");
  EXPECT_EQ(format_delay(1ms), "1.0 ms");
  EXPECT_EQ(format_delay(12'900us), "12 ms");
  EXPECT_EQ(format_delay(1250ms), "1.2 s");
  EXPECT_EQ(format_delay(-1s), "0 us");
}

TEST(Format, TimesAreThoseOfRfc3339) {
  using namespace std::chrono_literals;
  const std::chrono::sys_time<std::chrono::nanoseconds> at{1714564805s + 1'020'003ns};
  EXPECT_EQ(format_time(at, 0), "2024-05-01T12:00:05Z");
  EXPECT_EQ(format_time(at, 3), "2024-05-01T12:00:05.001Z");
  EXPECT_EQ(format_time(at, 9), "2024-05-01T12:00:05.001020003Z");
  EXPECT_EQ(format_time({}, 9), "1970-01-01T00:00:00.000000000Z");
}

TEST(Text, WhatIsTooLongLosesItsMiddle) {
  EXPECT_EQ(shortened("abcdefghij", 10, "~"), "abcdefghij");
  EXPECT_EQ(shortened("abcdefghij", 7, "~"), "ab~ghij");
  EXPECT_EQ(shortened("abcdefghij", 1, "~"), "~");
  EXPECT_EQ(shortened("abcdefghij", 0, "~"), "");
  for (std::size_t columns = 0; columns < 30; ++columns) {
    EXPECT_LE(columns_of(shortened("日本語のとても長い名前/ünïcödé", columns, "…")), columns);
  }
}

TEST(Text, WideCharactersTakeTwoColumns) {
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) GTEST_SKIP() << "no locale C.UTF-8";
  EXPECT_EQ(columns_of("日本"), 4U);
  EXPECT_EQ(shortened("日本語日本語", 7, "…"), "日…本語");
  std::setlocale(LC_CTYPE, "C");
}

TEST(Summary, ItSaysWhatHappened) {
  Summary summary{.items = 1, .bytes = 0, .seconds = 0.5, .reports = 10, .updates = 4};
  EXPECT_EQ(summary_text(summary),
            "synchronized 1 item, 0 B in 0.50 s\n"
            "10 reports made, 4 updates delivered (2.5 to 1), longest delay 0.0 ms");
  summary.items = 0;
  EXPECT_TRUE(summary_text(summary).starts_with("already up to date in 0.50 s\n"));
  summary.outcome = headway::Outcome::failed;
  summary.errors = 2;
  EXPECT_TRUE(summary_text(summary).starts_with("nothing was synchronized in 0.50 s, 2 errors\n"));
  summary.outcome = headway::Outcome::canceled;
  summary.items = 1200;
  summary.bytes = 2048;
  EXPECT_TRUE(summary_text(summary).starts_with(
      "synchronized 1,200 items, 2.00 KiB in 0.50 s (4.00 KiB/s), 2 errors, canceled\n"));
}

}  // namespace
