// SPDX-License-Identifier: MIT
//
// What a session and its reporter take from the allocator, all included. glibc tells.
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <headway/headway.hpp>

#if defined(__GLIBC__)
#include <malloc.h>
#if __GLIBC_PREREQ(2, 33)
#define HEADWAY_ALLOCATED_BYTES (mallinfo2().uordblks + mallinfo2().hblkhd)
#endif
#endif

#ifdef HEADWAY_ALLOCATED_BYTES
namespace headway {
namespace {

TEST(Memory, ASessionTakesAtMost512BytesAndAFoldingReporterAsMuch) {
  constexpr std::size_t many = 10'000;
  Bus bus({.dispatch = Dispatch::manual});
  std::vector<Session> sessions;
  sessions.reserve(many);
  std::vector<Reporter> reporters;
  reporters.reserve(many);
  const std::size_t before = HEADWAY_ALLOCATED_BYTES;
  if (before == 0) GTEST_SKIP() << "the sanitizer's allocator does not tell";
  // Short enough to lie in the string itself.
  for (std::size_t i = 0; i < many; ++i) sessions.push_back(bus.open_session("session"));
  // What the dispatcher has not taken over yet is not kept.
  bus.poll();
  const std::size_t with_sessions = HEADWAY_ALLOCATED_BYTES;
  EXPECT_LE(with_sessions - before, many * 512);
  for (Session& session : sessions) reporters.push_back(session.reporter({.ring_capacity = 0}));
  EXPECT_LE(HEADWAY_ALLOCATED_BYTES - with_sessions, many * 512);
}

}  // namespace
}  // namespace headway
#endif
