// SPDX-License-Identifier: MIT
//
// LawChecker: verifies laws 3, 4, 5 and 10 on the stream of one subscriber, from the providers' own logs.
// It knows nothing of how the bus works.
//
//   for (const std::string& complaint : LawChecker(history).check(facts, seen.events()))
//     ADD_FAILURE() << complaint;
//
// Every value must be explained by reports that were answered ok:
//   one       the update with sequence s is the s-th report on its key, and the updates of all keys come
//             in the order in which the reports were made
//   sum       the shares of the providers add up; with digits, each provider's share only moves on and the
//             shares' counts add up to the sequence
//   furthest  somebody reported it; completed never steps back while the total stays
//   latest    somebody reported it; nothing newer had been shown, in each provider's order and in real time
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#if !defined(__SIZEOF_INT128__)
#include <boost/multiprecision/cpp_int.hpp>
#endif

#include "history.hpp"
#include "recording_subscriber.hpp"

namespace headway::laws {

class LawChecker {
 public:
  explicit LawChecker(const History& history) {
    for (const SessionFacts& facts : history.sessions) sessions_[facts.id].facts = facts;
    for (const ProviderLog& log : history.providers) {
      read_log(log);
      sessions_[log.session].providers.push_back(shares_of(log));
    }
  }

  /// What is wrong with the answers that the providers got.
  [[nodiscard]] const std::vector<std::string>& complaints_about_answers() const noexcept {
    return answers_;
  }

  /// What is wrong with a stream; empty: nothing.
  [[nodiscard]] std::vector<std::string> check(const StreamFacts& stream,
                                               const std::vector<Seen>& events) {
    complaints_.clear();
    name_ = stream.name;
    std::map<SessionId, std::vector<Seen>> by_session;
    for (const Seen& event : events) by_session[event.session].push_back(event);
    for (const auto& [id, mine] : by_session) {
      if (!sessions_.contains(id)) complain(mine.front(), "nobody opened this session");
      if (stream.filter.session && *stream.filter.session != id) {
        complain(mine.front(), "the filter excludes this session");
      }
    }
    for (const auto& [id, session] : sessions_) {
      if (stream.filter.session && *stream.filter.session != id) continue;
      check_life(stream, session, by_session[id]);
      check_session(stream, session, by_session[id]);
    }
    return complaints_;
  }

 private:
  /// A share of a key's value after one of the provider's reports on it.
  struct Share {
#if defined(__SIZEOF_INT128__)
    __extension__ typedef __int128 Wide;
#else
    using Wide = boost::multiprecision::int128_t;
#endif
    Wide completed = 0;
    Wide total = 0;
    /// Position among all that this provider reported, and its time marks.
    std::size_t position = 0;
    std::uint64_t before = 0;
    std::uint64_t after = 0;
  };
  using Shares = std::array<std::vector<Share>, keys_per_session>;
  struct SessionRecord {
    SessionFacts facts;
    std::vector<Shares> providers;

    [[nodiscard]] std::uint64_t reports(std::size_t key) const {
      std::uint64_t count = 0;
      for (const Shares& shares : providers) count += shares[key].size();
      return count;
    }
  };

  static constexpr std::size_t most_complaints = 20;

  void complain(const Seen& seen, const std::string& what) {
    if (complaints_.size() >= most_complaints) return;
    std::ostringstream text;
    text << name_ << ": " << seen << ": " << what;
    complaints_.push_back(text.str());
  }

  void read_log(const ProviderLog& log) {
    bool aborted = false;
    bool closed = false;
    for (const Attempt& attempt : log.attempts) {
      const bool bad = attempt.key >= keys_per_session;
      const char* wrong = nullptr;
      if (bad != (attempt.status == Status::invalid_argument))
        wrong = "a key is wrongly taken or refused";
      if (attempt.status == Status::ok && aborted) wrong = "ok after aborted: cancel is not sticky";
      if (attempt.status == Status::ok && closed) wrong = "ok after closed";
      if (wrong != nullptr && answers_.size() < most_complaints) {
        answers_.push_back("session " + std::to_string(log.session.value()) + ": " + wrong);
      }
      aborted |= attempt.status == Status::aborted;
      closed |= attempt.status == Status::closed;
    }
  }

  static Shares shares_of(const ProviderLog& log) {
    Shares shares;
    std::array<Share, keys_per_session> now{};
    std::size_t position = 0;
    const Share::Wide highest = std::numeric_limits<std::uint64_t>::max();
    for (const Attempt& attempt : log.attempts) {
      if (attempt.status != Status::ok || attempt.key >= keys_per_session) continue;
      Share& share = now[attempt.key];
      if (attempt.kind == Attempt::Kind::absolute) {
        share.completed = attempt.completed;
        share.total = attempt.total;
      } else {
        Share::Wide& moved =
            attempt.kind == Attempt::Kind::completed_by ? share.completed : share.total;
        moved += attempt.by;
        if (!log.shared) moved = std::clamp<Share::Wide>(moved, 0, highest);
      }
      share.position = position++;
      share.before = attempt.before;
      share.after = attempt.after;
      shares[attempt.key].push_back(share);
    }
    return shares;
  }

  void check_life(const StreamFacts& stream, const SessionRecord& session,
                  const std::vector<Seen>& events);
  void check_session(const StreamFacts& stream, const SessionRecord& session,
                     const std::vector<Seen>& events);
  void check_last_words(const StreamFacts& stream, const SessionRecord& session,
                        const std::vector<Seen>& events,
                        const std::array<std::optional<Seen>, keys_per_session>& last);

  void check_one(const SessionRecord& session, const std::vector<Seen>& updates);
  void check_sum(const SessionRecord& session, const std::vector<Seen>& updates);
  void check_digits(const SessionRecord& session, const std::vector<Seen>& updates);
  void check_furthest(const SessionRecord& session, const std::vector<Seen>& updates);
  void check_latest(const SessionRecord& session, const std::vector<Seen>& updates);
  void check_final_value(const SessionRecord& session, const Seen& last);

  static bool shows(const Seen& seen, const Share& share) {
    return share.completed == static_cast<Share::Wide>(seen.completed) &&
           share.total == static_cast<Share::Wide>(seen.total);
  }

  std::map<SessionId, SessionRecord> sessions_;
  std::vector<std::string> answers_;
  std::vector<std::string> complaints_;
  std::string name_;
};

}  // namespace headway::laws

#include "law_checker_rules.hpp"
