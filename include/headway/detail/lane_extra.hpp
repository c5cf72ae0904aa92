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

  /// The dispatcher's: the last total of each key, as taken so far, for a ring that does not tell it each time.
  std::array<std::uint64_t, keys_per_session> heard{};

  /// A ring that need not be told a total again: all that the dispatcher has heard of a key came in order, by the
  /// ring or by folds that it has taken.
  template <class Ring>
  static constexpr bool knows_totals = requires(Ring& to) {
    to.try_push(0U, std::uint64_t{0});
  };

  /// The common case: the total is what it was. False if it is not, or as try_push().
  template <class Ring>
  [[nodiscard, gnu::always_inline]] bool push_known(std::uint32_t key, std::uint64_t completed,
                                                    std::uint64_t total) noexcept {
    if (value[key].total != total) return false;
    if (!static_cast<Ring*>(ring)->try_push(key, completed)) return false;
    value[key].completed = completed;
    ++pushes;
    return true;
  }

  template <class Ring>
  [[nodiscard]] bool push(std::uint32_t key, std::uint64_t completed,
                          std::uint64_t total) noexcept {
    Ring& to = *static_cast<Ring*>(ring);
    bool pushed;
    if constexpr (knows_totals<Ring>) {
      pushed = to.try_push(key, completed, total);
    } else {
      pushed = to.try_push(Record{completed, total, 0, key, lane});
    }
    if (pushed) note(key, completed, total);
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
