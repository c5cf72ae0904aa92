// SPDX-License-Identifier: MIT
//
// What a row says in words, the same on the screen and in plain text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "boards/service.hpp"
#include "top/model.hpp"
#include "top/painter.hpp"

namespace headway::tools {

struct Word {
  std::string text;
  std::string_view style = style::none;
};

/// "dst apply".
[[nodiscard]] std::string key_name(std::size_t key);
/// The time left, "stalled", or how the session ended; empty if nothing is known.
[[nodiscard]] Word state_of(const SessionRow& row, TimePoint now);
/// What has been folded, of all reports: "99.1%"; empty if there are none.
[[nodiscard]] std::string folded(const ServiceView& service);
/// Of a rate that may be unknown, in items a second; empty then.
[[nodiscard]] std::string rate_text(std::optional<double> rate);
/// Of one key of a session, in its unit.
[[nodiscard]] std::string progress_text(const SessionRow& row, std::size_t key);
[[nodiscard]] std::string rate_text(const SessionRow& row, std::size_t key);
[[nodiscard]] std::string mean_text(const SessionRow& row, std::size_t key);
/// Seconds. Any times: a board may say anything.
[[nodiscard]] double age_of(WallTime then, WallTime wall);
/// "3 sessions", "1 session".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);
/// What makes a service visible, for those who see none; by line. `wanted`: what was looked for.
[[nodiscard]] std::vector<std::string> how_to_be_seen(std::string_view wanted, bool utf8);

}  // namespace headway::tools
