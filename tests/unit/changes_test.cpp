// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "core/changes.hpp"

namespace headway::detail {
namespace {

std::vector<int> kinds_after(const ChangeList& list, std::uint64_t cursor,
                             const Change* hint = nullptr) {
  std::vector<int> kinds;
  for (const Change* change = list.after(cursor, hint); change != nullptr;
       change = change->next()) {
    kinds.push_back(change->kind());
  }
  return kinds;
}

class AChangeList : public testing::Test {
 protected:
  ChangeList list;
  ChangeSet set;
  std::span<Change> changes = std::span(set.changes).first(4);
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

TEST(AChange, KnowsItsKindItsSetAndItsNumber) {
  ChangeList list;
  std::array<ChangeSet, 2> sets;
  std::uint64_t number = 0;
  for (ChangeSet& set : sets) {
    for (std::uint8_t kind = 0; kind < Change::kinds; ++kind) {
      Change& change = set.changes[kind];
      EXPECT_EQ(change.kind(), kind);
      EXPECT_EQ(change.number(), 0U);
      EXPECT_EQ(&ChangeSet::of(change), &set);
      list.touch(change);
      EXPECT_EQ(change.number(), ++number);
      EXPECT_EQ(list.clock(), number);
      EXPECT_EQ(change.kind(), kind);
      EXPECT_EQ(&ChangeSet::of(change), &set);
    }
  }
  list.unlink(sets[1].changes[Change::closed]);
  EXPECT_EQ(sets[1].changes[Change::closed].number(), 0U);
  EXPECT_EQ(sets[1].changes[Change::closed].kind(), Change::closed);
}

}  // namespace
}  // namespace headway::detail
