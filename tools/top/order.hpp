// SPDX-License-Identifier: MIT
//
// Order: how rows are sorted. Closed sessions come after open ones, and rows without a value after those with one,
// whichever way round.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "top/model.hpp"

namespace headway::tools {

enum class SortBy : std::uint8_t { age, service, session, progress, rate, eta };

inline constexpr std::array sort_names = {"age", "service", "session", "progress", "rate", "eta"};

/// nullopt: there is no such name.
[[nodiscard]] std::optional<SortBy> sort_by(std::string_view name);

struct Order {
  SortBy by = SortBy::age;
  /// Ages, progress and rates begin with the largest, the rest with the smallest; inverted, the other way round.
  bool inverted = false;

  [[nodiscard]] bool descending() const {
    return (by == SortBy::age || by == SortBy::progress || by == SortBy::rate) != inverted;
  }
  /// The one beside it, round the circle.
  [[nodiscard]] Order next(int step) const;

  friend bool operator==(const Order&, const Order&) = default;
};

void sort_rows(std::vector<SessionRow>& rows, const Order& order);

}  // namespace headway::tools
