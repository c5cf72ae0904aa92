// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include <headway/detail/cell.hpp>
#include <headway/vocabulary.hpp>

namespace headway::detail {

/// What one pass of the dispatcher over a lane's cells found, in stamp order.
struct LaneCopies {
  std::array<std::uint32_t, keys_per_session> keys;
  std::array<CellValue, keys_per_session> values;
  std::uint32_t count = 0;
  /// A cell was being written at each try; it will be tried again.
  bool unread = false;

  void insert(std::uint32_t key, const CellValue& value) noexcept {
    std::uint32_t place = count++;
    for (; place > 0 && values[place - 1].version > value.version; --place) {
      values[place] = values[place - 1];
      keys[place] = keys[place - 1];
    }
    values[place] = value;
    keys[place] = key;
  }
};

}  // namespace headway::detail
