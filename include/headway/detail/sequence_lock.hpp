// SPDX-License-Identifier: MIT
//
// A sequence lock: words that one thread at a time changes and any number read, without a lock. A version beside them
// is odd while they are changed; who reads looks at it before and after.
//
//   {                                              const SequencedRead read(slot.version);
//     SequencedWrite write(slot.version);          id = read.load(slot.id);
//     write.store(slot.id, 7);                     state = read.load(slot.state);
//     write.store(slot.state, 1);                  if (!read.is_whole()) ...  // once more
//   }
//
// Memory ordering: as in board_cell.hpp. Words are stored with release and loaded with acquire, so that who sees one of
// a change (F1) sees with its second look (R1) that the version had become odd; who sees the even version after it
// (F2) sees all of it. On the choice of orders: H.-J. Boehm, "Can seqlocks get along with programming language memory
// models?", MSPC 2012.
#pragma once

#include <atomic>
#include <cstdint>

namespace headway::detail {

/// A change, from construction to destruction. One thread at a time.
template <class Word>
class SequencedWrite {
 public:
  explicit SequencedWrite(Word& version) noexcept
      : version_(version), before_(version.load(std::memory_order_relaxed)) {
    version_.store(before_ + 1, std::memory_order_relaxed);
  }
  SequencedWrite(const SequencedWrite&) = delete;
  SequencedWrite& operator=(const SequencedWrite&) = delete;
  ~SequencedWrite() { version_.store(before_ + 2, std::memory_order_release); }  // F2

  void store(Word& word, std::uint64_t value) noexcept {
    word.store(value, std::memory_order_release);  // F1
  }

 private:
  Word& version_;
  const std::uint64_t before_;
};

/// One try to read. Any thread.
template <class Word>
class SequencedRead {
 public:
  explicit SequencedRead(const Word& version) noexcept
      : version_(version), before_(version.load(std::memory_order_acquire)) {}  // pairs with F2

  [[nodiscard]] std::uint64_t load(const Word& word) const noexcept {
    return word.load(std::memory_order_acquire);
  }
  /// Whether all that was loaded belongs together.
  [[nodiscard]] bool is_whole() const noexcept {
    const std::uint64_t after = version_.load(std::memory_order_relaxed);  // R1, pairs with F1
    return before_ % 2 == 0 && before_ == after;
  }

 private:
  const Word& version_;
  const std::uint64_t before_;
};

}  // namespace headway::detail
