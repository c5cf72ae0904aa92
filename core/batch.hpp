// SPDX-License-Identifier: MIT
//
// Batch: what one call of a subscriber hands over, in this order: openings, updates, closings. It is filled and
// emptied again and again, and keeps its memory meanwhile.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <headway/update.hpp>
#include "core/changes.hpp"
#include "core/message.hpp"
#include "core/session_state.hpp"

namespace headway::detail {

class Batch {
 public:
  using Sessions = std::vector<std::shared_ptr<SessionState>>;

  /// Makes room for so many of each. Throws std::bad_alloc.
  void reserve(std::size_t count) {
    opened_.reserve(count);
    updates_.reserve(count);
    closed_.reserve(count);
  }
  /// What the change stands for now.
  void add(const Change& change);
  /// The session is kept by somebody else until the batch is cleared.
  void add(const Message& message) {
    switch (message.kind) {
      case Change::opened: opened_.push_back(message.session); break;
      case Change::closed: closed_.push_back(message.session); break;
      default: updates_.push_back(message.update());
    }
  }
  /// As `form`, with these values. keep() has been called for its session.
  void add(const Update& form, std::uint64_t completed, std::uint64_t total,
           std::uint64_t sequence) {
    // Filled in its place: a form that has just been written to could not be copied in whole words.
    Update& update = updates_.emplace_back(form);
    update.completed = completed;
    update.total = total;
    update.sequence = sequence;
  }
  /// Updates mention their session's name: it stays until the batch is cleared.
  void keep(SessionState& session) {
    if (kept_.empty() || kept_.back().get() != &session)
      kept_.push_back(session.shared_from_this());
  }

  [[nodiscard]] const Sessions& opened() const noexcept { return opened_; }
  [[nodiscard]] const std::vector<Update>& updates() const noexcept { return updates_; }
  [[nodiscard]] const Sessions& closed() const noexcept { return closed_; }
  [[nodiscard]] std::size_t size() const noexcept {
    return opened_.size() + updates_.size() + closed_.size();
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// Empties it. Memory for more than so many updates is given back.
  void clear(std::size_t most) noexcept;

 private:
  void add_life(const Change& change);
  void give_back() noexcept;

  Sessions opened_;
  std::vector<Update> updates_;
  Sessions closed_;
  Sessions kept_;
};

}  // namespace headway::detail
