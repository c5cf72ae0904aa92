// SPDX-License-Identifier: MIT
#include <cstddef>
#include <set>

#include <gtest/gtest.h>

#include <headway/detail/atomics.hpp>
#include <headway/detail/inbox.hpp>
#include <headway/detail/parking.hpp>

namespace headway::detail {
namespace {

template <class InboxType>
std::set<std::size_t> taken(InboxType& inbox) {
  std::set<std::size_t> marks;
  inbox.take([&](std::size_t index) { marks.insert(index); });
  return marks;
}

TEST(AnInbox, HandsOverEachMarkOnce) {
  Inbox<StdAtomics> inbox;
  const std::set<std::size_t> marks = {0, 1, 63, 64, 4095, 4096, inbox.capacity - 1};
  for (const std::size_t index : marks) inbox.mark(index);
  inbox.mark(64);
  EXPECT_EQ(taken(inbox), marks);
  EXPECT_TRUE(taken(inbox).empty());
}

TEST(AnInbox, ReachesEveryLaneWhateverItsFan) {
  Inbox<StdAtomics, 1> narrow;
  ASSERT_EQ(narrow.capacity, 4U);
  for (std::size_t index = 0; index < narrow.capacity; ++index) {
    narrow.mark(index);
    EXPECT_EQ(taken(narrow), std::set<std::size_t>{index});
  }
}

TEST(AnInbox, SeesTheControlPathAtTheLastLookAndTakesNoLaneForIt) {
  Inbox<StdAtomics> inbox;
  EXPECT_FALSE(inbox.last_look());
  inbox.mark_control();
  EXPECT_TRUE(inbox.last_look());
  EXPECT_TRUE(taken(inbox).empty());
  EXPECT_FALSE(inbox.last_look());
}

TEST(AParkedDispatcher, IsNotifiedByAMarkAndADozingOneOnlyByTheControlPath) {
  Parking<StdAtomics> parking;
  const auto word = [&] { return static_cast<Sleep>(parking.word().load()); };
  parking.notify();
  parking.notify_control();
  EXPECT_EQ(word(), Sleep::running);
  parking.announce(Sleep::parked);
  parking.notify();
  EXPECT_EQ(word(), Sleep::notified);
  parking.announce(Sleep::dozing);
  parking.notify();
  EXPECT_EQ(word(), Sleep::dozing);
  parking.notify_control();
  EXPECT_EQ(word(), Sleep::notified);
  parking.resume();
  EXPECT_EQ(word(), Sleep::running);
}

}  // namespace
}  // namespace headway::detail
