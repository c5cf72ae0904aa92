// SPDX-License-Identifier: MIT
#include "core/session_state.hpp"

#include <mutex>
#include <thread>

#include "core/bus_state.hpp"
#include "core/gate_pool.hpp"

namespace headway::detail {

SessionState::SessionState(std::shared_ptr<BusState> owner, SessionId session_id,
                           std::string session_name, const SessionOptions& options)
    : bus(std::move(owner)),
      id(session_id),
      name(std::move(session_name)),
      merge(options.merge),
      units(options.units),
      gate(GatePool::instance().acquire()) {
  for (std::uint8_t kind = 0; kind < Change::kinds; ++kind) {
    board.changes[kind].session = this;
    board.changes[kind].kind = kind;
  }
  if (merge == Merge::sum || merge == Merge::latest) board.merging = std::make_unique<MergeState>();
}

SessionState::~SessionState() { GatePool::instance().release(gate); }

void SessionState::read_values(SessionInfo& info) const {
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    CellValue value;
    // The writer is the dispatcher and is never long inside; if it is stopped there, let it run.
    while (!board.values[key].try_read(value, nullptr)) std::this_thread::yield();
    info.values[key] = {value.completed, value.total, value.offset};
  }
}

SessionInfo SessionState::info() const {
  SessionInfo info;
  info.id = id;
  info.name = name;
  info.units = units;
  info.canceled = gate.is_canceled();
  read_values(info);
  const std::lock_guard lock(bus->control_mutex());
  info.note = control.note;
  info.detail = control.detail;
  info.outcome = control.outcome;
  return info;
}

}  // namespace headway::detail
