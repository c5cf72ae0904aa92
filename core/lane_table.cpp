// SPDX-License-Identifier: MIT
#include "core/lane_table.hpp"

#include <stdexcept>
#include <string>

namespace headway::detail {

static_assert(is_checked_build || sizeof(LaneRecord) == 384,
              "memory is what a silent reporter costs");

constinit LaneTable* LaneTable::first_ = nullptr;

std::mutex& LaneTable::all_mutex() {
  // Never destroyed: a bus may outlive every static object.
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

LaneTable::LaneTable() {
  const std::lock_guard lock(all_mutex());
  next_ = first_;
  if (next_ != nullptr) next_->previous_ = this;
  first_ = this;
}

LaneTable::~LaneTable() {
  {
    const std::lock_guard lock(all_mutex());
    (previous_ != nullptr ? previous_->next_ : first_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
  }
  for (auto& chunk : chunks_) delete chunk.load(std::memory_order_relaxed);
}

void LaneTable::take_turns_away() noexcept {
  for (LaneTable* table = first_; table != nullptr; table = table->next_) {
    for (auto& chunk : table->chunks_) {
      Chunk* const lanes = chunk.load(std::memory_order_acquire);
      if (lanes == nullptr) break;
      for (LaneRecord& lane : *lanes) {
        // Those that were never opened stay untouched: in a fork's child a write copies the page.
        if (lane.active.load(std::memory_order_relaxed)) lane.take_turn_away();
      }
    }
  }
}

LaneRecord& LaneTable::acquire() {
  if (free_.empty()) {
    if (made_ == capacity) {
      throw std::length_error("headway: no lane left; a bus has " + std::to_string(capacity) +
                              ", one for each open reporter or reporting thread");
    }
    auto chunk = std::make_unique<Chunk>();
    // Room for every lane there is, so that release() need not allocate.
    free_.reserve(made_ + chunk_size);
    for (std::size_t i = chunk_size; i-- > 0;) {
      (*chunk)[i].index = static_cast<std::uint32_t>(made_ + i);
      free_.push_back(static_cast<std::uint32_t>(made_ + i));
    }
    chunks_[made_ / chunk_size].store(chunk.release(), std::memory_order_release);
    made_ += chunk_size;
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  ++used_;
  return at(index);
}

void LaneTable::clear(LaneRecord& record) noexcept {
  record.active.store(false, std::memory_order_relaxed);
  const std::unique_ptr<LaneParts> parts(record.parts());
  record.reset();
  record.shut = record.closing = record.found = false;
  record.last_read = {};
  record.shares.reset();
  record.group.reset();
  record.session.reset();
}

}  // namespace headway::detail
