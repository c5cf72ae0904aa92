// SPDX-License-Identifier: MIT
#include <headway/rate.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>

namespace {

using headway::RateEstimator;
using namespace std::chrono_literals;

constexpr RateEstimator::TimePoint start{std::chrono::hours(1000)};

RateEstimator::TimePoint after(double seconds) {
  return start + std::chrono::duration_cast<std::chrono::nanoseconds>(
                     std::chrono::duration<double>(seconds));
}

TEST(Rate, NothingIsKnownBeforeTheFirstSample) {
  const RateEstimator rate;
  EXPECT_FALSE(rate.mean());
  EXPECT_FALSE(rate.ewma());
  EXPECT_FALSE(rate.eta());
}

TEST(Rate, OneSampleGivesNoRate) {
  RateEstimator rate;
  rate.sample(start, 10, 100);
  EXPECT_FALSE(rate.mean());
  EXPECT_FALSE(rate.ewma());
  EXPECT_FALSE(rate.eta());
}

TEST(Rate, ASteadyRateReadsRightFromTheSecondSampleOn) {
  RateEstimator rate(15s);
  rate.sample(start, 0, 1000);
  for (int i = 1; i <= 50; ++i) {
    rate.sample(after(0.1 * i), static_cast<std::uint64_t>(10 * i), 1000);
    ASSERT_NEAR(rate.mean().value(), 100.0, 1e-6) << i;
    ASSERT_NEAR(rate.ewma().value(), 100.0, 1e-6) << i;
    ASSERT_NEAR(rate.eta().value().count(), (1000.0 - 10.0 * i) / 100.0, 1e-6) << i;
  }
}

TEST(Rate, WorkDoneBeforeTheFirstSampleDoesNotCount) {
  RateEstimator rate;
  rate.sample(start, 1'000'000, 2'000'000);
  rate.sample(after(1), 1'000'100, 2'000'000);
  EXPECT_NEAR(rate.mean().value(), 100.0, 1e-9);
  EXPECT_NEAR(rate.ewma().value(), 100.0, 1e-9);
}

TEST(Rate, HowOftenOneSamplesDoesNotMatter) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> step(0.02, 2.0);
  // 100 units/s for 20 s, then 4000 units/s for 10 s. In billionths, so that rounding does not show.
  const auto value = [](double t) {
    const double units = t < 20 ? 100 * t : 2000 + 4000 * (t - 20);
    return static_cast<std::uint64_t>(units * 1e9);
  };
  RateEstimator coarse;
  RateEstimator fine;
  coarse.sample(start, 0);
  coarse.sample(after(20), value(20));
  coarse.sample(after(30), value(30));
  fine.sample(start, 0);
  for (double t = step(random); t < 20; t += step(random)) fine.sample(after(t), value(t));
  fine.sample(after(20), value(20));
  for (double t = 20 + step(random); t < 29.9; t += step(random)) fine.sample(after(t), value(t));
  fine.sample(after(30), value(30));
  EXPECT_NEAR(fine.ewma().value() / coarse.ewma().value(), 1.0, 1e-6);
  EXPECT_NEAR(fine.mean().value() / coarse.mean().value(), 1.0, 1e-9);
}

TEST(Rate, TheRecentRateFollowsAChangeThatTheMeanForgetsSlowly) {
  RateEstimator rate(2s);
  rate.sample(start, 0);
  rate.sample(after(100), 100'000);
  for (int i = 1; i <= 200; ++i) {
    rate.sample(after(100 + 0.1 * i), 100'000 + static_cast<std::uint64_t>(i));
  }
  EXPECT_NEAR(rate.ewma().value(), 10.0, 1.0);
  EXPECT_GT(rate.mean().value(), 800.0);
}

TEST(Rate, AChangeOfPaceIsFollowedWithoutOvershoot) {
  RateEstimator rate(2s);
  rate.sample(start, 0);
  rate.sample(after(60), 600);
  double last = rate.ewma().value();
  for (int i = 1; i <= 300; ++i) {
    rate.sample(after(60 + 0.1 * i), 600 + static_cast<std::uint64_t>(10 * i));
    const double now = rate.ewma().value();
    EXPECT_GE(now, last - 1e-9);
    EXPECT_LE(now, 100.0 + 1e-9);
    last = now;
  }
  EXPECT_NEAR(last, 100.0, 0.1);
}

TEST(Rate, AStallLetsTheRecentRateFadeAndTheEtaGrow) {
  RateEstimator rate(1s);
  rate.sample(start, 0, 1000);
  rate.sample(after(5), 500, 1000);
  const double before = rate.eta().value().count();
  rate.sample(after(8), 500, 1000);
  EXPECT_GT(rate.eta().value().count(), 2 * before);
  rate.sample(after(100), 500, 1000);
  EXPECT_FALSE(rate.eta());
}

TEST(Rate, AnUnknownTotalHasARateButNoEta) {
  RateEstimator rate;
  rate.sample(start, 0);
  rate.sample(after(1), 50);
  EXPECT_NEAR(rate.ewma().value(), 50.0, 1e-9);
  EXPECT_FALSE(rate.eta());
}

TEST(Rate, AGrowingOrShrinkingTotalChangesTheEtaOnly) {
  RateEstimator rate;
  rate.sample(start, 0, 100);
  rate.sample(after(1), 10, 100);
  EXPECT_NEAR(rate.eta().value().count(), 9.0, 1e-9);
  rate.sample(after(2), 20, 1000);
  EXPECT_NEAR(rate.eta().value().count(), 98.0, 1e-9);
  rate.sample(after(3), 30, 40);
  EXPECT_NEAR(rate.eta().value().count(), 1.0, 1e-9);
  EXPECT_NEAR(rate.ewma().value(), 10.0, 1e-9);
}

TEST(Rate, DoneOrBeyondMeansNothingLeft) {
  RateEstimator rate;
  rate.sample(start, 100, 100);
  EXPECT_EQ(rate.eta().value().count(), 0.0);
  rate.sample(after(1), 150, 100);
  EXPECT_EQ(rate.eta().value().count(), 0.0);
}

TEST(Rate, ARetriedBlockCountsOnce) {
  RateEstimator straight;
  RateEstimator retried;
  for (RateEstimator* rate : {&straight, &retried}) rate->sample(start, 0);
  retried.sample(after(1), 100);
  retried.sample(after(2), 40);
  for (RateEstimator* rate : {&straight, &retried}) rate->sample(after(10), 500);
  EXPECT_DOUBLE_EQ(straight.mean().value(), retried.mean().value());
  EXPECT_GT(retried.ewma().value(), 0.0);
}

TEST(Rate, GoingBackNeverGivesANegativeRate) {
  RateEstimator rate;
  rate.sample(start, 1000, 2000);
  rate.sample(after(1), 0, 2000);
  EXPECT_EQ(rate.mean().value(), 0.0);
  EXPECT_EQ(rate.ewma().value(), 0.0);
  EXPECT_FALSE(rate.eta());
}

TEST(Rate, ABurstOfSamplesWithinAnInstantIsHarmless) {
  RateEstimator rate;
  rate.sample(start, 0);
  for (std::uint64_t i = 1; i <= 1000; ++i) rate.sample(start + std::chrono::nanoseconds(i), i);
  EXPECT_FALSE(rate.ewma());
  rate.sample(after(1), 2000);
  EXPECT_NEAR(rate.ewma().value(), 2000.0, 1e-6);
}

TEST(Rate, TimeThatGoesBackIsTakenAsStandingStill) {
  RateEstimator rate;
  rate.sample(start, 0);
  rate.sample(after(2), 20);
  rate.sample(after(1), 30);
  rate.sample(after(4), 40);
  EXPECT_NEAR(rate.mean().value(), 10.0, 1e-9);
  EXPECT_NEAR(rate.ewma().value(), 10.0, 1e-9);
}

TEST(Rate, TheWholeRangeOf64BitsIsFinite) {
  RateEstimator rate;
  const auto largest = std::numeric_limits<std::uint64_t>::max();
  rate.sample(start, 0, largest);
  rate.sample(after(1), largest, largest);
  EXPECT_TRUE(std::isfinite(rate.ewma().value()));
  rate.sample(after(2), 0, largest);
  EXPECT_TRUE(std::isfinite(rate.ewma().value()));
  EXPECT_EQ(rate.mean().value(), 0.0);
}

TEST(Rate, AnEtaOfDecadesIsUnknown) {
  RateEstimator rate;
  rate.sample(start, 0, std::numeric_limits<std::uint64_t>::max());
  rate.sample(after(10), 1, std::numeric_limits<std::uint64_t>::max());
  EXPECT_FALSE(rate.eta());
}

TEST(Rate, RestartForgetsEverything) {
  RateEstimator rate;
  rate.sample(start, 0, 10);
  rate.sample(after(1), 5, 10);
  rate.restart();
  EXPECT_FALSE(rate.mean());
  EXPECT_FALSE(rate.ewma());
  EXPECT_FALSE(rate.eta());
  rate.sample(after(2), 5, 10);
  rate.sample(after(3), 6, 10);
  EXPECT_NEAR(rate.ewma().value(), 1.0, 1e-9);
}

TEST(Rate, ABadTimeConstantIsRefused) {
  EXPECT_THROW(RateEstimator(0s), std::invalid_argument);
  EXPECT_THROW(RateEstimator(-1s), std::invalid_argument);
  EXPECT_THROW(RateEstimator(std::chrono::duration<double>(std::nan(""))), std::invalid_argument);
  EXPECT_THROW(RateEstimator(std::chrono::duration<double>(INFINITY)), std::invalid_argument);
  EXPECT_NO_THROW(RateEstimator(100ms));
}

}  // namespace
