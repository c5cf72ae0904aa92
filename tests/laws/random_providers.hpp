// SPDX-License-Identifier: MIT
//
// Random providers for the property test: sessions of every kind, the threads that report on them, and the
// logs of what they did.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <headway/headway.hpp>

#include "history.hpp"
#include "random.hpp"
#include "scale.hpp"

namespace headway::laws {

/// How the reporters of one session are used.
enum class Usage {
  one_own,          // one reporter, handed from thread to thread
  one_after_other,  // reporters that end early, the next takes over
  sum_of_digits,    // own reporters whose shares can be told apart in the sum
  sum_of_own,       // own reporters, absolute and relative, up and down; some end early
  sum_of_shared,    // a shared reporter, relative
  furthest_of_own,
  furthest_of_shared,
  latest_of_own,
  latest_of_shared
};
inline constexpr std::array<Usage, 9> every_usage = {
    Usage::one_own,         Usage::one_after_other, Usage::sum_of_digits,      Usage::sum_of_own,
    Usage::sum_of_shared,   Usage::furthest_of_own, Usage::furthest_of_shared, Usage::latest_of_own,
    Usage::latest_of_shared};

inline constexpr std::array<std::size_t, 7> every_ring_capacity = {0, 1, 2, 3, 5, 64, 1024};

/// A session under test with all its provider threads.
class RandomSession {
 public:
  RandomSession(Bus& bus, Random& random, std::size_t threads, std::uint64_t reports_each)
      : usage_(random.pick(every_usage)), reports_each_(reports_each) {
    SessionOptions options;
    switch (usage_) {
      case Usage::one_own:
      case Usage::one_after_other: threads = 1; break;
      case Usage::sum_of_digits: threads = std::min<std::size_t>(threads, 4); [[fallthrough]];
      case Usage::sum_of_own: options.merge = Merge::sum; break;
      case Usage::sum_of_shared:
        options.merge = random.one_in(2) ? Merge::sum : Merge::unset;
        break;
      case Usage::furthest_of_own: options.merge = Merge::furthest; break;
      case Usage::furthest_of_shared:
        options.merge = random.one_in(2) ? Merge::furthest : Merge::unset;
        break;
      case Usage::latest_of_own:
      case Usage::latest_of_shared: options.merge = Merge::latest; break;
    }
    session = bus.open_session("session " + std::to_string(static_cast<int>(usage_)), options);
    if (usage_ == Usage::sum_of_shared || usage_ == Usage::furthest_of_shared ||
        usage_ == Usage::latest_of_shared) {
      shared_.emplace(session.shared_reporter({.ring_capacity = random.pick(every_ring_capacity)}));
    }
    logs_.resize(threads);
    for (std::size_t i = 0; i < threads; ++i) seeds_.push_back(random.bits());
  }

  void start() {
    for (std::size_t i = 0; i < logs_.size(); ++i) {
      threads_.emplace_back([this, i] { provide(i, Random(seeds_[i])); });
    }
  }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  [[nodiscard]] SessionFacts facts() const {
    SessionFacts facts;
    facts.id = session.id();
    switch (usage_) {
      case Usage::one_own:
      case Usage::one_after_other: facts.combination = Combination::one; break;
      case Usage::sum_of_digits: facts.digit_bits = 16; [[fallthrough]];
      case Usage::sum_of_own:
      case Usage::sum_of_shared: facts.combination = Combination::sum; break;
      case Usage::furthest_of_own:
      case Usage::furthest_of_shared: facts.combination = Combination::furthest; break;
      case Usage::latest_of_own:
      case Usage::latest_of_shared: facts.combination = Combination::latest; break;
    }
    return facts;
  }
  /// Precondition: joined.
  void add_logs_to(History& history) {
    for (auto& of_thread : logs_) {
      for (ProviderLog& log : of_thread) history.providers.push_back(std::move(log));
    }
  }

  Session session;

 private:
  using Own = LoggedReporter<Reporter>;
  using Shared = LoggedReporter<SharedReporterRef>;

  [[nodiscard]] Own own(Random& random) {
    return Own(session.reporter({.ring_capacity = random.pick(every_ring_capacity)}), session.id(),
               usage_ == Usage::latest_of_own ? &tickets_ : nullptr);
  }

  void provide(std::size_t index, Random random) {
    auto& logs = logs_[index];
    if (shared_) {
      Shared reporter(SharedReporterRef(*shared_), session.id(),
                      usage_ == Usage::latest_of_shared ? &tickets_ : nullptr, true);
      report(reporter, index, 0, reports_each_, random);
      logs.push_back(std::move(reporter.log));
      return;
    }
    // Some reporters end early; all but a digit's may be followed by another of the same thread.
    const bool in_parts = usage_ != Usage::one_own && usage_ != Usage::sum_of_digits;
    const std::uint64_t parts = in_parts ? random.between(1, 4) : 1;
    std::uint64_t from = 0;
    for (std::uint64_t part = 1; part <= parts; ++part) {
      Own reporter = own(random);
      const std::uint64_t to = part == parts ? reports_each_ : random.between(from, reports_each_);
      if (usage_ == Usage::one_own) {
        // Handed to another thread and back, as any object may be.
        const std::uint64_t half = random.below(to + 1);
        report(reporter, index, from, half, random);
        std::thread([&, moved = std::move(reporter)]() mutable {
          report(moved, index, half, to, random);
          reporter = std::move(moved);
        }).join();
      } else {
        report(reporter, index, from, to, random);
      }
      logs.push_back(std::move(reporter.log));
      from = to;
    }
  }

  template <class AnyReporter>
  void report(AnyReporter& reporter, std::size_t index, std::uint64_t from, std::uint64_t to,
              Random& random) {
    int refused = 0;
    for (std::uint64_t n = from; n < to && refused < 3; ++n) {
      if (random.one_in(100)) std::this_thread::yield();
      if (random.one_in(200))
        std::this_thread::sleep_for(std::chrono::microseconds(random.below(300)));
      if (random.one_in(50))
        static_cast<void>(reporter.report(keys_per_session + random.below(3U), 1, 1));
      const Status status = report_once(reporter, index, n, random);
      if (status != Status::ok) ++refused;
    }
  }

  template <class AnyReporter>
  Status report_once(AnyReporter& reporter, std::size_t index, std::uint64_t n, Random& random) {
    const auto key = static_cast<std::size_t>(random.below(keys_per_session));
    const std::uint64_t unique = (static_cast<std::uint64_t>(index) << 40U) + n + 1;
    switch (usage_) {
      case Usage::one_own:
      case Usage::one_after_other:
        return reporter.report(key, n, random.one_in(3) ? random.bits() : n);
      case Usage::sum_of_digits: {
        const std::uint64_t one = std::uint64_t{1} << (16 * index);
        if (random.one_in(2)) return reporter.advance(key, static_cast<std::int64_t>(one));
        std::uint64_t made = 0;
        for (const Attempt& attempt : reporter.log.attempts) {
          made += attempt.key == key && attempt.status == Status::ok ? 1 : 0;
        }
        return reporter.report(key, (made + 1) * one, n);
      }
      case Usage::sum_of_own:
        if (random.one_in(5)) return reporter.report(key, random.below(1000), random.below(1000));
        [[fallthrough]];
      case Usage::sum_of_shared: {
        const auto by = static_cast<std::int64_t>(random.below(12)) - 3;
        return random.one_in(3) ? reporter.add_total(key, by) : reporter.advance(key, by);
      }
      case Usage::furthest_of_own:
      case Usage::furthest_of_shared:
        return reporter.report(key, furthest_[key].fetch_add(1) + 1, 1U << 30U);
      case Usage::latest_of_own:
      case Usage::latest_of_shared:
        return reporter.report(key, unique, random.one_in(3) ? ~unique : unique);
    }
    return Status::invalid_argument;
  }

  Usage usage_;
  std::uint64_t reports_each_;
  std::optional<SharedReporter> shared_;
  std::vector<std::vector<ProviderLog>> logs_;
  std::vector<std::uint64_t> seeds_;
  std::vector<std::thread> threads_;
  std::array<std::atomic<std::uint64_t>, keys_per_session> furthest_{};
  Tickets tickets_;
};

}  // namespace headway::laws
