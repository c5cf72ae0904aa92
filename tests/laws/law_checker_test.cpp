// SPDX-License-Identifier: MIT
//
// The checker itself: it accepts what is right, and complains of each way in which a stream can be wrong.
#include "law_checker.hpp"

#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "keys.hpp"

namespace headway::laws {
namespace {

constexpr SessionId the_session{7};

Seen opened() {
  Seen seen;
  seen.kind = Seen::Kind::opened;
  seen.session = the_session;
  return seen;
}
Seen closed(Outcome outcome = Outcome::completed) {
  Seen seen;
  seen.kind = Seen::Kind::closed;
  seen.session = the_session;
  seen.outcome = outcome;
  return seen;
}
Seen update(std::size_t key, std::uint64_t completed, std::uint64_t total, std::uint64_t sequence) {
  Seen seen;
  seen.session = the_session;
  seen.role = role_of(key);
  seen.stage = stage_of(key);
  seen.completed = completed;
  seen.total = total;
  seen.sequence = sequence;
  return seen;
}
Attempt report(std::size_t key, std::uint64_t completed, std::uint64_t total,
               std::uint64_t time = 0, Status status = Status::ok) {
  return {.key = key,
          .completed = completed,
          .total = total,
          .status = status,
          .before = time,
          .after = time == 0 ? 0 : time + 1};
}
ProviderLog log(std::initializer_list<Attempt> attempts) {
  return {.session = the_session, .attempts = attempts};
}

/// One provider: 1/9, 2/9, 3/9 on key 0, then 5/5 on key 1; closed as completed.
History one_provider() {
  History history;
  history.sessions.push_back({.id = the_session, .closed_as = Outcome::completed});
  history.providers.push_back(log({report(0, 1, 9), report(0, 2, 9), report(0, 3, 9),
                                   report(1, 5, 5), report(1, 8, 8, 0, Status::closed)}));
  return history;
}

bool accepts(const History& history, const std::vector<Seen>& events, StreamFacts facts = {}) {
  facts.name = "stream";
  LawChecker checker(history);
  for (const std::string& complaint : checker.check(facts, events)) {
    testing::Test::RecordProperty("complaint", complaint);
    return false;
  }
  return checker.complaints_about_answers().empty();
}

TEST(TheLawChecker, AcceptsEveryHonestWayToTellAStory) {
  const History history = one_provider();
  EXPECT_TRUE(accepts(history, {opened(), update(0, 1, 9, 1), update(0, 2, 9, 2),
                                update(0, 3, 9, 3), update(1, 5, 5, 1), closed()}));
  EXPECT_TRUE(accepts(history, {opened(), update(0, 3, 9, 3), update(1, 5, 5, 1), closed()}));
  EXPECT_TRUE(accepts(history, {}, {.from_start = false}));
  EXPECT_TRUE(accepts(history, {opened(), update(0, 2, 9, 2)}, {.to_end = false}));
  EXPECT_TRUE(
      accepts(history, {update(1, 5, 5, 1), closed()}, {.from_start = false, .replay = false}));
  EXPECT_TRUE(accepts(history, {opened(), update(1, 5, 5, 1), closed()},
                      {.filter = {.stage = enumeration}}));
}

TEST(TheLawChecker, MissesNoLostLastWord) {
  const History history = one_provider();
  EXPECT_FALSE(accepts(history, {opened(), update(0, 2, 9, 2), update(1, 5, 5, 1), closed()}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 9, 3), closed()}));
  EXPECT_FALSE(accepts(history, {}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 9, 3), closed()}, {.from_start = false}));
}

TEST(TheLawChecker, SeesReordering) {
  const History history = one_provider();
  EXPECT_FALSE(accepts(history, {opened(), update(0, 2, 9, 2), update(0, 1, 9, 1),
                                 update(0, 3, 9, 3), update(1, 5, 5, 1), closed()}));
  // A later stage moves before the earlier one's last report.
  EXPECT_FALSE(accepts(history, {opened(), update(1, 5, 5, 1), update(0, 3, 9, 3), closed()}));
}

TEST(TheLawChecker, SeesInventedAndTornValues) {
  const History history = one_provider();
  EXPECT_FALSE(accepts(history, {opened(), update(0, 4, 9, 3), update(1, 5, 5, 1), closed()}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 5, 3), update(1, 5, 5, 1), closed()}));
  EXPECT_FALSE(accepts(
      history, {opened(), update(0, 3, 9, 3), update(1, 5, 5, 1), update(2, 0, 0, 1), closed()}));
  Seen stranger = update(0, 1, 9, 1);
  stranger.session = SessionId(8);
  EXPECT_FALSE(
      accepts(history, {opened(), update(0, 3, 9, 3), update(1, 5, 5, 1), closed(), stranger}));
}

TEST(TheLawChecker, SeesAWrongSequence) {
  const History history = one_provider();
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 9, 2), update(1, 5, 5, 1), closed()}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 9, 4), update(1, 5, 5, 1), closed()}));
  EXPECT_FALSE(accepts(
      history, {opened(), update(0, 3, 9, 3), update(0, 3, 9, 3), update(1, 5, 5, 1), closed()}));
  // A refused report was counted.
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 9, 3), update(1, 8, 8, 2), closed()}));
}

TEST(TheLawChecker, SeesABrokenLife) {
  const History history = one_provider();
  const Seen a = update(0, 3, 9, 3);
  const Seen b = update(1, 5, 5, 1);
  EXPECT_FALSE(accepts(history, {opened(), a, b, closed(), closed()}));
  EXPECT_FALSE(accepts(history, {opened(), a, closed(), b}));
  EXPECT_FALSE(accepts(history, {opened(), a, b}));
  EXPECT_FALSE(accepts(history, {opened(), a, b, closed(Outcome::failed)}));
  EXPECT_FALSE(accepts(history, {a, b, closed()}));
  EXPECT_FALSE(accepts(history, {a, opened(), b, closed()}));
  EXPECT_FALSE(accepts(history, {opened(), opened(), a, b, closed()}));
  History open = history;
  open.sessions.front().closed_as.reset();
  EXPECT_FALSE(accepts(open, {opened(), a, b, closed()}));
}

TEST(TheLawChecker, SeesWhatAFilterShouldHaveKeptBack) {
  const History history = one_provider();
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 9, 3), update(1, 5, 5, 1), closed()},
                       {.filter = {.stage = enumeration}}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 9, 3), update(1, 5, 5, 1), closed()},
                       {.filter = {.session = SessionId(9)}}));
}

History two_providers(Combination combination) {
  History history;
  history.sessions.push_back({.id = the_session, .combination = combination});
  history.providers.push_back(log({report(0, 1, 10, 10), report(0, 3, 10, 20)}));
  history.providers.push_back(log({report(0, 2, 10, 15), report(0, 4, 10, 30)}));
  return history;
}

TEST(TheLawChecker, AddsUpShares) {
  const History history = two_providers(Combination::sum);
  EXPECT_TRUE(accepts(history, {opened(), update(0, 5, 20, 3), update(0, 7, 20, 4)}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 4, 10, 4)}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 99, 20, 3), update(0, 7, 20, 4)}));
}

TEST(TheLawChecker, CountsTheReportsInASum) {
  History history;
  history.sessions.push_back({.id = the_session, .combination = Combination::sum, .digit_bits = 8});
  history.providers.push_back(log({report(0, 1, 0), report(0, 2, 0)}));
  history.providers.push_back(log({report(0, 1U << 8U, 0), report(0, 2U << 8U, 0)}));
  const std::uint64_t all = 2 + (2U << 8U);
  EXPECT_TRUE(accepts(
      history, {opened(), update(0, 1, 0, 1), update(0, 2 + 256, 0, 3), update(0, all, 0, 4)}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 1, 0, 2), update(0, all, 0, 4)}));
  EXPECT_FALSE(accepts(
      history, {opened(), update(0, 2, 0, 2), update(0, 1 + 512, 0, 3), update(0, all, 0, 4)}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 0, 3), update(0, all, 0, 4)}));
}

TEST(TheLawChecker, LetsTheFurthestNeverStepBack) {
  const History history = two_providers(Combination::furthest);
  EXPECT_TRUE(
      accepts(history, {opened(), update(0, 3, 10, 2), update(0, 3, 10, 3), update(0, 4, 10, 4)}));
  EXPECT_FALSE(
      accepts(history, {opened(), update(0, 3, 10, 2), update(0, 2, 10, 3), update(0, 4, 10, 4)}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 10, 4)}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 5, 10, 4)}));
}

TEST(TheLawChecker, WantsTheLatestInRealOrder) {
  const History history = two_providers(Combination::latest);
  EXPECT_TRUE(
      accepts(history, {opened(), update(0, 1, 10, 1), update(0, 2, 10, 2), update(0, 4, 10, 4)}));
  EXPECT_FALSE(
      accepts(history, {opened(), update(0, 2, 10, 1), update(0, 1, 10, 2), update(0, 4, 10, 4)}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 3, 10, 4)}));
  EXPECT_FALSE(accepts(history, {opened(), update(0, 6, 10, 2), update(0, 4, 10, 4)}));
}

TEST(TheLawChecker, ReadsTheAnswersToo) {
  History history;
  history.sessions.push_back({.id = the_session, .closed_as = Outcome::canceled});
  history.providers.push_back(log({report(0, 1, 9, 0, Status::aborted), report(0, 2, 9)}));
  EXPECT_FALSE(LawChecker(history).complaints_about_answers().empty());
  history.providers[0] = log({report(0, 1, 9, 0, Status::closed), report(0, 2, 9)});
  EXPECT_FALSE(LawChecker(history).complaints_about_answers().empty());
  history.providers[0] = log({report(6, 1, 9)});
  EXPECT_FALSE(LawChecker(history).complaints_about_answers().empty());
  history.providers[0] = log({report(0, 1, 9, 0, Status::invalid_argument)});
  EXPECT_FALSE(LawChecker(history).complaints_about_answers().empty());
  history.providers[0] =
      log({report(0, 1, 9), report(6, 1, 9, 0, Status::invalid_argument),
           report(0, 1, 9, 0, Status::aborted), report(0, 1, 9, 0, Status::closed)});
  EXPECT_TRUE(LawChecker(history).complaints_about_answers().empty());
}

}  // namespace
}  // namespace headway::laws
