// SPDX-License-Identifier: MIT
//
// LaneTable: every lane of a bus by its index. Lanes are allocated in chunks that stay until the bus's
// state goes, and are reused once their provider has ended and the dispatcher has taken their last values.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "core/lane_record.hpp"

namespace headway::detail {

class LaneTable {
 public:
  LaneTable();
  LaneTable(const LaneTable&) = delete;
  LaneTable& operator=(const LaneTable&) = delete;
  ~LaneTable();

  static constexpr std::size_t capacity = decltype(BusIntake::inbox)::capacity;

  /// A lane that nobody uses. Under the control mutex. Throws std::length_error, std::bad_alloc.
  [[nodiscard]] LaneRecord& acquire();
  /// The lane may be used again. Under the control mutex; after LaneTable::clear.
  void release(LaneRecord& record) noexcept { free_.push_back(record.index), --used_; }

  /// The lane's end: back to nothing, its memory given back. By whoever runs the dispatch.
  static void clear(LaneRecord& record) noexcept;

  /// Any thread; `index` has been in use.
  [[nodiscard]] LaneRecord& at(std::size_t index) const noexcept {
    return (*chunks_[index / chunk_size].load(std::memory_order_acquire))[index % chunk_size];
  }
  /// Under the control mutex.
  [[nodiscard]] std::size_t used() const noexcept { return used_; }

  // For the fork handlers.
  static void lock_all() { all_mutex().lock(); }
  static void unlock_all() { all_mutex().unlock(); }
  /// In the child, where no other thread reports: every lane of the process looks at its gate.
  static void take_turns_away() noexcept;

 private:
  static constexpr std::size_t chunk_size = 64;
  using Chunk = std::array<LaneRecord, chunk_size>;

  /// Guards the list of all tables.
  [[nodiscard]] static std::mutex& all_mutex();
  static LaneTable* first_;
  LaneTable* previous_ = nullptr;
  LaneTable* next_ = nullptr;

  std::array<std::atomic<Chunk*>, capacity / chunk_size> chunks_{};
  std::vector<std::uint32_t> free_;
  std::size_t made_ = 0;
  std::size_t used_ = 0;
};

}  // namespace headway::detail
