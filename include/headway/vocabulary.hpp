// SPDX-License-Identifier: MIT
//
// The words every other header uses: who reports (Role), what is being done (Stage), in what unit, and
// how a session ends (Outcome).
//
// A value belongs to a key: (session, role, stage). A session has six keys.
#pragma once

#include <cstddef>
#include <cstdint>

namespace headway {

/// Which side of a synchronization reports. Values are those of SYNC_PROVIDER_ROLE.
enum class Role : std::uint32_t { source = 0, destination = 1 };

/// What the reporting side is doing. Values are those of SYNC_PROGRESS_STAGE.
enum class Stage : std::uint32_t {
  change_detection = 0,
  change_enumeration = 1,
  change_application = 2
};

/// What `completed` and `total` count. It changes no arithmetic: displays use it.
enum class Unit : std::uint8_t { items, bytes };

/// How a session ended.
enum class Outcome : std::uint8_t {
  completed,
  failed,
  canceled,
  /// The Session was destroyed without close(), or the bus was stopped before it.
  abandoned
};

/// Keys of one session.
inline constexpr std::size_t keys_per_session = 6;

/// True if both are enumerators. A report for which this is false is refused.
[[nodiscard]] constexpr bool is_valid(Role role, Stage stage) noexcept {
  return static_cast<std::uint32_t>(role) <= 1 && static_cast<std::uint32_t>(stage) <= 2;
}

/// Position of a key among the six: role * 3 + stage. Precondition: is_valid(role, stage).
[[nodiscard]] constexpr std::size_t key_index(Role role, Stage stage) noexcept {
  return static_cast<std::size_t>(role) * 3 + static_cast<std::size_t>(stage);
}
[[nodiscard]] constexpr Role role_of(std::size_t key) noexcept {
  return static_cast<Role>(key / 3);
}
[[nodiscard]] constexpr Stage stage_of(std::size_t key) noexcept {
  return static_cast<Stage>(key % 3);
}

[[nodiscard]] constexpr const char* to_string(Role role) noexcept {
  switch (role) {
    case Role::source: return "source";
    case Role::destination: return "destination";
  }
  return "unknown";
}
[[nodiscard]] constexpr const char* to_string(Stage stage) noexcept {
  switch (stage) {
    case Stage::change_detection: return "change_detection";
    case Stage::change_enumeration: return "change_enumeration";
    case Stage::change_application: return "change_application";
  }
  return "unknown";
}
[[nodiscard]] constexpr const char* to_string(Unit unit) noexcept {
  switch (unit) {
    case Unit::items: return "items";
    case Unit::bytes: return "bytes";
  }
  return "unknown";
}
[[nodiscard]] constexpr const char* to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::completed: return "completed";
    case Outcome::failed: return "failed";
    case Outcome::canceled: return "canceled";
    case Outcome::abandoned: return "abandoned";
  }
  return "unknown";
}

}  // namespace headway
