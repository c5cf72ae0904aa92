// SPDX-License-Identifier: MIT
#include "top/tracks.hpp"

#include <algorithm>

namespace headway::tools {

namespace {

/// A moment of the wall clock on the other one; never later than now.
TimePoint steady(WallTime then, WallTime wall, TimePoint now) {
  constexpr std::chrono::hours longest{24 * 365 * 10};  // a board may say anything
  const std::chrono::nanoseconds ago = then < wall - longest ? longest
                                       : then > wall         ? std::chrono::nanoseconds{0}
                                                             : wall - then;
  return now - std::chrono::duration_cast<TimePoint::duration>(ago);
}

}  // namespace

void Tracks::follow(const std::vector<ServiceView>& services, WallTime wall, TimePoint now) {
  ++look_;
  for (const ServiceView& service : services) follow(service, wall, now);
  std::erase_if(services_, [this](const auto& entry) { return entry.second.look != look_; });
  last_look_ = now;
}

void Tracks::follow(const ServiceView& service, WallTime wall, TimePoint now) {
  const auto [at, fresh] = services_.try_emplace(service.file);
  ServiceTrack& track = at->second;
  track.look = look_;
  const bool from_beginning = look_ > 1 || from_ == RatesFrom::the_beginning;
  if (fresh && from_beginning) {
    track.reports.sample(steady(service.made_at, wall, now), 0);
    track.updates.sample(steady(service.made_at, wall, now), 0);
  }
  track.reports.sample(now, service.statistic(board::Statistic::reports));
  track.updates.sample(now, service.statistic(board::Statistic::updates));

  for (const SessionView& session : service.sessions) {
    const auto [known, new_session] = track.sessions.try_emplace(session.info.id.value());
    if (new_session) known->second.moved = now;
    known->second.look = look_;
    // A value that was not there at the last look began after it, and a new session with its opening; so did one that
    // is over by the first look.
    std::optional<TimePoint> start;
    if (!new_session) {
      start = last_look_;
    } else if (from_beginning || session.closed_at) {
      start = steady(session.opened_at, wall, now);
    }
    // What is closed stands still; its rate is that of the time it took.
    const TimePoint end = session.closed_at ? steady(*session.closed_at, wall, now) : now;
    follow(session, known->second, start, end);
  }
  if (track.sessions.size() > service.sessions.size()) {
    std::erase_if(track.sessions, [this](const auto& entry) { return entry.second.look != look_; });
  }
}

void Tracks::follow(const SessionView& session, SessionTrack& track, std::optional<TimePoint> start,
                    TimePoint now) {
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    const LatestValue& value = session.info.values[key];
    if (value.sequence == 0) continue;
    ValueTrack& known = track.values[key];
    if (!known.reported && start) known.rate.sample(*start, 0, value.total);
    if (!known.reported || known.completed != value.completed || known.total != value.total) {
      track.moved = std::max(track.moved, now);
    }
    known.reported = true;
    known.completed = value.completed;
    known.total = value.total;
    known.rate.sample(now, value.completed, value.total);
  }
}

}  // namespace headway::tools
