// SPDX-License-Identifier: MIT
#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "core/changes.hpp"

namespace headway::detail {
namespace {

std::vector<int> kinds_after(const ChangeList& list, std::uint64_t cursor,
                             const Change* hint = nullptr) {
  std::vector<int> kinds;
  for (const Change* change = list.after(cursor, hint); change != nullptr; change = change->next) {
    kinds.push_back(change->kind);
  }
  return kinds;
}

class AChangeList : public testing::Test {
 protected:
  AChangeList() {
    for (std::uint8_t i = 0; i < changes.size(); ++i) changes[i].kind = i;
  }
  ChangeList list;
  std::array<Change, 4> changes;
};

TEST_F(AChangeList, KeepsTheOrderOfTheLastChanges) {
  for (const int i : {0, 1, 2, 0}) list.touch(changes[static_cast<std::size_t>(i)]);
  EXPECT_EQ(kinds_after(list, 0), (std::vector<int>{1, 2, 0}));
  EXPECT_EQ(list.clock(), 4U);
}

TEST_F(AChangeList, GivesWhatCameAfterACursorWithAndWithoutAHint) {
  for (auto& change : changes) list.touch(change);
  EXPECT_EQ(kinds_after(list, 2), (std::vector<int>{2, 3}));
  EXPECT_EQ(kinds_after(list, 2, &changes[1]), (std::vector<int>{2, 3}));
  EXPECT_EQ(kinds_after(list, 4, &changes[3]), std::vector<int>{});
}

TEST_F(AChangeList, DoesNotTrustAHintThatHasMoved) {
  for (auto& change : changes) list.touch(change);
  list.touch(changes[1]);
  EXPECT_EQ(kinds_after(list, 2, &changes[1]), (std::vector<int>{2, 3, 1}));
}

TEST_F(AChangeList, ForgetsWhatIsUnlinkedWhereverItStands) {
  for (auto& change : changes) list.touch(change);
  list.unlink(changes[0]);
  list.unlink(changes[2]);
  list.unlink(changes[3]);
  list.unlink(changes[3]);
  EXPECT_EQ(kinds_after(list, 0), (std::vector<int>{1}));
  list.touch(changes[3]);
  EXPECT_EQ(kinds_after(list, 4), (std::vector<int>{3}));
}

}  // namespace
}  // namespace headway::detail
