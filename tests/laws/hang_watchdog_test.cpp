// SPDX-License-Identifier: MIT
//
// Ends the process, naming the test, when one test runs far longer than any should: a hang is a failure,
// not a silence. A signal instead of a thread, so that tests that fork see no thread of ours.
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace {

constexpr unsigned longest_test_seconds = 240;

char hanging_test[512];

void name_the_hang(int) {
  const char before[] = "\nhang: this test did not end: ";
  // What cannot be written cannot be helped: the abort below still shows.
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, before, sizeof before - 1);
  written = ::write(STDERR_FILENO, hanging_test, std::strlen(hanging_test));
  written = ::write(STDERR_FILENO, "\n", 1);
  std::abort();
}

class HangWatchdog : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo& test) override {
    const std::string name = std::string(test.test_suite_name()) + '.' + test.name();
    std::strncpy(hanging_test, name.c_str(), sizeof hanging_test - 1);
    ::signal(SIGALRM, name_the_hang);
    ::alarm(longest_test_seconds);
  }
  void OnTestEnd(const testing::TestInfo&) override { ::alarm(0); }
};

class InstallWatchdog : public testing::Environment {
  void SetUp() override { testing::UnitTest::GetInstance()->listeners().Append(new HangWatchdog); }
};

[[maybe_unused]] const testing::Environment* const installed =
    testing::AddGlobalTestEnvironment(new InstallWatchdog);

}  // namespace
