// SPDX-License-Identifier: MIT
//
// World: the bus, the sessions that live on it and the streams that listen, as the threads of the soak
// share them. None of its locks is held while user code may be waited for.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include <headway/headway.hpp>

#include "audit.hpp"
#include "laws/random.hpp"
#include "script.hpp"
#include "stream.hpp"
#include "truth.hpp"

namespace headway::soak {

using laws::Random;
using TruthPtr = std::shared_ptr<Truth>;
using StreamPtr = std::shared_ptr<Stream>;

inline constexpr std::array<std::size_t, 8> ring_capacities = {0, 0, 1, 2, 3, 64, 64, 1024};

/// Answers that a provider got, or all callbacks together.
struct alignas(64) Tally {
  std::atomic<std::uint64_t> ok{0};
  std::atomic<std::uint64_t> invalid{0};
  std::atomic<std::uint64_t> aborted{0};
  std::atomic<std::uint64_t> closed{0};

  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t more) {
    counter.fetch_add(more, std::memory_order_relaxed);
  }
  void refused(Status status) {
    switch (status) {
      case Status::ok: return;
      case Status::invalid_argument: return add(invalid, 1);
      case Status::aborted: return add(aborted, 1);
      case Status::closed: return add(closed, 1);
    }
  }
};

class World {
 public:
  World(Audit& the_audit, std::size_t providers) : audit(the_audit), tallies(providers + 1) {}

  [[nodiscard]] Tally& callback_tally() { return tallies.back(); }
  /// One of the answers, of all providers and callbacks.
  [[nodiscard]] std::uint64_t sum(std::atomic<std::uint64_t> Tally::*answer) const {
    std::uint64_t all = 0;
    for (const Tally& tally : tallies) all += (tally.*answer).load(std::memory_order_relaxed);
    return all;
  }

  // Sessions.

  /// A session to report on for this provider: one that waits for more of them, or a new one.
  std::pair<TruthPtr, std::size_t> find_work(std::size_t provider, Random& random) {
    {
      const std::scoped_lock lock(mutex_);
      std::erase_if(lobby_, [](const TruthPtr& each) { return each->full(); });
      for (const TruthPtr& each : lobby_) {
        if (const auto slot = each->join(provider)) return {each, *slot};
      }
    }
    auto truth = open(draw_script(random), random);
    const std::size_t slot = truth->join(provider).value();
    const std::scoped_lock lock(mutex_);
    if (truth->script.providers > 1) lobby_.push_back(truth);
    return {truth, slot};
  }
  TruthPtr open(const Script& script, Random& random) {
    const std::uint64_t begun = tickets.draw();
    {
      const std::scoped_lock lock(mutex_);
      opening_.insert(begun);
    }
    auto truth = std::make_shared<Truth>(bus, tickets, script, random.pick(ring_capacities));
    sessions_opened.fetch_add(1, std::memory_order_relaxed);
    const std::scoped_lock lock(mutex_);
    live_.emplace(truth->id, truth);
    opening_.erase(begun);
    return truth;
  }
  /// Sessions whose opening began before this ticket are known by now.
  [[nodiscard]] std::uint64_t known_before() {
    const std::scoped_lock lock(mutex_);
    return opening_.empty() ? tickets.draw() : *opening_.begin();
  }
  /// Closed, and its last provider has left.
  void finish(const TruthPtr& truth) {
    const std::scoped_lock lock(mutex_);
    finished_.push_back(truth);
  }
  [[nodiscard]] TruthPtr find(SessionId id) {
    const std::scoped_lock lock(mutex_);
    const auto found = live_.find(id);
    return found == live_.end() ? nullptr : found->second;
  }
  [[nodiscard]] TruthPtr any(Random& random) {
    const std::scoped_lock lock(mutex_);
    if (live_.empty()) return nullptr;
    return std::next(live_.begin(), static_cast<std::ptrdiff_t>(random.below(live_.size())))
        ->second;
  }
  [[nodiscard]] std::vector<TruthPtr> take_finished() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(finished_, {});
  }
  [[nodiscard]] std::size_t sessions() const {
    const std::scoped_lock lock(mutex_);
    return live_.size();
  }
  void forget(const std::vector<TruthPtr>& truths) {
    const std::scoped_lock lock(mutex_);
    for (const TruthPtr& truth : truths) live_.erase(truth->id);
  }

  // Streams.

  void add_stream(const StreamPtr& stream) {
    {
      // Listed first: what it sees is looked at from the start.
      const std::scoped_lock lock(streams_mutex_);
      streams_.push_back(stream);
    }
    stream->subscribe(bus, tickets);
    subscriptions.fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::vector<StreamPtr> streams() const {
    const std::scoped_lock lock(streams_mutex_);
    return streams_;
  }
  [[nodiscard]] bool room_for_streams() const {
    const std::scoped_lock lock(streams_mutex_);
    const auto standing = std::count_if(streams_.begin(), streams_.end(),
                                        [](const StreamPtr& each) { return !each->leaving(); });
    return standing < 24 && streams_.size() < 200;
  }
  void remove(const StreamPtr& stream) {
    updates_of_the_gone.fetch_add(stream->updates(), std::memory_order_relaxed);
    callbacks_of_the_gone.fetch_add(stream->callbacks(), std::memory_order_relaxed);
    const std::scoped_lock lock(streams_mutex_);
    std::erase(streams_, stream);
  }

  Audit& audit;
  Tickets tickets;
  /// By provider; the last is that of the callbacks.
  std::vector<Tally> tallies;
  std::atomic<bool> done{false};
  /// Providers report seldom, so that lanes cool and the dispatcher sleeps.
  std::atomic<bool> quiet{false};
  std::atomic<std::uint64_t> sessions_opened{0};
  std::atomic<std::uint64_t> subscriptions{0};
  std::atomic<std::uint64_t> exceptions{0};
  std::atomic<std::uint64_t> stalls{0};
  std::atomic<std::uint64_t> flushes{0};
  std::atomic<std::uint64_t> updates_of_the_gone{0};
  std::atomic<std::uint64_t> callbacks_of_the_gone{0};
  /// The pump polls everything dry when it sees a new number, and says so.
  std::atomic<std::uint64_t> drain_wanted{0};
  std::atomic<std::uint64_t> drained{0};

 private:
  static Script draw_script(Random& random) {
    Script script;
    script.kind = static_cast<Kind>(random.below(kinds));
    script.run_bits = static_cast<unsigned>(random.pick(std::array<unsigned, 5>{0, 1, 4, 10, 16}));
    const std::uint64_t most = random.one_in(16) ? 64 : 6;
    if (!script.ordered()) script.providers = static_cast<unsigned>(random.between(1, most));
    if (script.of_digits()) script.providers = std::min(script.providers, Script::digits);
    const bool may_be_unset =
        script.kind == Kind::pool_shared || script.kind == Kind::furthest_shared;
    script.unset = may_be_unset && random.one_in(2);
    return script;
  }

  mutable std::mutex mutex_;
  std::vector<TruthPtr> lobby_;
  std::unordered_map<SessionId, TruthPtr> live_;
  std::vector<TruthPtr> finished_;
  /// When the openings began that are under way.
  std::set<std::uint64_t> opening_;
  mutable std::mutex streams_mutex_;
  std::vector<StreamPtr> streams_;

 public:
  /// Last: its end runs callbacks, which use all the others.
  Bus bus;
};

}  // namespace headway::soak
