// SPDX-License-Identifier: MIT
//
// SessionId: names one session of one bus. Ordered by opening, hashable, never used twice by one bus.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace headway {

class SessionId {
 public:
  /// Zero, which names no session.
  constexpr SessionId() noexcept = default;
  constexpr explicit SessionId(std::uint64_t value) noexcept : value_(value) {}

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
  friend constexpr auto operator<=>(SessionId, SessionId) noexcept = default;

 private:
  std::uint64_t value_ = 0;
};

}  // namespace headway

template <>
struct std::hash<headway::SessionId> {
  [[nodiscard]] std::size_t operator()(headway::SessionId id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value());
  }
};
