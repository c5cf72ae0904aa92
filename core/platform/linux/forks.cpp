// SPDX-License-Identifier: MIT
//
// What a fork does to the library: the child's copies are made inert; see law 14.
#include <system_error>

#include <pthread.h>

#include "core/gate_pool.hpp"
#include "core/lane_table.hpp"
#include "core/platform.hpp"
#include "core/shared_file.hpp"
#include "core/wait_graph.hpp"

namespace headway::detail {

namespace {

std::atomic<std::uint32_t> generation{0};

// The child gets these locks in a known state; what else it inherits is inert.
void before_fork() {
  GatePool::instance().lock();
  LaneTable::lock_all();
  CallbackGate::lock_graph();
  lock_shared_files();
}
void after_fork_in_parent() {
  unlock_shared_files();
  CallbackGate::unlock_graph();
  LaneTable::unlock_all();
  GatePool::instance().unlock();
}
void after_fork_in_child() {
  generation.fetch_add(1, std::memory_order_relaxed);
  GatePool::instance().void_all();
  LaneTable::take_turns_away();
  close_shared_files();
  unlock_shared_files();
  CallbackGate::unlock_graph();
  LaneTable::unlock_all();
  GatePool::instance().unlock();
}

}  // namespace

std::uint32_t process_generation() noexcept { return generation.load(std::memory_order_relaxed); }

void watch_forks() {
  static const int failed = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  if (failed != 0)
    throw std::system_error(failed, std::generic_category(), "headway: pthread_atfork");
}

}  // namespace headway::detail
