// SPDX-License-Identifier: MIT
#include "core/batch.hpp"

#include "core/working_set.hpp"

namespace headway::detail {

HEADWAY_TICK_CODE void Batch::add(const Change& change) {
  SessionState& session = change.session();
  if (change.kind() >= keys_per_session) return add_life(change);
  if (kept_.empty() || kept_.back().get() != &session) keep(session);
  updates_.push_back(update_of(session, change.kind()));
}

HEADWAY_RARE_CODE void Batch::add_life(const Change& change) {
  (change.kind() == Change::opened ? opened_ : closed_)
      .push_back(change.session().shared_from_this());
}

HEADWAY_TICK_CODE void Batch::clear(std::size_t most) noexcept {
  updates_.clear();
  for (Sessions* const sessions : {&opened_, &closed_, &kept_}) {
    if (!sessions->empty()) sessions->clear();
  }
  if (updates_.capacity() > most) give_back();
}

HEADWAY_RARE_CODE void Batch::give_back() noexcept { *this = {}; }

}  // namespace headway::detail
