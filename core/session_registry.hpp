// SPDX-License-Identifier: MIT
//
// SessionRegistry: the sessions of a bus in order of their ids, sixteen bytes each.
//
// Sorted blocks, as the leaves of a B+ tree, found by binary search. Ids only grow, so that a session is
// nearly always added at the end; two threads that open sessions at the same time may swap places. Two
// neighbouring blocks that have become small enough are joined, so that what is left of many sessions does not
// hold on to their memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <headway/session_id.hpp>

namespace headway::detail {

/// Session: anything that has an `id`.
template <class Session>
class SessionRegistry {
 public:
  using Entry = std::shared_ptr<Session>;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The id must be a new one. Throws std::bad_alloc and then has changed nothing.
  void add(Entry session) {
    const SessionId id = session->id;
    std::size_t at = block_of(id);
    if (blocks_.empty()) {
      blocks_.push_back(std::make_unique<Block>());
    } else if (blocks_[at]->count == block_size) {
      const bool at_the_end = at + 1 == blocks_.size() && blocks_[at]->entries.back()->id < id;
      split(at, at_the_end ? block_size : block_size / 2);
      if (at_the_end || blocks_[at + 1]->entries.front()->id < id) ++at;
    }
    Block& block = *blocks_[at];
    const auto end = block.entries.begin() + static_cast<std::ptrdiff_t>(block.count);
    const auto place = block.entries.begin() + block.place_of(id);
    std::move_backward(place, end, end + 1);
    *place = std::move(session);
    ++block.count;
    ++size_;
  }

  /// Null if there is none.
  [[nodiscard]] Entry find(SessionId id) const noexcept {
    if (blocks_.empty()) return nullptr;
    const Block& block = *blocks_[block_of(id)];
    const auto place = static_cast<std::size_t>(block.place_of(id));
    const bool found = place < block.count && block.entries[place]->id == id;
    return found ? block.entries[place] : nullptr;
  }

  /// Removes it. Null if there is none.
  Entry take(SessionId id) noexcept {
    if (blocks_.empty()) return nullptr;
    const std::size_t at = block_of(id);
    Block& block = *blocks_[at];
    const auto place = block.entries.begin() + block.place_of(id);
    const auto end = block.entries.begin() + static_cast<std::ptrdiff_t>(block.count);
    if (place == end || (*place)->id != id) return nullptr;
    Entry taken = std::move(*place);
    std::move(place + 1, end, place);
    --block.count;
    --size_;
    if (block.count == 0) {
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      join(at);
      if (at > 0) join(at - 1);
    }
    return taken;
  }

  /// In order of the ids.
  template <class Call>
  void for_each(Call&& call) const {
    for (const auto& block : blocks_) {
      for (const Entry& entry : block->filled()) call(entry);
    }
  }

 private:
  static constexpr std::size_t block_size = 128;

  struct Block {
    std::size_t count = 0;
    std::array<Entry, block_size> entries;

    [[nodiscard]] std::span<const Entry> filled() const noexcept { return {entries.data(), count}; }
    /// Of the first whose id is not less.
    [[nodiscard]] std::ptrdiff_t place_of(SessionId id) const noexcept {
      const auto all = filled();
      return std::ranges::lower_bound(all, id, std::ranges::less{}, id_of) - all.begin();
    }
  };

  [[nodiscard]] static SessionId id_of(const Entry& entry) noexcept { return entry->id; }

  /// The last block that begins at or before the id; otherwise the first. No block is empty.
  [[nodiscard]] std::size_t block_of(SessionId id) const noexcept {
    const auto after = std::ranges::upper_bound(
        blocks_, id, std::ranges::less{},
        [](const std::unique_ptr<Block>& block) { return id_of(block->entries.front()); });
    const auto blocks_before = static_cast<std::size_t>(after - blocks_.begin());
    return blocks_before == 0 ? 0 : blocks_before - 1;
  }

  /// A new block behind that one takes over its entries from `first` on.
  void split(std::size_t at, std::size_t first) {
    const auto place = blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    const auto upper = blocks_.insert(place, std::make_unique<Block>());
    Block& lower = **(upper - 1);
    move_entries(lower, first, **upper);
    lower.count = first;
  }

  /// That block and the next become one, if that is well below a full one.
  void join(std::size_t at) noexcept {
    if (at + 1 >= blocks_.size()) return;
    Block& lower = *blocks_[at];
    Block& upper = *blocks_[at + 1];
    if (lower.count + upper.count > block_size * 3 / 4) return;
    move_entries(upper, 0, lower);
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }

  /// Those from `first` on, to the end of the other block.
  static void move_entries(Block& from, std::size_t first, Block& to) noexcept {
    const auto begin = from.entries.begin();
    std::move(begin + static_cast<std::ptrdiff_t>(first),
              begin + static_cast<std::ptrdiff_t>(from.count),
              to.entries.begin() + static_cast<std::ptrdiff_t>(to.count));
    to.count += from.count - first;
  }

  std::vector<std::unique_ptr<Block>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace headway::detail
