// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include <headway/detail/relative.hpp>
#include "core/merge.hpp"

namespace headway::detail {
namespace {

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
constexpr auto part = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };

TEST(AWideSum, ReplacesOneShareByAnother) {
  WideSum sum;
  sum.replace(0, 10, false);
  sum.replace(0, 5, false);
  sum.replace(10, 3, false);
  EXPECT_EQ(sum.clamped(), 8U);
}

TEST(AWideSum, ClampsAtTheLargestValueAndComesBackExactly) {
  WideSum sum;
  sum.replace(0, largest, false);
  sum.replace(0, largest, false);
  EXPECT_EQ(sum.clamped(), largest);
  sum.replace(largest, 7, false);
  EXPECT_EQ(sum.clamped(), largest);
  sum.replace(largest, 0, false);
  EXPECT_EQ(sum.clamped(), 7U);
}

TEST(AWideSum, OfPartsIsClampedAtZeroAsAWhole) {
  WideSum sum;
  sum.replace(0, part(-10), true);
  EXPECT_EQ(sum.clamped(), 0U);
  sum.replace(0, part(25), true);
  EXPECT_EQ(sum.clamped(), 15U);
  sum.replace(part(-10), part(-30), true);
  EXPECT_EQ(sum.clamped(), 0U);
}

TEST(Furthest, HoldsBackALowerValueOnlyWhileTheTotalStays) {
  const LaneValue now{50, 100};
  EXPECT_EQ(furthest(now, {40, 100}).completed, 50U);
  EXPECT_EQ(furthest(now, {60, 100}).completed, 60U);
  EXPECT_EQ(furthest(now, {40, 200}).completed, 40U);
  EXPECT_EQ(furthest(now, {40, 200}).total, 200U);
}

TEST(ARelativeReport, SaturatesAtBothEnds) {
  EXPECT_EQ(moved(5, -6), 0U);
  EXPECT_EQ(moved(5, std::numeric_limits<std::int64_t>::min()), 0U);
  EXPECT_EQ(moved(largest - 1, 2), largest);
  EXPECT_EQ(moved(5, 6), 11U);
  EXPECT_EQ(moved(largest, std::numeric_limits<std::int64_t>::min()),
            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

TEST(ARelativeReport, OfOneThreadOfManyMayFallBelowZero) {
  EXPECT_EQ(moved_part(5, -6), part(-1));
  EXPECT_EQ(moved_part(part(std::numeric_limits<std::int64_t>::max()), 1),
            part(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(moved_part(part(std::numeric_limits<std::int64_t>::min()), -1),
            part(std::numeric_limits<std::int64_t>::min()));
}

}  // namespace
}  // namespace headway::detail
