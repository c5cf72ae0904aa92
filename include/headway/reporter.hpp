// SPDX-License-Identifier: MIT
//
// Reporter: one provider thread's handle into one session. Counter: the same for one key of it.
//
//   headway::Reporter reporter = session.reporter();
//   reporter.report(Role::source, Stage::change_detection, done, total);
//   headway::Counter files = reporter.at(Role::destination, Stage::change_application);
//   files.advance();
//
// A report is wait-free: no lock, no loop on another thread, no allocation, no exception, and no system
// call but one wake when the dispatcher sleeps. It costs a few plain stores while the dispatcher is behind
// or the reporter has no ring, and one ring slot otherwise.
//
// Threads: one thread at a time. A reporter may be handed to another thread, as any object that is not
// shared. A signal handler may report, on a reporter of its own; it must not on one that it may have
// interrupted. A checked build (HEADWAY_CHECKED) ends the process with a line on stderr when a report is made
// inside another one on the same reporter, by a handler or by a second thread. Other builds do not look: that
// reporter's values and counts may then be wrong, and nobody else's.
//
// Memory ordering: what a report stores is released; nothing else of the calling thread's memory is promised
// to a subscriber.
#pragma once

#include <cstdint>
#include <memory>

#include <headway/detail/export.hpp>
#include <headway/detail/lane_types.hpp>
#include <headway/detail/reentry.hpp>
#include <headway/detail/relative.hpp>
#include <headway/status.hpp>
#include <headway/vocabulary.hpp>

namespace headway {

namespace detail {
class SessionState;

/// Counts a report on a key that there is none of.
HEADWAY_EXPORT Status refuse_key(const BusLane& lane) noexcept;

[[gnu::always_inline]] inline Status report_on(BusLane& lane, std::uint32_t key,
                                               std::uint64_t completed,
                                               std::uint64_t total) noexcept {
  const ReportGuard guard(lane);
  return lane.report<OwnRing>(key, completed, total);
}
[[gnu::always_inline]] inline Status advance_on(BusLane& lane, std::uint32_t key,
                                                std::int64_t completed,
                                                std::int64_t more) noexcept {
  const ReportGuard guard(lane);
  return lane.report_changed<OwnRing>(key, [completed, more](LaneValue now) {
    return LaneValue{moved(now.completed, completed), moved(now.total, more)};
  });
}
}  // namespace detail

/// One key of a Reporter, checked once. Copyable; must not outlive its Reporter; same thread as it.
class Counter {
 public:
  Status report(std::uint64_t completed, std::uint64_t total) noexcept {
    return detail::report_on(*lane_, key_, completed, total);
  }
  Status advance(std::int64_t completed = 1) noexcept {
    return detail::advance_on(*lane_, key_, completed, 0);
  }
  Status add_total(std::int64_t more) noexcept { return detail::advance_on(*lane_, key_, 0, more); }
  [[nodiscard]] bool canceled() const noexcept { return lane_->gate().is_canceled(); }

 private:
  friend class Reporter;
  Counter(detail::BusLane& lane, std::uint32_t key) noexcept : lane_(&lane), key_(key) {}

  detail::BusLane* lane_;
  std::uint32_t key_;
};

class HEADWAY_EXPORT Reporter {
 public:
  /// Stands for nothing: every report answers Status::closed. So does one that was moved from.
  Reporter() noexcept = default;
  Reporter(std::shared_ptr<detail::SessionState> session, detail::BusLane& lane) noexcept;
  Reporter(Reporter&& other) noexcept;
  Reporter& operator=(Reporter&& other) noexcept;
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;
  /// Its last reports are delivered.
  ~Reporter();

  /// The key's value is now `completed` of `total`; a total of 0 is unknown. Any values are legal, and
  /// are passed on as they are. invalid_argument: role or stage is no enumerator. aborted: the session
  /// was canceled. closed: the session is closed or the bus has stopped.
  Status report(Role role, Stage stage, std::uint64_t completed, std::uint64_t total) noexcept {
    if (!is_valid(role, stage)) [[unlikely]]
      return detail::refuse_key(*lane_);
    return detail::report_on(*lane_, key(role, stage), completed, total);
  }
  /// `completed` more than this reporter's last value of the key, or less: a chunk that is tried again
  /// goes back. Saturates at 0 and at 2^64 - 1. Status as report().
  Status advance(Role role, Stage stage, std::int64_t completed = 1) noexcept {
    if (!is_valid(role, stage)) [[unlikely]]
      return detail::refuse_key(*lane_);
    return detail::advance_on(*lane_, key(role, stage), completed, 0);
  }
  /// More work was found (or less). Saturates. Status as report().
  Status add_total(Role role, Stage stage, std::int64_t more) noexcept {
    if (!is_valid(role, stage)) [[unlikely]]
      return detail::refuse_key(*lane_);
    return detail::advance_on(*lane_, key(role, stage), 0, more);
  }
  /// Both in one report: nobody sees the one without the other.
  Status advance(Role role, Stage stage, std::int64_t completed, std::int64_t more) noexcept {
    if (!is_valid(role, stage)) [[unlikely]]
      return detail::refuse_key(*lane_);
    return detail::advance_on(*lane_, key(role, stage), completed, more);
  }
  /// One key's handle, cheaper than the calls above. Throws std::invalid_argument if role or stage is
  /// no enumerator.
  [[nodiscard]] Counter at(Role role, Stage stage);

  /// One load.
  [[nodiscard]] bool canceled() const noexcept { return lane_->gate().is_canceled(); }

 private:
  [[nodiscard]] static std::uint32_t key(Role role, Stage stage) noexcept {
    return static_cast<std::uint32_t>(key_index(role, stage));
  }
  void end() noexcept;

  /// Never null: an empty handle has the inert lane.
  detail::BusLane* lane_ = &detail::inert_lane;
  std::shared_ptr<detail::SessionState> session_;
};

}  // namespace headway
