// SPDX-License-Identifier: MIT
//
// LaneExtra: what a lane needs beside its cells when it has a ring or when its session orders reports by
// stamps (Merge::latest). All of it is the provider's, but for the order stamps, which belong to the
// cells and are read under their sequence locks.
#pragma once

#include <array>
#include <cstdint>

#include <headway/detail/record.hpp>
#include <headway/vocabulary.hpp>

namespace headway::detail {

struct LaneValue {
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
};

template <class Atomics>
struct LaneExtra {
  /// Last value of each key while the lane is not folding; relative reports start from it.
  std::array<LaneValue, keys_per_session> value{};
  std::array<typename Atomics::template Atomic<std::uint64_t>, keys_per_session> order{};
  /// Records pushed so far.
  std::uint64_t pushes = 0;
  /// The lane's newest version when it last began to fold, and when it last ceased to.
  std::uint64_t episode = 0;
  std::uint64_t newest_fold = 0;
  std::uint32_t lane = 0;
  bool has_ring = false;

  template <class Ring>
  [[nodiscard]] bool push(Ring& ring, std::uint32_t key, std::uint64_t completed,
                          std::uint64_t total) noexcept {
    bool pushed;
    if constexpr (requires { ring.try_push(key, completed, total); }) {
      pushed = ring.try_push(key, completed, total);
    } else {
      pushed = ring.try_push(Record{completed, total, 0, key, lane});
    }
    if (pushed) [[likely]]
      note(key, completed, total);
    return pushed;
  }

  template <class Ring>
  [[nodiscard]] bool push_ordered(Ring& ring, std::uint32_t key, std::uint64_t completed,
                                  std::uint64_t total, std::uint64_t stamp) noexcept {
    const Record record{completed, total, stamp, key, lane};
    bool pushed;
    if constexpr (requires { ring.try_push_wide(record); }) {
      pushed = ring.try_push_wide(record);
    } else {
      pushed = ring.try_push(record);
    }
    if (pushed) note(key, completed, total);
    return pushed;
  }

 private:
  void note(std::uint32_t key, std::uint64_t completed, std::uint64_t total) noexcept {
    value[key] = {completed, total};
    ++pushes;
  }
};

}  // namespace headway::detail
