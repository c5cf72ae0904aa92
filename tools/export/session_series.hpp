// SPDX-License-Identifier: MIT
//
// Series of single sessions: what they have completed, of what total, by role and stage. The unit is part of the
// name, as Prometheus has it: headway_session_completed_items and headway_session_completed_bytes.
//
// Sessions come and go, and each leaves six keys of series behind in the database. So there are none unless they
// are asked for, and never more than so many.
#pragma once

#include <cstddef>
#include <vector>

#include "boards/service.hpp"
#include "export/exposition.hpp"

namespace headway::tools {

/// At most `most` sessions over all services. Open ones come before closed ones, and older ones before newer ones:
/// a session that has been shown stays until it is closed, however many are opened. Returns how many were cut.
std::size_t add_session_series(Exposition& out, const std::vector<ServiceView>& services,
                               std::size_t most);

}  // namespace headway::tools
