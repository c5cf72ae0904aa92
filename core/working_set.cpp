// SPDX-License-Identifier: MIT
#include "core/working_set.hpp"

#if defined(__ELF__)
// Made by the linker, one pair in each program or library (ELF: sections whose names are identifiers of C).
// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names
extern "C" {
[[gnu::visibility("hidden")]] extern const char __start_headway_tick[];
[[gnu::visibility("hidden")]] extern const char __stop_headway_tick[];
}
// NOLINTEND(bugprone-reserved-identifier)
#endif

namespace headway::detail {

namespace {
/// What a tick uses of the stack, down to a subscriber's callback.
constexpr std::size_t stack_of_a_tick = 1536;
}  // namespace

void prefetch_tick_code() noexcept {
#if defined(__ELF__)
  prefetch(__start_headway_tick,
           static_cast<std::size_t>(__stop_headway_tick - __start_headway_tick));
#endif
}

void prefetch_stack() noexcept {
  prefetch(static_cast<const char*>(__builtin_frame_address(0)) - stack_of_a_tick, stack_of_a_tick);
}

}  // namespace headway::detail
