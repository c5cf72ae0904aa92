// SPDX-License-Identifier: MIT
//
// LaneSet: the lanes of one session. Most sessions have one, which needs no memory of its own.
#pragma once

#include <memory>
#include <span>
#include <vector>

namespace headway::detail {

struct LaneRecord;

class LaneSet {
 public:
  /// So that the next add() finds room. Throws std::bad_alloc.
  void make_room() {
    if (only_ == nullptr && !several_) return;
    if (!several_) {
      auto lanes = std::make_unique<std::vector<LaneRecord*>>();
      lanes->reserve(4);
      lanes->push_back(only_);
      several_ = std::move(lanes);
    } else if (several_->size() == several_->capacity()) {
      several_->reserve(several_->size() * 2);
    }
  }
  void add(LaneRecord& lane) noexcept {
    if (several_) {
      several_->push_back(&lane);
    } else {
      only_ = &lane;
    }
  }
  void remove(const LaneRecord& lane) noexcept {
    if (several_) {
      std::erase(*several_, &lane);
    } else if (only_ == &lane) {
      only_ = nullptr;
    }
  }
  [[nodiscard]] std::span<LaneRecord* const> all() const noexcept {
    if (several_) return *several_;
    return {&only_, only_ != nullptr ? 1U : 0U};
  }

 private:
  /// Means nothing once there have been several.
  LaneRecord* only_ = nullptr;
  std::unique_ptr<std::vector<LaneRecord*>> several_;
};

}  // namespace headway::detail
