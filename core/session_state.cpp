// SPDX-License-Identifier: MIT
#include "core/session_state.hpp"

#include <mutex>
#include <new>
#include <thread>

#include "core/bus_state.hpp"
#include "core/gate_pool.hpp"

namespace headway::detail {

SessionState::SessionState(std::shared_ptr<BusState> owner, SessionId session_id,
                           std::string session_name, const SessionOptions& options)
    : bus(std::move(owner)),
      id(session_id),
      name(std::move(session_name)),
      gate(GatePool::instance().acquire()),
      merge(options.merge),
      units(options.units) {}

SessionState::~SessionState() {
  // In the child of a fork the board is the parent's.
  if (board::Slot* const shown = slot(); shown != nullptr && !bus->inert()) {
    bus->board()->release(*shown);
  }
  GatePool::instance().release(gate);
}

void SessionState::show() {
  Board* const board = bus->board();
  if (board == nullptr) return;
  if (board::Slot* const slot = board->add(id, name, {.merge = merge, .units = units})) {
    place_.slot = slot;
    shown_ = true;
  }
}

void SessionState::prepare_reporting() {
  if (reporting) return;
  auto made = std::make_unique<Reporting>();
  if (merge == Merge::sum || merge == Merge::latest) made->merging = std::make_unique<MergeState>();
  reporting = std::move(made);
}

void SessionState::swap_note(std::string& text) {
  if (!texts_) texts_ = std::make_unique<Texts>();
  texts_->note.swap(text);
  if (board::Slot* const shown = slot()) Board::set_note(*shown, texts_->note);
}

void SessionState::set_detail(std::string&& text) noexcept {
  if (text.empty()) return;
  if (!texts_) texts_.reset(new (std::nothrow) Texts);
  if (texts_) texts_->detail = std::move(text);
}

void SessionState::read_values(SessionInfo& info) const {
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    BoardValue value;
    // The writer is the dispatcher and is never long inside; if it is stopped there, let it run.
    while (!values()[key].try_read(value)) std::this_thread::yield();
    info.values[key] = {value.completed, value.total, value.sequence};
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
  if (texts_) {
    info.note = texts_->note;
    info.detail = texts_->detail;
  }
  info.outcome = control.outcome;
  return info;
}

}  // namespace headway::detail
