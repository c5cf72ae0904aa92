// SPDX-License-Identifier: MIT
//
// Gate: the word that says whether the reports of one session are taken.
//
// It is `open` as a rule; everything else (canceled, closed, stopped, several reporters under Merge::latest, the
// child of a fork) sends the report down the slow path, for good: no gate becomes `open` again. A lane that has the
// turn does not look at it, and a lane looks at its gate whenever it takes the turn (see lane.hpp). So whoever
// changes a gate first says `changing`, has everybody pass a barrier, takes the turn away from the session's lanes,
// and only then changes it: whoever has seen the change finds it everywhere. (Closing does without: the lanes'
// closing handshake answers what is under way.)
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
    closed = 8,
    /// Reports are taken as if it were open, but no lane takes a turn.
    changing = 16
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
  /// Acquires that no lane has a turn any more.
  [[nodiscard]] bool is_canceled() const noexcept {
    return (word.load(std::memory_order_acquire) & canceled) != 0;
  }
  [[nodiscard]] bool is_stamped() const noexcept {
    return (word.load(std::memory_order_relaxed) & stamped) != 0;
  }
};

using Gate = BasicGate<StdAtomics>;

/// What handles that stand for nothing refer to.
HEADWAY_EXPORT extern constinit Gate inert_gate;

}  // namespace headway::detail
