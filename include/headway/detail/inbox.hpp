// SPDX-License-Identifier: MIT
//
// Inbox: which lanes have something for the dispatcher to look at. A bitmap over lane indexes under two
// levels of summary, so that marking is wait-free and a hundred thousand silent lanes cost nothing.
//
//   provider:    inbox.mark(index);            then look whether the dispatcher is parked
//   dispatcher:  inbox.take([](index) { ... });
//
// Every marker sets the leaf, then the middle, then the root, whoever was first: one that stalls or dies
// half-way strands nobody who comes after it. The dispatcher takes each summary before what it summarises,
// so a bit set behind its back is found through a summary set behind its back.
//
// Memory ordering: each level is released by fetch_or (M1-M3) and acquired by exchange (K1-K3). What a
// provider stored before it marked is visible to the dispatcher that took the mark. The last look before
// sleeping (`last_look`) is a read-modify-write on the root, so that it and a marker's M3 are ordered:
// either the dispatcher sees the mark, or the marker sees what the dispatcher stored before, "parked". It
// only releases: what it finds is acquired by the take() that follows.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <headway/detail/atomics.hpp>

namespace headway::detail {

/// `fan_bits`: a word of each level covers 2^fan_bits words of the level below. The top bit of the root
/// stands for the control path, so the capacity is (2^fan_bits - 1) * 4^fan_bits lanes.
template <class Atomics, unsigned fan_bits = 6>
class Inbox {
 public:
  static constexpr std::size_t fan = std::size_t{1} << fan_bits;
  static constexpr std::size_t capacity = (fan - 1) * fan * fan;

  /// Any thread.
  void mark(std::size_t index) noexcept {
    leaves_[index >> fan_bits].fetch_or(bit(index), std::memory_order_release);  // M1
    middle_[index >> 2 * fan_bits].fetch_or(bit(index >> fan_bits),
                                            std::memory_order_release);     // M2
    root_.fetch_or(bit(index >> 2 * fan_bits), std::memory_order_acq_rel);  // M3
  }

  /// Any thread: the control path has something for the dispatcher.
  void mark_control() noexcept { root_.fetch_or(control, std::memory_order_acq_rel); }

  /// Dispatcher. Takes all marks and calls visit(index) for each lane.
  template <class Visitor>
  void take(Visitor&& visit) {
    if (root_.load(std::memory_order_relaxed) == 0) return;
    for_each_bit(
        root_.exchange(0, std::memory_order_acquire) & ~control, [&](std::size_t top) {  // K3
          for_each_bit(middle_[top].exchange(0, std::memory_order_acquire),
                       [&](std::size_t mid) {  // K2
                         const std::size_t word = top * fan + mid;
                         for_each_bit(leaves_[word].exchange(0, std::memory_order_acquire),  // K1
                                      [&](std::size_t leaf) { visit(word * fan + leaf); });
                       });
        });
  }

  /// Dispatcher, after it has said that it is parked: true if there are marks after all.
  [[nodiscard]] bool last_look() noexcept {
    return root_.fetch_or(0, std::memory_order_release) != 0;
  }

 private:
  static constexpr std::uint64_t control = std::uint64_t{1} << (fan - 1);

  [[nodiscard]] static constexpr std::uint64_t bit(std::size_t index) noexcept {
    return std::uint64_t{1} << (index & (fan - 1));
  }
  template <class Visitor>
  static void for_each_bit(std::uint64_t word, Visitor&& visit) {
    for (; word != 0; word &= word - 1) visit(static_cast<std::size_t>(std::countr_zero(word)));
  }

  using Word = typename Atomics::template Atomic<std::uint64_t>;
  alignas(cache_line) Word root_{0};
  alignas(cache_line) std::array<Word, fan - 1> middle_{};
  std::array<Word, (fan - 1) * fan> leaves_{};
};

}  // namespace headway::detail
