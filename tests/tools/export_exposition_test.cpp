// SPDX-License-Identifier: MIT
#include "export/exposition.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <set>
#include <string>

#include "display/escape.hpp"

namespace {

using namespace headway::tools;
using headway::DurationHistogram;
using namespace std::chrono_literals;
using namespace std::string_literals;

TEST(Exposition, AFamilyIsHelpTypeAndItsSamples) {
  Exposition out;
  out.family("headway_lanes", "gauge", "Lanes in use.");
  out.add(Labels().add("service", "photos").add("pid", 7), 3);
  out.add({}, 4);
  EXPECT_EQ(std::move(out).take(),
            "# HELP headway_lanes Lanes in use.\n"
            "# TYPE headway_lanes gauge\n"
            "headway_lanes{service=\"photos\",pid=\"7\"} 3\n"
            "headway_lanes 4\n");
}

TEST(Exposition, AFamilyWithoutSamplesLeavesNoTrace) {
  Exposition out;
  out.family("headway_lanes", "gauge", "Lanes in use.");
  out.family("headway_ticks_total", "counter", "Ticks.");
  out.add({}, 1);
  EXPECT_EQ(std::move(out).take(),
            "# HELP headway_ticks_total Ticks.\n# TYPE headway_ticks_total "
            "counter\nheadway_ticks_total 1\n");
}

TEST(Exposition, TheLargestValueIsWrittenExactly) {
  Exposition out;
  out.family("a", "counter", "b");
  out.add({}, std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(std::move(out).take().ends_with("\na 18446744073709551615\n"));
}

TEST(Exposition, SecondsAreExactAndWithoutZerosAtTheEnd) {
  EXPECT_EQ(seconds_text(0), "0");
  EXPECT_EQ(seconds_text(1), "0.000000001");
  EXPECT_EQ(seconds_text(1'000), "0.000001");
  EXPECT_EQ(seconds_text(500'000'000), "0.5");
  EXPECT_EQ(seconds_text(10'000'000'000), "10");
  EXPECT_EQ(seconds_text(100'020'000'000), "100.02");
  EXPECT_EQ(seconds_text(std::numeric_limits<std::uint64_t>::max()), "18446744073.709551615");
}

TEST(Exposition, QuotesAndBackslashesOfLabelsAreEscaped) {
  EXPECT_EQ(Labels().add("a", "say \"hi\"").text(), R"(a="say \"hi\"")");
  // Shown as \\ everywhere, and each of them escaped here.
  EXPECT_EQ(Labels().add("a", "\\").text(), R"(a="\\\\")");
  EXPECT_EQ(Labels().add("a", "1\n2").text(), R"(a="1\\n2")");
  EXPECT_EQ(Labels().add("a", "\xff").text(), R"(a="\\xff")");
  EXPECT_EQ(Labels().add("a", "\0"s).text(), R"(a="\\x00")");
  EXPECT_EQ(Labels().add("a", "日本語").text(), R"(a="日本語")");
  EXPECT_EQ(Labels().add("a", "").text(), R"(a="")");
}

TEST(Exposition, AnyTwoBytesGiveALabelOfTheirOwnThatIsOneLineOfUtf8) {
  std::set<std::string> seen;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text =
          Labels().add("a", std::string{static_cast<char>(a), static_cast<char>(b)}).text();
      ASSERT_TRUE(seen.insert(text).second) << a << ' ' << b;
      for (std::string_view rest = text; !rest.empty();) {
        char32_t code = 0;
        const std::size_t length = decode_utf8(rest, code);
        ASSERT_GT(length, 0U) << a << ' ' << b;
        ASSERT_GE(code, 0x20U) << a << ' ' << b;
        rest.remove_prefix(length);
      }
    }
  }
}

TEST(Exposition, BucketsOfAHistogramAreAddedUp) {
  DurationHistogram histogram;
  histogram.counts.front() = 2;
  histogram.counts[1] = 3;
  histogram.counts.back() = 4;
  histogram.sum = 41'500ms;
  Exposition out;
  out.family("t_seconds", "histogram", "Times.");
  out.add_histogram(Labels().add("a", "b"), histogram);
  EXPECT_EQ(std::move(out).take(),
            "# HELP t_seconds Times.\n"
            "# TYPE t_seconds histogram\n"
            "t_seconds_bucket{a=\"b\",le=\"0.000001\"} 2\n"
            "t_seconds_bucket{a=\"b\",le=\"0.000005\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.00001\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.00005\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.0001\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.0005\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.001\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.005\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.01\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.05\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.1\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"0.5\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"1\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"10\"} 5\n"
            "t_seconds_bucket{a=\"b\",le=\"+Inf\"} 9\n"
            "t_seconds_sum{a=\"b\"} 41.5\n"
            "t_seconds_count{a=\"b\"} 9\n");
}

}  // namespace
