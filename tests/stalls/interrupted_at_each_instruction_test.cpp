// SPDX-License-Identifier: MIT
//
// A report that a signal interrupts, at each of its instructions. A handler may report, on a reporter of its
// own. On the one that it interrupts it may not: a checked build says so, wherever it matters; another build
// gives wrong values of that reporter, and nobody else is harmed.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <ostream>
#include <string>
#include <thread>
#include <tuple>

#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "laws/keys.hpp"
#include "laws/recording_subscriber.hpp"
#include "laws/scale.hpp"
#include "laws/waiting.hpp"
#include "stalls/stepped_call.hpp"

namespace headway::stalls {
namespace {

using laws::eventually;
using namespace std::chrono_literals;

enum class Intruder { handler_with_its_own, handler_on_the_same, thread_on_the_same };

struct Interrupted {
  std::string name;
  std::size_t ring = 0;
  /// What the session's second reporter does to a report under Merge::latest: it takes the long way.
  Merge merge = Merge::sum;
  /// A report's value, before the report's number is added: large ones take a wide record.
  std::uint64_t base = 0;
  /// Whether the total grows with each report, and takes a word of its own in the ring.
  bool total_grows = true;
  /// The intruder reports on another key, and a handler returns before the dispatcher has looked.
  bool elsewhere = false;
};

[[maybe_unused]] void PrintTo(const Interrupted& given, std::ostream* out) { *out << given.name; }
[[maybe_unused]] void PrintTo(Intruder intruder, std::ostream* out) {
  switch (intruder) {
    case Intruder::handler_with_its_own: *out << "HandlerWithItsOwn"; break;
    case Intruder::handler_on_the_same: *out << "HandlerOnTheSame"; break;
    case Intruder::thread_on_the_same: *out << "ThreadOnTheSame"; break;
  }
}

const Interrupted cases[] = {
    {.name = "Fold"},
    {.name = "Ring", .ring = 64},
    {.name = "RingSameTotal", .ring = 64, .total_grows = false},
    {.name = "RingWideRecord", .ring = 64, .base = 1ULL << 61},
    {.name = "RingOnAnotherKey", .ring = 64, .elsewhere = true},
    {.name = "RingIsFull", .ring = 2},
    {.name = "StampedFold", .merge = Merge::latest},
    {.name = "StampedRing", .ring = 64, .merge = Merge::latest},
};

constexpr std::uint64_t reports_before = 3;
constexpr std::uint64_t reports_within = 3;

/// What the signal's handler does.
std::function<void()> in_the_handler;

/// In the child. `exact`: whatever happens must leave every report accounted for.
void play(const Interrupted& given, Intruder intruder, bool exact, SteppedCall& call) {
  Bus bus;
  laws::RecordingSubscriber seen;
  // Only a flush ends it: between the provider's first report and the interruption the dispatcher looks at
  // nothing, and every child's report takes the same way.
  const Subscription subscription = bus.subscribe(seen, {.interval = 1h});
  Session session = bus.open_session("photos", {.merge = given.merge});
  Reporter reporter = session.reporter({.ring_capacity = given.ring});
  Reporter spare = session.reporter({.ring_capacity = given.ring});
  Reporter other = session.reporter({.ring_capacity = given.ring});
  Reporter& within = intruder == Intruder::handler_with_its_own ? spare : reporter;
  const auto total = [&](std::uint64_t n) {
    return given.base + 1'000'000 + (given.total_grows ? n : 0);
  };
  const auto report = [&](Reporter& by, std::uint64_t n) {
    return by.report(laws::destination, laws::enumeration, given.base + n, total(n));
  };
  const auto intrude = [&] {
    for (std::uint64_t n = 1; n <= reports_within; ++n) {
      if (given.elsewhere) {
        within.report(laws::source, laws::application, given.base + n, total(n));
      } else {
        report(within, n);
      }
    }
  };
  std::atomic<bool> reported{false};
  std::atomic<bool> let_on{false};
  in_the_handler = [&] {
    intrude();
    reported.store(true);
    // So that the dispatcher looks at it before the report that was interrupted goes on.
    const timespec moment{0, 50000};
    while (!let_on.load() && !given.elsewhere) ::nanosleep(&moment, nullptr);
  };
  ::signal(SIGUSR1, [](int) { in_the_handler(); });

  std::thread provider([&] {
    report(reporter, 1);
    // The lane is hot then, and the rest waits for the next flush.
    EXPECT_TRUE(bus.flush(laws::watchdog) == FlushResult::ok);
    for (std::uint64_t n = 2; n <= reports_before; ++n) report(reporter, n);
    call.make([&] { report(reporter, reports_before + 1); });
  });
  const bool stands = call.await_stop();
  if (stands) {
    if (intruder == Intruder::thread_on_the_same) {
      intrude();
      call.let_go();
    } else {
      EXPECT_TRUE(eventually([&] { return reported.load(); }));
    }
    for (std::uint64_t n = 1; n <= 100; ++n)
      other.report(laws::destination, laws::application, n, 100);
    EXPECT_TRUE(eventually([&] {
      static_cast<void>(bus.flush(20ms));
      return seen.last_sequence(session.id(), laws::destination, laws::application) == 100;
    })) << "others wait";
  }
  let_on.store(true);
  provider.join();
  if (!stands) return;
  session.close();
  EXPECT_TRUE(bus.stop(laws::watchdog).complete);
  EXPECT_TRUE(seen.outcome_of(session.id()).has_value());
  for (const laws::Seen& update : seen.updates()) EXPECT_TRUE(is_valid(update.role, update.stage));
  if (!exact) return;
  const auto sequence = [&](Role role, Stage stage) {
    return seen.last_sequence(session.id(), role, stage);
  };
  EXPECT_EQ(
      sequence(laws::destination, laws::enumeration) + sequence(laws::source, laws::application),
      reports_before + 1 + reports_within);
}

/// What a child writes to its standard error.
class ErrorPipe {
 public:
  ErrorPipe() { EXPECT_EQ(::pipe(ends_), 0); }
  ErrorPipe(const ErrorPipe&) = delete;
  ErrorPipe& operator=(const ErrorPipe&) = delete;
  ~ErrorPipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void use_in_child() const { ::dup2(ends_[1], STDERR_FILENO); }
  /// What there is after the child has ended. Less than a pipe holds.
  [[nodiscard]] std::string read() const {
    static_cast<void>(::write(ends_[1], "", 1));
    std::string text(4096, '\0');
    text.resize(
        static_cast<std::size_t>(std::max<ssize_t>(::read(ends_[0], text.data(), text.size()), 0)));
    return text;
  }

 private:
  int ends_[2] = {-1, -1};
};

class InterruptedAtEachInstruction
    : public testing::TestWithParam<std::tuple<Interrupted, Intruder>> {
 protected:
  void SetUp() override {
    if (laws::sanitized) GTEST_SKIP() << "under a sanitizer a report has thousands of instructions";
    if (std::get<1>(GetParam()) == Intruder::thread_on_the_same && !detail::is_checked_build) {
      GTEST_SKIP() << "only a checked build (HEADWAY_CHECKED) says something about it";
    }
    // The children inherit it; each by itself, with threads, would wait some 10 ms for the kernel.
    static_cast<void>(detail::asymmetric());
  }
};

INSTANTIATE_TEST_SUITE_P(Report, InterruptedAtEachInstruction,
                         testing::Combine(testing::ValuesIn(cases),
                                          testing::Values(Intruder::handler_with_its_own,
                                                          Intruder::handler_on_the_same,
                                                          Intruder::thread_on_the_same)),
                         [](const auto& given) {
                           return std::get<0>(given.param).name +
                                  testing::PrintToString(std::get<1>(given.param));
                         });

TEST_P(InterruptedAtEachInstruction, HarmsNobodyElseAndIsSaidByACheckedBuild) {
  const auto& [given, intruder] = GetParam();
  const bool misuse = intruder != Intruder::handler_with_its_own;
  const bool exact = detail::is_checked_build || !misuse;
  const std::string complaint = intruder == Intruder::thread_on_the_same
                                    ? "headway: session \"photos\": two threads"
                                    : "headway: session \"photos\": a report was made inside";
  int count = 0;
  int said = 0;
  int last_said = 0;
  for (;; ++count) {
    const ErrorPipe errors;
    SteppedChild child([&, &given = given, intruder = intruder](SteppedCall& call) {
      const rlimit no_core{};
      ::setrlimit(RLIMIT_CORE, &no_core);
      errors.use_in_child();
      play(given, intruder, exact, call);
    });
    const SteppedChild::Stand stand = child.run_into_the_call(count);
    if (stand == SteppedChild::Stand::refused) GTEST_SKIP() << child.refusal();
    ASSERT_NE(stand, SteppedChild::Stand::lost) << "after " << count << " instructions";
    if (intruder != Intruder::thread_on_the_same) child.interrupt(SIGUSR1);
    const int result = child.wait();
    if (detail::is_checked_build && misuse && result == -SIGABRT) {
      ASSERT_EQ(errors.read().substr(0, complaint.size()), complaint);
      ASSERT_TRUE(said == 0 || last_said == count - 1) << "not at the instruction before " << count;
      ++said;
      last_said = count;
    } else {
      ASSERT_EQ(result, 0) << "interrupted after " << count << " instructions: " << errors.read();
    }
    if (stand == SteppedChild::Stand::returned) break;
    ASSERT_LT(count, most_instructions) << "the report does not return";
  }
  EXPECT_EQ(said > 0, detail::is_checked_build && misuse);
  std::printf("%s: interrupted before each of %d instructions, %d of them complained of\n",
              given.name.c_str(), count, said);
}

}  // namespace
}  // namespace headway::stalls
