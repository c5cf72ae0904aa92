// SPDX-License-Identifier: MIT
//
// The working set of a tick, fetched at once when the dispatcher wakes.
//
// After milliseconds of sleep neither the tick's code nor its data are in the processor's caches. A tick takes
// 0.2 us when they are, and 12 us when it runs into some 180 lines of code and 80 of data one after the other,
// waiting for memory each time (bench/README.md has the measurement). Asked for together they come together.
#pragma once

#include <cstddef>

/// A function that every tick runs. These lie side by side, so that they can be fetched as one piece; not for
/// inline functions and templates, which the linker places by itself.
#if defined(__ELF__)
#define HEADWAY_TICK_CODE [[gnu::section("headway_tick")]]
#else
#define HEADWAY_TICK_CODE
#endif
/// A function that few ticks run, and that is not to be inlined into one that all do.
#define HEADWAY_RARE_CODE [[gnu::noinline]]

namespace headway::detail {

/// Asks for these bytes to be brought near. Any address will do: nothing is read.
inline void prefetch(const void* begin, std::size_t bytes) noexcept {
  constexpr std::size_t line = 64;
  const char* const first = static_cast<const char*>(begin);
  for (std::size_t at = 0; at < bytes; at += line) __builtin_prefetch(first + at, 0, 2);
}

template <class Object>
void prefetch_object(const Object& object) noexcept {
  prefetch(&object, sizeof object);
}

/// The code of HEADWAY_TICK_CODE. Nothing on systems whose linkers do not say where a section begins.
void prefetch_tick_code() noexcept;
/// The part of the calling thread's stack that its next calls will use.
void prefetch_stack() noexcept;

}  // namespace headway::detail
