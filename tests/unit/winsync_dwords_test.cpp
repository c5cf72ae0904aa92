// SPDX-License-Identifier: MIT
//
// to_dwords: what is left of 64 bits in 32.
#include <headway/winsync.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace {

using namespace headway::winsync;

constexpr DWORD kMaxDword = 0xFFFFFFFFU;
constexpr std::uint64_t kTwoTo32 = 0x1'0000'0000U;
constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();

TEST(WinsyncDwords, WhatFitsIsPassedOnAsItIs) {
  for (const std::uint64_t completed : {0ULL, 1ULL, 41ULL, 0xFFFFFFFEULL, 0xFFFFFFFFULL}) {
    for (const std::uint64_t total : {0ULL, 1ULL, 42ULL, 0xFFFFFFFEULL, 0xFFFFFFFFULL}) {
      EXPECT_EQ(to_dwords(completed, total),
                (Work{static_cast<DWORD>(completed), static_cast<DWORD>(total)}));
    }
  }
}

TEST(WinsyncDwords, AnUnknownTotalStaysUnknown) {
  EXPECT_EQ(to_dwords(0, 0), (Work{0, 0}));
  EXPECT_EQ(to_dwords(kTwoTo32, 0), (Work{kMaxDword, 0}));
  EXPECT_EQ(to_dwords(kMax64, 0), (Work{kMaxDword, 0}));
}

TEST(WinsyncDwords, ALargeTotalIsHalvedUntilItFitsAndTheFractionSurvives) {
  EXPECT_EQ(to_dwords(kTwoTo32 / 2, kTwoTo32), (Work{1U << 30, 1U << 31}));
  // 10^12 has 40 bits: both are divided by 2^8.
  EXPECT_EQ(to_dwords(500'000'000'000, 1'000'000'000'000), (Work{1'953'125'000, 3'906'250'000}));
  EXPECT_EQ(to_dwords(250'000'000'000, 1'000'000'000'000), (Work{976'562'500, 3'906'250'000}));
  EXPECT_EQ(to_dwords(kMax64 / 2, kMax64), (Work{0x7FFFFFFFU, kMaxDword}));
  EXPECT_EQ(to_dwords(0, kMax64), (Work{0, kMaxDword}));
}

TEST(WinsyncDwords, CompleteStaysComplete) {
  EXPECT_EQ(to_dwords(kTwoTo32, kTwoTo32), (Work{1U << 31, 1U << 31}));
  EXPECT_EQ(to_dwords(kTwoTo32 + 1, kTwoTo32 + 1), (Work{1U << 31, 1U << 31}));
  EXPECT_EQ(to_dwords(kMax64, kMax64), (Work{kMaxDword, kMaxDword}));
}

TEST(WinsyncDwords, OneShortOfCompleteIsNeverShownAsComplete) {
  // (2^32 - 1) / 2 = 2^31 - 1 by itself; 2^32 / 2 would equal (2^32 + 1) / 2.
  EXPECT_EQ(to_dwords(kTwoTo32 - 1, kTwoTo32), (Work{(1U << 31) - 1, 1U << 31}));
  EXPECT_EQ(to_dwords(kTwoTo32, kTwoTo32 + 1), (Work{(1U << 31) - 1, 1U << 31}));
  EXPECT_EQ(to_dwords(kMax64 - 1, kMax64), (Work{kMaxDword - 1, kMaxDword}));
}

TEST(WinsyncDwords, MoreThanTheTotalStaysMoreOrSaturates) {
  EXPECT_EQ(to_dwords(kTwoTo32 + 1, kTwoTo32), (Work{(1U << 31) + 1, 1U << 31}));
  EXPECT_EQ(to_dwords(kTwoTo32, 10), (Work{kMaxDword, 10}));
  EXPECT_EQ(to_dwords(kMax64, 10), (Work{kMaxDword, 10}));
  EXPECT_EQ(to_dwords(kMax64, kTwoTo32), (Work{kMaxDword, 1U << 31}));
  // 2^33 - 2 is 2^32 - 1 when halved: there is no room above it.
  EXPECT_EQ(to_dwords(2 * kTwoTo32 - 1, 2 * kTwoTo32 - 2), (Work{kMaxDword, kMaxDword}));
}

TEST(WinsyncDwords, WithOneTotalTheValueNeverStepsBack) {
  for (const std::uint64_t total : {kTwoTo32 - 1, kTwoTo32, kTwoTo32 + 1, 3 * kTwoTo32 + 5}) {
    DWORD last = to_dwords(total - 40, total).completed;
    for (std::uint64_t completed = total - 40; completed <= total + 40; ++completed) {
      const DWORD now = to_dwords(completed, total).completed;
      EXPECT_GE(now, last) << completed << " of " << total;
      last = now;
    }
  }
}

}  // namespace
