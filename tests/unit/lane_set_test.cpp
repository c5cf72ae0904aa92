// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>

#include <gtest/gtest.h>

#include "core/lane_set.hpp"

namespace headway::detail {
namespace {

class ALaneSet : public testing::Test {
 protected:
  /// Nobody looks into them.
  [[nodiscard]] LaneRecord& lane(std::size_t index) {
    return *reinterpret_cast<LaneRecord*>(&places[index]);
  }
  void add(std::size_t index) {
    set.make_room();
    set.add(lane(index));
  }
  void remove(std::size_t index) { set.remove(lane(index)); }
  [[nodiscard]] bool holds(std::initializer_list<std::size_t> indices) {
    return std::ranges::equal(set.all(), indices, {}, {},
                              [&](std::size_t index) { return &lane(index); });
  }

  LaneSet set;
  std::array<std::max_align_t, 9> places{};
};

TEST_F(ALaneSet, HoldsOneThatMayGoAndAnotherThatMayCome) {
  EXPECT_TRUE(holds({}));
  add(0);
  EXPECT_TRUE(holds({0}));
  remove(1);
  EXPECT_TRUE(holds({0}));
  remove(0);
  EXPECT_TRUE(holds({}));
  add(1);
  EXPECT_TRUE(holds({1}));
}

TEST_F(ALaneSet, HoldsMany) {
  for (std::size_t i = 0; i < places.size(); ++i) add(i);
  ASSERT_EQ(set.all().size(), places.size());
  for (std::size_t i = 3; i < places.size(); ++i) remove(i);
  EXPECT_TRUE(holds({0, 1, 2}));
  remove(1);
  EXPECT_TRUE(holds({0, 2}));
  remove(0);
  remove(2);
  EXPECT_TRUE(holds({}));
  add(4);
  EXPECT_TRUE(holds({4}));
}

TEST_F(ALaneSet, HasChangedNothingWhenRoomWasMadeForNone) {
  set.make_room();
  EXPECT_TRUE(holds({}));
  add(0);
  set.make_room();
  EXPECT_TRUE(holds({0}));
  remove(0);
  EXPECT_TRUE(holds({}));
}

}  // namespace
}  // namespace headway::detail
