// SPDX-License-Identifier: MIT
//
// The rules of LawChecker, one function each. Included by law_checker.hpp.
#pragma once

#include "law_checker.hpp"

namespace headway::laws {

/// Law 10: opened, updates, closed once, nothing more.
inline void LawChecker::check_life(const StreamFacts& stream, const SessionRecord& session,
                                   const std::vector<Seen>& events) {
  std::size_t opened = 0;
  std::size_t closed = 0;
  std::size_t updates = 0;
  for (const Seen& event : events) {
    if (closed != 0) complain(event, "after on_closed");
    switch (event.kind) {
      case Seen::Kind::opened:
        if (++opened > 1) complain(event, "opened twice");
        if (updates != 0) complain(event, "opened after an update");
        break;
      case Seen::Kind::progress:
        ++updates;
        if (opened == 0 && (stream.from_start || stream.replay))
          complain(event, "not opened before");
        break;
      case Seen::Kind::closed:
        ++closed;
        if (!session.facts.closed_as) {
          complain(event, "nobody closed it");
        } else if (*session.facts.closed_as != event.outcome) {
          complain(event, "the outcome is another");
        }
        break;
    }
  }
  if (!stream.to_end) return;
  Seen nothing;
  nothing.session = session.facts.id;
  nothing.kind = Seen::Kind::opened;
  // A late subscriber may have come after the end of the session: all of it or nothing.
  const bool due =
      stream.from_start || !events.empty() || (stream.replay && !session.facts.closed_as);
  if (due && opened == 0 && (stream.from_start || stream.replay)) complain(nothing, "is missing");
  nothing.kind = Seen::Kind::closed;
  if (due && session.facts.closed_as && closed == 0) complain(nothing, "on_closed is missing");
}

inline void LawChecker::check_session(const StreamFacts& stream, const SessionRecord& session,
                                      const std::vector<Seen>& events) {
  std::array<std::optional<Seen>, keys_per_session> last;
  std::vector<Seen> updates;
  for (const Seen& event : events) {
    if (event.kind != Seen::Kind::progress) continue;
    if ((stream.filter.role && *stream.filter.role != event.role) ||
        (stream.filter.stage && *stream.filter.stage != event.stage)) {
      complain(event, "the filter excludes it");
    }
    auto& before = last[event.key()];
    if (before && event.sequence <= before->sequence) complain(event, "the sequence does not rise");
    if (event.sequence == 0 || event.sequence > session.reports(event.key())) {
      complain(event,
               "there are only " + std::to_string(session.reports(event.key())) + " reports");
      continue;
    }
    before = event;
    updates.push_back(event);
  }
  switch (session.facts.combination) {
    case Combination::one: check_one(session, updates); break;
    case Combination::sum: check_sum(session, updates); break;
    case Combination::furthest: check_furthest(session, updates); break;
    case Combination::latest: check_latest(session, updates); break;
  }
  if (stream.to_end) check_last_words(stream, session, events, last);
}

/// Laws 4 and 5: the last update of a key counts every report, and shows what they come to.
inline void LawChecker::check_last_words(
    const StreamFacts& stream, const SessionRecord& session, const std::vector<Seen>& events,
    const std::array<std::optional<Seen>, keys_per_session>& last) {
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    if (stream.filter.role && *stream.filter.role != role_of(key)) continue;
    if (stream.filter.stage && *stream.filter.stage != stage_of(key)) continue;
    const std::uint64_t reports = session.reports(key);
    if (reports == 0) continue;
    const auto& update = last[key];
    if (!update) {
      const bool due =
          stream.from_start || (stream.replay && (!events.empty() || !session.facts.closed_as));
      Seen missing;
      missing.session = session.facts.id;
      missing.role = role_of(key);
      missing.stage = stage_of(key);
      if (due) complain(missing, "the last word is missing");
      continue;
    }
    if (update->sequence != reports) {
      complain(*update,
               "the last word is missing, there were " + std::to_string(reports) + " reports");
      continue;
    }
    check_final_value(session, *update);
  }
}

inline void LawChecker::check_one(const SessionRecord& session, const std::vector<Seen>& updates) {
  std::array<std::vector<Share>, keys_per_session> made;
  std::size_t base = 0;
  for (const Shares& shares : session.providers) {
    std::size_t count = 0;
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      for (Share share : shares[key]) {
        share.position += base;
        made[key].push_back(share);
        ++count;
      }
    }
    base += count;
  }
  std::optional<std::size_t> newest;
  for (const Seen& update : updates) {
    const Share& share = made[update.key()].at(static_cast<std::size_t>(update.sequence - 1));
    if (!shows(update, share)) complain(update, "this is not what was reported");
    if (newest && share.position <= *newest)
      complain(update, "reordered: something newer was shown before");
    newest = std::max(newest.value_or(0), share.position);
  }
}

inline void LawChecker::check_sum(const SessionRecord& session, const std::vector<Seen>& updates) {
  if (session.facts.digit_bits) {
    check_digits(session, updates);
    return;
  }
  struct Bounds {
    Share::Wide low_completed = 0, high_completed = 0, low_total = 0, high_total = 0;
  };
  std::array<Bounds, keys_per_session> bounds{};
  for (const Shares& shares : session.providers) {
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      Bounds mine;  // zero, the share before the first report, is among the possible ones
      for (const Share& share : shares[key]) {
        mine.low_completed = std::min(mine.low_completed, share.completed);
        mine.high_completed = std::max(mine.high_completed, share.completed);
        mine.low_total = std::min(mine.low_total, share.total);
        mine.high_total = std::max(mine.high_total, share.total);
      }
      bounds[key].low_completed += mine.low_completed;
      bounds[key].high_completed += mine.high_completed;
      bounds[key].low_total += mine.low_total;
      bounds[key].high_total += mine.high_total;
    }
  }
  for (const Seen& update : updates) {
    const Bounds& bound = bounds[update.key()];
    const Share::Wide completed = update.completed;
    const Share::Wide total = update.total;
    if (completed > std::max<Share::Wide>(bound.high_completed, 0) ||
        completed < bound.low_completed || total > std::max<Share::Wide>(bound.high_total, 0) ||
        total < bound.low_total) {
      complain(update, "no shares add up to this");
    }
  }
}

inline void LawChecker::check_digits(const SessionRecord& session,
                                     const std::vector<Seen>& updates) {
  const unsigned bits = *session.facts.digit_bits;
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  std::array<std::vector<std::uint64_t>, keys_per_session> shown;
  for (auto& counts : shown) counts.resize(session.providers.size());
  for (const Seen& update : updates) {
    std::uint64_t counted = 0;
    for (std::size_t i = 0; i < session.providers.size(); ++i) {
      const std::uint64_t count = (update.completed >> (i * bits)) & mask;
      if (count > session.providers[i][update.key()].size())
        complain(update, "a share nobody reported");
      std::uint64_t& before = shown[update.key()][i];
      if (count < before) complain(update, "a provider's share went back");
      before = count;
      counted += count;
    }
    if (counted != update.sequence) {
      complain(update,
               "it holds " + std::to_string(counted) + " reports, the sequence says otherwise");
    }
  }
}

inline void LawChecker::check_furthest(const SessionRecord& session,
                                       const std::vector<Seen>& updates) {
  std::array<std::optional<Seen>, keys_per_session> before;
  for (const Seen& update : updates) {
    bool found = false;
    for (const Shares& shares : session.providers) {
      for (const Share& share : shares[update.key()]) found |= shows(update, share);
    }
    if (!found) complain(update, "nobody reported this");
    auto& previous = before[update.key()];
    if (previous && previous->total == update.total && update.completed < previous->completed) {
      complain(update, "it stepped back");
    }
    previous = update;
  }
}

inline void LawChecker::check_latest(const SessionRecord& session,
                                     const std::vector<Seen>& updates) {
  struct Shown {
    std::optional<Share> share;
    std::vector<std::optional<std::size_t>> positions;  // by provider: the newest shown of it
  };
  std::array<Shown, keys_per_session> shown;
  for (Shown& each : shown) each.positions.resize(session.providers.size());
  for (const Seen& update : updates) {
    Shown& before = shown[update.key()];
    bool found = false;
    for (std::size_t i = 0; i < session.providers.size() && !found; ++i) {
      for (const Share& share : session.providers[i][update.key()]) {
        if (!shows(update, share)) continue;
        found = true;
        if (before.positions[i] && share.position < *before.positions[i]) {
          complain(update, "reordered: the same provider's later report was shown before");
        }
        if (before.share && share.after != 0 && share.after < before.share->before) {
          complain(update, "reordered: it was made before what was shown last");
        }
        before.positions[i] = share.position;
        before.share = share;
        break;
      }
    }
    if (!found) complain(update, "nobody reported this");
  }
}

inline void LawChecker::check_final_value(const SessionRecord& session, const Seen& last) {
  const std::size_t key = last.key();
  switch (session.facts.combination) {
    case Combination::one: return;  // the sequence names the report: already compared
    case Combination::sum: {
      Share::Wide completed = 0;
      Share::Wide total = 0;
      for (const Shares& shares : session.providers) {
        if (shares[key].empty()) continue;
        completed += shares[key].back().completed;
        total += shares[key].back().total;
      }
      if (std::max<Share::Wide>(completed, 0) != static_cast<Share::Wide>(last.completed) ||
          std::max<Share::Wide>(total, 0) != static_cast<Share::Wide>(last.total)) {
        complain(last, "the last shares do not add up to this");
      }
      return;
    }
    case Combination::furthest: {
      Share::Wide newest = 0;
      for (const Shares& shares : session.providers) {
        if (shares[key].empty()) continue;
        const Share& share = shares[key].back();
        if (share.total == static_cast<Share::Wide>(last.total))
          newest = std::max(newest, share.completed);
      }
      if (static_cast<Share::Wide>(last.completed) < newest) complain(last, "somebody got further");
      return;
    }
    case Combination::latest:
      for (const Shares& shares : session.providers) {
        for (const Share& share : shares[key]) {
          if (!shows(last, share)) continue;
          for (const Shares& others : session.providers) {
            if (!others[key].empty() && share.after != 0 &&
                others[key].back().before > share.after) {
              complain(last, "a later report is missing");
            }
          }
          return;
        }
      }
      return;
  }
}

}  // namespace headway::laws
