// SPDX-License-Identifier: MIT
//
// Law 13, instruction by instruction: whichever instruction of a report a provider is stopped at, and even if
// it never comes back, nobody else waits for it, nothing that it said before is lost but what a fold was just
// replacing, and nothing of its half-made report is seen.
#include <cstdio>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "laws/scale.hpp"
#include "stalls/scene.hpp"
#include "stalls/stepped_call.hpp"

namespace headway::stalls {
namespace {

const Situation situations[] = {
    {.name = "Fold", .before = {1, 1}, .must_arrive = 1},
    {.name = "FoldOnAnotherKey", .before = {1, 1}, .must_arrive = 2, .elsewhere = true},
    {.name = "FoldOfACounter", .by = By::counter, .before = {1, 1}, .must_arrive = 1},
    {.name = "FoldOfAnAdvance", .by = By::advance, .before = {1, 1}, .must_arrive = 1},
    {.name = "RingWithRoom", .ring = 64, .before = {1, 2}, .must_arrive = 3},
    {.name = "RingSameTotal", .ring = 64, .before = {1, 2}, .must_arrive = 3, .total_grows = false},
    {.name = "RingWideRecord", .ring = 64, .before = {1, 2}, .must_arrive = 3, .base = 1ULL << 61},
    {.name = "RingIsFull", .ring = 2, .before = {1, 2}, .must_arrive = 3},
    {.name = "RingIsFullStill", .ring = 2, .before = {1, 3}, .must_arrive = 3},
    {.name = "RingAfterFolds", .ring = 2, .before = {1, 4, 0}, .must_arrive = 5},
    {.name = "RingOfAnAdvance", .by = By::advance, .ring = 64, .before = {1, 2}, .must_arrive = 3},
    {.name = "StampedFold", .merge = Merge::latest, .before = {1, 1}, .must_arrive = 1},
    {.name = "StampedRing", .merge = Merge::latest, .ring = 64, .before = {1, 2}, .must_arrive = 3},
    {.name = "StampedRingIsFull",
     .merge = Merge::latest,
     .ring = 4,
     .before = {1, 2},
     .must_arrive = 3},
    {.name = "SharedFold", .by = By::shared_reporter, .before = {1, 1}, .must_arrive = 1},
    {.name = "SharedAdvance", .by = By::shared_advance, .before = {1, 1}, .must_arrive = 1},
    {.name = "SharedRing",
     .by = By::shared_reporter,
     .ring = 64,
     .before = {1, 2},
     .must_arrive = 3},
    {.name = "SharedRingIsFull",
     .by = By::shared_reporter,
     .ring = 2,
     .before = {1, 2},
     .must_arrive = 3},
    {.name = "ColdFold", .cold = true},
    {.name = "ColdRing", .ring = 64, .cold = true},
    {.name = "ColdStamped", .merge = Merge::latest, .cold = true},
    {.name = "ColdShared",
     .by = By::shared_reporter,
     .ring = 64,
     .before = {1},
     .must_arrive = 1,
     .cold = true},
};

class StalledAtEachInstruction : public testing::TestWithParam<std::tuple<Situation, Ending>> {
 protected:
  void SetUp() override {
    if (laws::sanitized) GTEST_SKIP() << "under a sanitizer a report has thousands of instructions";
    // The children inherit it; each by itself, with threads, would wait some 10 ms for the kernel.
    static_cast<void>(detail::asymmetric());
  }
};

INSTANTIATE_TEST_SUITE_P(Report, StalledAtEachInstruction,
                         testing::Combine(testing::ValuesIn(situations),
                                          testing::Values(Ending::goes_on,
                                                          Ending::goes_on_in_a_closing_session,
                                                          Ending::never_comes_back)),
                         [](const auto& given) {
                           return std::get<0>(given.param).name +
                                  testing::PrintToString(std::get<1>(given.param));
                         });

TEST_P(StalledAtEachInstruction, DelaysNobodyElse) {
  const auto& [situation, ending] = GetParam();
  int count = 0;
  for (;; ++count) {
    SteppedChild child([&situation = situation, ending = ending](SteppedCall& call) {
      Scene(situation, call).play(ending);
    });
    const SteppedChild::Stand stand = child.run_into_the_call(count);
    if (stand == SteppedChild::Stand::refused) GTEST_SKIP() << child.refusal();
    ASSERT_NE(stand, SteppedChild::Stand::lost) << "after " << count << " instructions";
    ASSERT_EQ(child.wait(), 0) << "stopped after " << count << " instructions";
    if (stand == SteppedChild::Stand::returned) break;
    ASSERT_LT(count, most_instructions) << "the report does not return";
  }
  std::printf("%s: stopped before each of %d instructions\n", situation.name.c_str(), count);
}

}  // namespace
}  // namespace headway::stalls
