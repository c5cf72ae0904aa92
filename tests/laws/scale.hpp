// SPDX-License-Identifier: MIT
//
// How much work a test does: all of it natively, a tenth of it where a sanitizer makes everything slow.
#pragma once

#include <algorithm>
#include <cstdlib>

namespace headway::laws {

#if defined(__has_feature)
#define HEADWAY_LAWS_HAS_FEATURE(x) __has_feature(x)
#else
#define HEADWAY_LAWS_HAS_FEATURE(x) 0
#endif

#if defined(__SANITIZE_THREAD__) || HEADWAY_LAWS_HAS_FEATURE(thread_sanitizer)
inline constexpr bool under_thread_sanitizer = true;
#else
inline constexpr bool under_thread_sanitizer = false;
#endif

#if defined(__SANITIZE_ADDRESS__) || HEADWAY_LAWS_HAS_FEATURE(address_sanitizer)
inline constexpr bool under_address_sanitizer = true;
#define HEADWAY_LAWS_SANITIZED 1
#elif defined(__SANITIZE_THREAD__) || HEADWAY_LAWS_HAS_FEATURE(thread_sanitizer)
inline constexpr bool under_address_sanitizer = false;
#define HEADWAY_LAWS_SANITIZED 1
#else
inline constexpr bool under_address_sanitizer = false;
#define HEADWAY_LAWS_SANITIZED 0
#endif

inline constexpr bool sanitized = HEADWAY_LAWS_SANITIZED != 0;

/// qemu-user can neither start a program of the other processor by itself nor threads in a forked child.
[[nodiscard]] inline bool under_emulator() { return std::getenv("HEADWAY_EMULATOR") != nullptr; }

/// `natively`, or a tenth of it (at least one) under a sanitizer.
[[nodiscard]] constexpr int scaled(int natively) noexcept {
  return sanitized ? std::max(1, natively / 10) : natively;
}

}  // namespace headway::laws
