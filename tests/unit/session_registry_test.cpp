// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/session_registry.hpp"

namespace headway::detail {
namespace {

struct Entry {
  SessionId id;
};

class ASessionRegistry : public testing::Test {
 protected:
  void add(std::uint64_t id) {
    const auto entry = std::make_shared<Entry>(Entry{SessionId(id)});
    expected[id] = entry;
    registry.add(entry);
  }
  void take(std::uint64_t id) {
    const auto found = expected.find(id);
    const auto wanted = found == expected.end() ? nullptr : found->second;
    EXPECT_EQ(registry.take(SessionId(id)), wanted) << id;
    if (found != expected.end()) expected.erase(found);
  }
  /// It holds what it should, in order, finds it, and finds nothing else.
  void compare() const {
    ASSERT_EQ(registry.size(), expected.size());
    std::vector<std::shared_ptr<Entry>> all;
    registry.for_each([&](const auto& entry) { all.push_back(entry); });
    ASSERT_TRUE(
        std::ranges::equal(all, expected, {}, {}, [](const auto& one) { return one.second; }));
    std::uint64_t id = 0;
    for (const auto& [next, entry] : expected) {
      for (; id < next; ++id) ASSERT_EQ(registry.find(SessionId(id)), nullptr) << id;
      ASSERT_EQ(registry.find(SessionId(id)), entry) << id;
      ++id;
    }
    EXPECT_EQ(registry.find(SessionId(id)), nullptr);
  }

  SessionRegistry<Entry> registry;
  std::map<std::uint64_t, std::shared_ptr<Entry>> expected;
};

TEST_F(ASessionRegistry, IsEmptyAtFirst) {
  compare();
  take(1);
  compare();
}

TEST_F(ASessionRegistry, KeepsManyInOrder) {
  for (std::uint64_t id = 1; id <= 1000; ++id) add(id);
  compare();
}

TEST_F(ASessionRegistry, TakesThoseThatComeLate) {
  // Each hundredth comes after the next ninety, and is the last of its block or of another now and then.
  for (std::uint64_t base = 0; base < 2000; base += 100) {
    for (std::uint64_t id = base + 2; id <= base + 92; ++id) add(id);
    add(base + 1);
  }
  compare();
  for (std::uint64_t base = 2000; base > 0; base -= 100) {
    for (std::uint64_t id = base; id > base - 8; --id) add(id);
  }
  compare();
}

TEST_F(ASessionRegistry, FindsRoomForALateOneInAFullBlock) {
  for (std::uint64_t id = 2; id <= 512; id += 2) add(id);
  for (const std::uint64_t id : {255U, 257U, 1U, 511U, 129U}) {
    add(id);
    compare();
  }
}

TEST_F(ASessionRegistry, ForgetsFromEitherEndAndFromTheMiddle) {
  for (std::uint64_t id = 1; id <= 600; ++id) add(id);
  for (std::uint64_t id = 1; id <= 150; ++id) take(id);
  compare();
  for (std::uint64_t id = 600; id > 450; --id) take(id);
  compare();
  for (std::uint64_t id = 200; id <= 400; ++id) take(id);
  take(200);
  compare();
  for (std::uint64_t id = 1; id <= 600; ++id) take(id);
  compare();
  add(601);
  compare();
}

TEST_F(ASessionRegistry, AgreesWithAMapWhateverHappens) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    std::uint64_t newest = expected.empty() ? 0 : expected.rbegin()->first;
    for (int step = 0; step < 3000; ++step) {
      // Grows, then shrinks.
      if (random() % 100 < (step < 1500 ? 70U : 35U)) {
        const std::uint64_t late = newest > 3 && random() % 4 == 0 ? newest - random() % 3 : 0;
        const bool is_new = late != 0 && !expected.contains(late);
        add(is_new ? late : ++newest);
      } else if (newest != 0) {
        take(1 + random() % newest);
      }
    }
    compare();
  }
}

/// What it takes off goes when nobody else holds it; what it was asked for in vain changes nothing.
TEST_F(ASessionRegistry, HoldsOnToNothingItHasGivenBack) {
  std::weak_ptr<Entry> watched;
  for (std::uint64_t id = 1; id <= 300; ++id) add(id);
  watched = expected[150];
  expected.erase(150);
  EXPECT_FALSE(watched.expired());
  registry.take(SessionId(150));
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace headway::detail
