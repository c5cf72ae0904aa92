// SPDX-License-Identifier: MIT
#include <headway/session.hpp>

#include <utility>

#include "core/bus_state.hpp"

namespace headway {

Session::Session(std::shared_ptr<detail::SessionState> state) noexcept : state_(std::move(state)) {}

Session& Session::operator=(Session&& other) noexcept {
  if (this != &other) {
    const Session ended(std::move(*this));
    state_ = std::move(other.state_);
  }
  return *this;
}

Session::~Session() {
  if (state_) close(canceled() ? Outcome::canceled : Outcome::abandoned);
}

SessionId Session::id() const noexcept { return state_ ? state_->id : SessionId(); }

Reporter Session::reporter(ReporterOptions options) {
  if (!state_ || state_->bus->inert()) return {};
  return {state_, state_->bus->open_lane(state_, options)};
}

SharedReporter Session::shared_reporter(ReporterOptions options) {
  if (!state_ || state_->bus->inert()) return {};
  return SharedReporter(state_->bus->open_group(state_, options));
}

void Session::note(std::string_view text) {
  if (state_ && !state_->bus->inert()) state_->bus->note(*state_, text);
}

void Session::close(Outcome outcome, std::string detail) {
  if (state_ && !state_->bus->inert()) state_->bus->close(*state_, outcome, std::move(detail));
}

void Session::cancel() noexcept {
  if (state_) detail::BusState::cancel(*state_);
}

bool Session::canceled() const noexcept { return state_ && state_->gate.is_canceled(); }

}  // namespace headway
