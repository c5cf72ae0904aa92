// SPDX-License-Identifier: MIT
#include "core/lane_table.hpp"

#include <stdexcept>
#include <string>

namespace headway::detail {

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
  record.reset();
  record.shut = record.closing = record.found = false;
  record.last_read = {};
  record.drained = 0;
  record.share.fill({});
  record.ring.reset();
  record.extra.reset();
  record.group.reset();
  record.session.reset();
}

}  // namespace headway::detail
