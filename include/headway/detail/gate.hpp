// SPDX-License-Identifier: MIT
//
// Gate: the word that says whether the reports of one session are taken.
//
// It is `open` as a rule; everything else (canceled, closed, stopped, several reporters under Merge::latest, the
// child of a fork) sends the report down the slow path. A lane that goes on folding on one key does not look
// at it: whoever changes a gate takes the turn away from the session's lanes, and a lane looks at its gate
// whenever it takes the turn (see lane.hpp). Gates live in pages of their own, so that a fork's child can void
// every gate of the process in a few microseconds.
#pragma once

#include <cstdint>

#include <headway/detail/atomics.hpp>
#include <headway/detail/export.hpp>

namespace headway::detail {

template <class Atomics>
struct BasicGate {
  enum Bits : std::uint32_t {
    /// Voided: a fork's child, an empty handle.
    inert = 0,
    open = 1,
    /// Each report draws a stamp from `order`.
    stamped = 2,
    canceled = 4,
    closed = 8
  };

  typename Atomics::template Atomic<std::uint32_t> word{inert};
  /// Stamps drawn so far.
  typename Atomics::template Atomic<std::uint64_t> order{0};

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

using Gate = BasicGate<StdAtomics>;

/// What handles that stand for nothing refer to.
HEADWAY_EXPORT extern constinit Gate inert_gate;

}  // namespace headway::detail
