// SPDX-License-Identifier: MIT
#include "core/gate_pool.hpp"

#include <headway/detail/lane_types.hpp>

namespace headway::detail {

constinit Gate inert_gate;
constinit BusLane inert_lane{inert_gate};

GatePool& GatePool::instance() {
  // Never destroyed: handles may outlive every static object.
  static GatePool& pool = *new GatePool;
  return pool;
}

Gate& GatePool::acquire() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    slabs_.push_back(std::make_unique<Slab>());
    // Room for every gate there is, so that release() need not allocate.
    free_.reserve(slabs_.size() * std::tuple_size_v<Slab>);
    for (Gate& gate : *slabs_.back()) free_.push_back(&gate);
  }
  Gate& gate = *free_.back();
  free_.pop_back();
  gate.order.store(0, std::memory_order_relaxed);
  gate.word.store(Gate::open, std::memory_order_relaxed);
  return gate;
}

void GatePool::release(Gate& gate) noexcept {
  const std::lock_guard lock(mutex_);
  gate.word.store(Gate::inert, std::memory_order_relaxed);
  free_.push_back(&gate);
}

void GatePool::void_all() noexcept {
  for (const auto& slab : slabs_) {
    for (Gate& gate : *slab) gate.word.store(Gate::inert, std::memory_order_relaxed);
  }
}

}  // namespace headway::detail
