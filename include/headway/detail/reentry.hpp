// SPDX-License-Identifier: MIT
//
// Checked builds (HEADWAY_CHECKED): a report that is made inside another report on the same lane ends the
// process, with a line that says what was wrong. That is a report from a signal handler that has interrupted
// one on the same reporter, or two threads on one Reporter at once. Other builds do not look, and pay nothing.
//
// The definition belongs to the library's target, so that library and application agree. An application that
// is checked does not link with a library that is not; the other way round it is just not checked.
//
// The lane keeps the thread that is inside. What refuses reports is not looked at: in the child of a fork a
// lane may say for ever that a thread of the parent is inside.
#pragma once

#include <headway/detail/export.hpp>
#include <headway/detail/fences.hpp>

#if defined(HEADWAY_CHECKED)
#include <atomic>
#endif

namespace headway::detail {

class BusLane;

#if defined(HEADWAY_CHECKED)

inline constexpr bool is_checked_build = true;

/// Its address stands for the thread.
inline constinit thread_local char thread_mark = 0;

/// Says which session's reporter it was, and aborts. Safe in a signal handler.
[[noreturn]] HEADWAY_EXPORT void refuse_reentry(const BusLane& lane, bool same_thread) noexcept;

struct Occupancy {
  std::atomic<const char*> thread{nullptr};
};

/// Stands for a report under way.
template <class LaneType>
class ReportGuard {
 public:
  explicit ReportGuard(LaneType& lane) noexcept {
    if (lane.gate().refuses()) return;
    lane_ = &lane;
    const char* const inside =
        lane.occupancy.thread.exchange(&thread_mark, std::memory_order_relaxed);
    if (inside != nullptr) refuse_reentry(lane, inside == &thread_mark);
    light_barrier();
  }
  ReportGuard(const ReportGuard&) = delete;
  ReportGuard& operator=(const ReportGuard&) = delete;
  ~ReportGuard() {
    if (lane_ == nullptr) return;
    light_barrier();
    lane_->occupancy.thread.store(nullptr, std::memory_order_relaxed);
  }

 private:
  LaneType* lane_ = nullptr;
};

#else

inline constexpr bool is_checked_build = false;

struct Occupancy {};

template <class LaneType>
class ReportGuard {
 public:
  explicit ReportGuard(const LaneType&) noexcept {}
};

#endif

}  // namespace headway::detail
