// SPDX-License-Identifier: MIT
//
// Tracks: what one look at the boards does not say and several do: how fast values move, and since when they stand.
//
//   Tracks tracks;
//   tracks.follow(services, wall_now, now);  // at every look
//   tracks.of(service)->sessions.at(id).values[key].rate.eta();
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <headway/rate.hpp>

#include "boards/service.hpp"

namespace headway::tools {

using TimePoint = std::chrono::steady_clock::time_point;

struct ValueTrack {
  bool reported = false;
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  RateEstimator rate{};
};

struct SessionTrack {
  /// By key_index(role, stage).
  std::array<ValueTrack, keys_per_session> values;
  /// When any of its values last moved, as far as was seen.
  TimePoint moved;
  /// The last look that saw it.
  std::uint64_t look = 0;
};

struct ServiceTrack {
  RateEstimator reports{};
  RateEstimator updates{};
  std::unordered_map<std::uint64_t, SessionTrack> sessions;
  std::uint64_t look = 0;
};

/// Where the rates of what the first look finds begin.
enum class RatesFrom : std::uint8_t {
  /// Then: they are known from the second look on, and recent.
  first_look,
  /// When the session was opened, or the service made: one look is enough, and they are means.
  the_beginning
};

class Tracks {
 public:
  explicit Tracks(RatesFrom from = RatesFrom::first_look) : from_(from) {}

  /// `wall` and `now` are the same moment. What is no longer there is forgotten. Others' tracks stay where they are.
  void follow(const std::vector<ServiceView>& services, WallTime wall, TimePoint now);

  /// Of a service that the last look saw.
  [[nodiscard]] const ServiceTrack& of(const ServiceView& service) const {
    return services_.at(service.file);
  }

 private:
  void follow(const ServiceView& service, WallTime wall, TimePoint now);
  void follow(const SessionView& session, SessionTrack& track, std::optional<TimePoint> start,
              TimePoint now);

  RatesFrom from_;
  std::uint64_t look_ = 0;
  TimePoint last_look_{};
  std::map<std::string, ServiceTrack> services_;
};

}  // namespace headway::tools
