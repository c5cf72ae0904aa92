// SPDX-License-Identifier: MIT
//
// The bus's board: whether there is one, and what is written to it beside the sessions' values.
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "core/bus_state.hpp"
#include "core/platform.hpp"
#include "core/shared_file.hpp"

namespace headway::detail {

void BusState::open_board() {
  const char* const variable = trusted_environment("HEADWAY_BOARD");
  const std::string_view wish = variable != nullptr ? variable : "";
  switch (options.board) {
    case BoardUse::hidden: return;
    case BoardUse::ask_environment:
      if (wish != "1") return;
      break;
    case BoardUse::if_possible:
      if (wish == "0") return;
      break;
    case BoardUse::shown: break;
  }
  try {
    board_ = std::make_unique<Board>(options.board_name, options.board_sessions);
  } catch (const std::system_error& error) {
    if (options.board == BoardUse::shown) throw;
    if (options.board == BoardUse::if_possible) return;
    write_to_standard_error(
        std::string("headway: HEADWAY_BOARD is 1, but there will be no board: ") + error.what() +
        "\n");
  }
}

void BusState::note_closed(SessionState& session) {
  board::Slot* const slot = session.slot();
  if (slot == nullptr) return;
  const std::lock_guard lock(mutex_);
  Board::set_closed(*slot);
}

void BusState::publish_statistics() {
  const std::lock_guard lock(mutex_);
  SubscriptionStatistics standing;
  for (const auto& subscription : subscriptions_) add(standing, subscription->numbers());
  board_->publish(count(standing), last_session_, subscriptions_.size());
}

}  // namespace headway::detail
