// SPDX-License-Identifier: MIT
//
// The parts of the program `standing_cost`.
#pragma once

#include <chrono>

namespace bench {

void register_idle(std::chrono::seconds span);
void register_busy(std::chrono::seconds span);
void register_one_tick();
void register_memory();
void register_overload();

}  // namespace bench
