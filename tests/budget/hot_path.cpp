// SPDX-License-Identifier: MIT
#include "hot_path.hpp"

namespace budget {

namespace {
constexpr headway::Role role = headway::Role::destination;
constexpr headway::Stage stage = headway::Stage::change_application;
}  // namespace

void report(headway::Reporter& reporter, std::uint64_t times) noexcept {
  for (std::uint64_t i = 1; i <= times; ++i) reporter.report(role, stage, i, times);
}

void counter_report(headway::Counter counter, std::uint64_t times) noexcept {
  for (std::uint64_t i = 1; i <= times; ++i) counter.report(i, times);
}

void counter_advance(headway::Counter counter, std::uint64_t times) noexcept {
  for (std::uint64_t i = 1; i <= times; ++i) counter.advance();
}

void shared_report(headway::SharedReporter& reporter, std::uint64_t times) noexcept {
  for (std::uint64_t i = 1; i <= times; ++i) reporter.report(role, stage, i, times);
}

}  // namespace budget
