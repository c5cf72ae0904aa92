// SPDX-License-Identifier: MIT
//
// Board: the scoreboard of a bus where other processes see it; include/headway/board.hpp has the layout. A session
// that has a slot keeps its values there and nowhere else, so that a tick does the same work with a board as without
// one.
//
// The facts of a slot (all but the values) are changed under the bus's control mutex, its values by the dispatcher.
// The first stand under a sequence lock, the second are BoardCells; the headers of both say how that is ordered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <headway/board.hpp>
#include <headway/options.hpp>
#include <headway/session_id.hpp>
#include <headway/statistics.hpp>
#include "core/shared_file.hpp"

namespace headway::detail {

class Board {
 public:
  /// `name`: of the service; cut if it is too long. Throws std::system_error.
  Board(const std::string& name, std::size_t most_sessions);

  /// Where the session's values are to stand, all 0. Null, and counted, if there is no room.
  [[nodiscard]] board::Slot* add(SessionId id, std::string_view name,
                                 const SessionOptions& options) noexcept;
  /// Nobody refers to the slot any more.
  void release(board::Slot& slot) noexcept;

  // What a slot says; one thread at a time. (The bus: under its control mutex.)

  static void set_note(board::Slot& slot, std::string_view text) noexcept;
  static void set_canceled(board::Slot& slot) noexcept;
  static void set_closing(board::Slot& slot, Outcome outcome, std::string_view detail) noexcept;
  static void set_closed(board::Slot& slot) noexcept;
  /// The session is no longer shown; its values may still be written to.
  static void hide(board::Slot& slot) noexcept;

  /// `opened`: sessions so far; `subscribed`: subscriptions that stand. One thread at a time.
  void publish(const Statistics& numbers, std::uint64_t opened, std::size_t subscribed) noexcept;

  void set_stopped() noexcept;
  /// Others do not find it any more.
  void unpublish() noexcept { file_.unpublish(); }

 private:
  [[nodiscard]] board::Header& header() const noexcept;
  [[nodiscard]] board::Slot& slot_at(std::size_t index) const noexcept;
  /// Null if there is no room.
  [[nodiscard]] board::Slot* take_free() noexcept;

  const std::size_t most_slots_;
  SharedFile file_;
  std::mutex mutex_;
  std::size_t slots_ = 0;
  /// Of those in the file, the first that has never been used.
  std::size_t unused_ = 0;
  /// Has room for all, so that a release needs no memory.
  std::vector<board::Slot*> free_;
};

}  // namespace headway::detail
