// SPDX-License-Identifier: MIT
//
// SharedReporter: a Reporter that any number of threads may use at once. SharedCounter: one key of it.
//
//   headway::SharedReporter reporter = session.shared_reporter();
//   // in each thread:
//   reporter.advance(Role::source, Stage::change_application, bytes);
//
// Lock-free, and wait-free but for a thread's first report, which takes a lock and may allocate the
// thread's lane. When the thread ends its last reports are delivered and the lane is handed on.
//
// Absolute reports of several threads on one key follow the session's merge (`unset` means furthest here).
// Relative ones add up; the sum saturates at 0 as a whole, so that a thread may take back what another
// counted. On one key the two kinds do not mix, except under Merge::sum: the second kind is refused with
// invalid_argument.
//
// With a ring the threads share it, and the order in which they claim its slots is the order that is seen.
// Signals: as Reporter, per thread; but a thread's first report is never to be made from a handler.
#pragma once

#include <cstdint>
#include <memory>

#include <headway/detail/export.hpp>
#include <headway/detail/shared_group.hpp>
#include <headway/status.hpp>
#include <headway/vocabulary.hpp>

namespace headway {

/// One key of a SharedReporter, checked once. Copyable, any threads; must not outlive its SharedReporter.
class SharedCounter {
 public:
  Status report(std::uint64_t completed, std::uint64_t total) noexcept {
    return group_->report(key_, completed, total);
  }
  Status advance(std::int64_t completed = 1) noexcept {
    return group_->advance(key_, completed, 0);
  }
  Status add_total(std::int64_t more) noexcept { return group_->advance(key_, 0, more); }
  [[nodiscard]] bool canceled() const noexcept { return group_->gate->is_canceled(); }

 private:
  friend class SharedReporter;
  SharedCounter(detail::SharedGroup* group, std::uint32_t key) noexcept
      : group_(group), key_(key) {}

  detail::SharedGroup* group_;
  std::uint32_t key_;
};

class HEADWAY_EXPORT SharedReporter {
 public:
  /// Stands for nothing: every report answers Status::closed. So does one that was moved from.
  SharedReporter() noexcept;
  explicit SharedReporter(std::shared_ptr<detail::SharedGroup> group) noexcept;
  SharedReporter(SharedReporter&& other) noexcept;
  SharedReporter& operator=(SharedReporter&& other) noexcept;
  SharedReporter(const SharedReporter&) = delete;
  SharedReporter& operator=(const SharedReporter&) = delete;
  /// No thread may be reporting. The last reports are delivered.
  ~SharedReporter();

  /// Each as in Reporter, from any thread.
  Status report(Role role, Stage stage, std::uint64_t completed, std::uint64_t total) noexcept {
    if (!is_valid(role, stage)) [[unlikely]]
      return group_->refuse_key();
    return group_->report(key(role, stage), completed, total);
  }
  Status advance(Role role, Stage stage, std::int64_t completed = 1) noexcept {
    if (!is_valid(role, stage)) [[unlikely]]
      return group_->refuse_key();
    return group_->advance(key(role, stage), completed, 0);
  }
  Status add_total(Role role, Stage stage, std::int64_t more) noexcept {
    if (!is_valid(role, stage)) [[unlikely]]
      return group_->refuse_key();
    return group_->advance(key(role, stage), 0, more);
  }
  /// Both in one report: nobody sees the one without the other.
  Status advance(Role role, Stage stage, std::int64_t completed, std::int64_t more) noexcept {
    if (!is_valid(role, stage)) [[unlikely]]
      return group_->refuse_key();
    return group_->advance(key(role, stage), completed, more);
  }
  [[nodiscard]] SharedCounter at(Role role, Stage stage);
  [[nodiscard]] bool canceled() const noexcept { return group_->gate->is_canceled(); }

 private:
  [[nodiscard]] static std::uint32_t key(Role role, Stage stage) noexcept {
    return static_cast<std::uint32_t>(key_index(role, stage));
  }
  void end() noexcept;

  /// Never null: an empty handle refers to a group that is closed.
  detail::SharedGroup* group_;
  std::shared_ptr<detail::SharedGroup> owner_;
};

}  // namespace headway
