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
  using Word = typename Atomics::template Atomic<std::uint64_t>;

  /// Last value of each key while the lane is not folding; relative reports start from it.
  std::array<LaneValue, keys_per_session> value{};
  std::array<Word, keys_per_session> order{};
  /// The ring that the lane's reports go into, of the type that they are made for; null: none.
  void* ring = nullptr;
  /// Records pushed so far.
  std::uint64_t pushes = 0;
  /// The dispatcher's: how many of them have been taken, once the lane is closed.
  Word final_pushes{0};
  /// The lane's newest version when it last began to fold, and when it last ceased to.
  std::uint64_t episode = 0;
  std::uint64_t newest_fold = 0;
  std::uint32_t lane = 0;

  template <class Ring>
  [[nodiscard]] bool push(std::uint32_t key, std::uint64_t completed,
                          std::uint64_t total) noexcept {
    Ring& to = *static_cast<Ring*>(ring);
    bool pushed;
    if constexpr (requires { to.try_push(key, completed, total); }) {
      pushed = to.try_push(key, completed, total);
    } else {
      pushed = to.try_push(Record{completed, total, 0, key, lane});
    }
    if (pushed) [[likely]]
      note(key, completed, total);
    return pushed;
  }

  template <class Ring>
  [[nodiscard]] bool push_ordered(std::uint32_t key, std::uint64_t completed, std::uint64_t total,
                                  std::uint64_t stamp) noexcept {
    Ring& to = *static_cast<Ring*>(ring);
    const Record record{completed, total, stamp, key, lane};
    bool pushed;
    if constexpr (requires { to.try_push_wide(record); }) {
      pushed = to.try_push_wide(record);
    } else {
      pushed = to.try_push(record);
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
