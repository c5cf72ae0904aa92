// SPDX-License-Identifier: MIT
//
// LaneCells: a lane's six cells, and how far the dispatcher has taken what is in them.
//
// Stamps grow from fold to fold, whatever the key, and when the dispatcher takes a stamp it takes all that came
// before it. So one number, the newest stamp taken, says of each cell whether it has changed; the provider looks
// at it when it wants to know whether its last fold has been taken.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <headway/detail/cell.hpp>
#include <headway/detail/lane_copies.hpp>
#include <headway/vocabulary.hpp>

namespace headway::detail {

template <class Atomics>
class LaneCells {
 public:
  using Word = typename Atomics::template Atomic<std::uint64_t>;

  [[nodiscard]] Cell<Atomics>& operator[](std::size_t key) noexcept { return cells_[key]; }
  [[nodiscard]] const Cell<Atomics>& operator[](std::size_t key) const noexcept {
    return cells_[key];
  }
  /// The newest stamp taken. Any thread.
  [[nodiscard]] std::uint64_t taken() const noexcept {
    return taken_.load(std::memory_order_relaxed);  // A2
  }

  // Dispatcher.

  /// Copies the cells that changed since they were last copied, such that no cell's value is older than
  /// the newest stamp copied. Bounded: what cannot be read is left for the next tick.
  /// `order`: the session's stamps beside the cells; null if there are none.
  [[nodiscard]] LaneCopies copy_changed(const Word* order) const noexcept {
    LaneCopies found;
    std::array<CellValue, keys_per_session> copy;
    std::uint32_t have = 0;
    std::uint64_t newest = 0;
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      if (!changed(key)) continue;
      if (!read(key, order, copy[key])) {
        found.unread = true;
        continue;
      }
      have |= 1U << key;
      newest = std::max(newest, copy[key].version);
    }
    if (have == 0) return found;
    // The second pass: a fold older than `newest` may have been made in a cell after it was looked at.
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      CellValue again;
      if (!changed(key) || !read(key, order, again)) continue;
      if (again.version > newest) continue;
      copy[key] = again;
      have |= 1U << key;
    }
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      if ((have >> key & 1) != 0) found.insert(key, copy[key]);
    }
    return found;
  }

  /// Marks one copy as taken; returns how many reports it stands for.
  std::uint64_t accept(std::uint32_t key, const CellValue& value) noexcept {
    const std::uint64_t reports = value.count() - taken_count_[key];
    taken_count_[key] = value.count();
    if (value.version > taken()) taken_.store(value.version, std::memory_order_relaxed);  // A1
    return reports;
  }

  /// True if a cell holds something not taken yet.
  [[nodiscard]] bool changed() const noexcept {
    for (std::uint32_t key = 0; key < keys_per_session; ++key) {
      if (changed(key)) return true;  // L3
    }
    return false;
  }

  /// Back to nothing. Only while no provider holds the lane.
  void reset() noexcept {
    for (Cell<Atomics>& cell : cells_) cell.reset();
    taken_count_.fill(0);
    taken_.store(0, std::memory_order_relaxed);
  }

 private:
  /// A policy may ask for fewer: each makes a model checker's search longer and shows nothing new.
  static constexpr int read_attempts = [] {
    if constexpr (requires { Atomics::read_attempts; }) return Atomics::read_attempts;
    return 16;
  }();

  [[nodiscard]] bool changed(std::uint32_t key) const noexcept {
    return cells_[key].version() > taken();
  }
  [[nodiscard]] bool read(std::uint32_t key, const Word* order, CellValue& value) const noexcept {
    for (int attempt = 0; attempt < read_attempts; ++attempt) {
      if (cells_[key].try_read(value, order != nullptr ? order + key : nullptr)) return true;
    }
    return false;
  }

  std::array<Cell<Atomics>, keys_per_session> cells_{};
  // The dispatcher's own, but for the provider's looks at `taken_`.
  std::array<std::uint64_t, keys_per_session> taken_count_{};
  Word taken_{0};
};

}  // namespace headway::detail
