// SPDX-License-Identifier: MIT
//
// Every fence of the library. (The other half, the process-wide barrier, is fences.cpp in core/platform/.)
//
// Two places in the protocol need a store to be ordered before a later load (Dekker's pattern): a
// provider stores its value and then looks whether its lane is hot; the dispatcher clears "hot" and then
// looks for values. The provider does it on every report, the dispatcher only when a lane cools or
// closes, so the price is put there: the dispatcher runs heavy_barrier(), which makes every running
// thread of the process pass a full barrier (membarrier(2), PRIVATE_EXPEDITED, on Linux;
// FlushProcessWriteBuffers on Windows), and the provider needs only light_barrier(), which keeps the
// compiler from moving the load up and costs nothing.
//
// Where the kernel has no such call, or refuses it, asymmetric() is false: lanes are then opened as
// "fenced", and both sides use read-modify-writes on the lane's word, which order each other. So they do
// under ThreadSanitizer, which cannot see a barrier that another thread runs.
//
// Source of the technique: the asymmetric fences of userspace RCU (Desnoyers et al., 2012) and WG21 P1202.
#pragma once

#include <atomic>

#include <headway/detail/export.hpp>

#if defined(__SANITIZE_THREAD__)
#define HEADWAY_NO_MEMBARRIER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) && !defined(HEADWAY_NO_MEMBARRIER)
#define HEADWAY_NO_MEMBARRIER 1
#endif
#endif

namespace headway::detail {

/// Keeps the compiler from reordering memory accesses across it. No instruction.
inline void light_barrier() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

/// A full barrier of the calling thread alone.
inline void full_barrier() noexcept { std::atomic_thread_fence(std::memory_order_seq_cst); }

/// True if heavy_barrier() orders what light_barrier() leaves open. Decided once a process.
[[nodiscard]] HEADWAY_EXPORT bool asymmetric() noexcept;

/// Makes every thread of the process pass a full barrier. Does nothing unless asymmetric().
HEADWAY_EXPORT void heavy_barrier() noexcept;

}  // namespace headway::detail
