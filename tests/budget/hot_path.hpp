// SPDX-License-Identifier: MIT
//
// One function a way to report, so that its code can be found and counted. Loops, so that what the caller
// pays is in it.
#pragma once

#include <cstdint>

#include <headway/reporter.hpp>
#include <headway/shared_reporter.hpp>

namespace budget {

void report(headway::Reporter& reporter, std::uint64_t times) noexcept;
void counter_report(headway::Counter counter, std::uint64_t times) noexcept;
void counter_advance(headway::Counter counter, std::uint64_t times) noexcept;
void shared_report(headway::SharedReporter& reporter, std::uint64_t times) noexcept;

}  // namespace budget
