// SPDX-License-Identifier: MIT
//
// Gate: the word that a report of one session looks at before it stores anything.
//
// It is `open` on the fast path; everything else (canceled, closed, stopped, several reporters under
// Merge::latest, the child of a fork) sends the report down the slow path. Gates live in pages of their
// own, so that a fork's child can void every gate of the process in a few microseconds.
#pragma once

#include <atomic>
#include <cstdint>

#include <headway/detail/export.hpp>

namespace headway::detail {

struct Gate {
  enum Bits : std::uint32_t {
    /// Voided: a fork's child, an empty handle.
    inert = 0,
    open = 1,
    /// Each report draws a stamp from `order`.
    stamped = 2,
    canceled = 4,
    closed = 8
  };

  std::atomic<std::uint32_t> word{inert};
  /// Stamps drawn so far.
  std::atomic<std::uint64_t> order{0};

  [[nodiscard]] bool is_open() const noexcept {
    return word.load(std::memory_order_relaxed) == open;
  }
  /// Refuses every report: voided, canceled or closed.
  [[nodiscard]] bool refuses() const noexcept {
    return (word.load(std::memory_order_relaxed) & (open | canceled | closed)) != open;
  }
  [[nodiscard]] bool is_canceled() const noexcept {
    return (word.load(std::memory_order_relaxed) & canceled) != 0;
  }
};

/// What handles that stand for nothing refer to.
HEADWAY_EXPORT extern constinit Gate inert_gate;

}  // namespace headway::detail
