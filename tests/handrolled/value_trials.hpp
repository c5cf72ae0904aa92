// SPDX-License-Identifier: MIT
//
// Trials of what listeners are told: laws 1, 3, 4, 5, 10 and 11. Laws 3 and 10 by the checker that the
// bus itself is tested with, from the log of the provider.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "laws/law_checker.hpp"
#include "laws/random.hpp"
#include "trial.hpp"

namespace headway::handrolled {

inline Result valid_or_refused(const Way& way, const Scale& scale) {
  Result result;
  Recorder seen;
  const auto job = way.make(Providers::one);
  job->subscribe(seen.listener());
  for (int i = 0; i < scale.tries(1000); ++i) {
    const std::size_t bad = keys_per_session + static_cast<std::size_t>(i % 3);
    result.add(job->report(bad, 1, 1) == Status::invalid_argument);
  }
  result.add(job->report(0, 5, 3) == Status::ok && job->report(1, 7, 0) == Status::ok &&
             job->flush(10s) && seen.last(0).completed == 5 && seen.last(0).total == 3 &&
             seen.last(1).completed == 7 && seen.last(1).total == 0);
  return result;
}

/// One job with one provider, which goes through the stages once, while another thread flushes so that
/// there is much to be told.
class CheckedJob {
 public:
  explicit CheckedJob(const Way& way) : job_(way.make(Providers::one)) {
    job_->subscribe(seen_.listener());
    log_.session = SessionId(1);
  }

  /// Reports until refused, at most so often.
  void provide(std::size_t reports_each_key) {
    log_.attempts.reserve(reports_each_key * keys_per_session);
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      for (std::uint64_t nth = 1; nth <= reports_each_key; ++nth) {
        const std::uint64_t total = nth ^ 0x5555;
        const Status status = job_->report(key, nth, total);
        log_.attempts.push_back({.key = key, .completed = nth, .total = total, .status = status});
        if (status != Status::ok) return;
      }
    }
  }
  void flush() { static_cast<void>(job_->flush(10s)); }
  void close() { job_->close(); }

  [[nodiscard]] std::vector<std::string> complaints() {
    if (!laws::eventually([&] { return seen_.closed(); })) return {"on_closed is missing"};
    laws::History history;
    history.sessions.push_back({.id = SessionId(1), .closed_as = Outcome::completed});
    history.providers.push_back(std::move(log_));
    laws::LawChecker checker(history);
    auto complaints = checker.complaints_about_answers();
    for (auto& complaint : checker.check({}, seen_.events()))
      complaints.push_back(std::move(complaint));
    return complaints;
  }

 private:
  Recorder seen_;
  laws::ProviderLog log_;
  std::unique_ptr<Contender> job_;
};

inline Result nothing_reordered(const Way& way, const Scale& scale) {
  Result result;
  std::size_t torn = 0;
  for (int i = 0; i < scale.tries(40); ++i) {
    CheckedJob job(way);
    {
      const Again flushing([&] { job.flush(); });
      job.provide(20'000);
    }
    job.close();
    const auto complaints = job.complaints();
    torn += static_cast<std::size_t>(std::ranges::count_if(complaints, [](const std::string& text) {
      return text.find("this is not what was reported") != std::string::npos;
    }));
    result.add(complaints.empty());
  }
  if (torn != 0) result.note = "torn reads: " + std::to_string(torn);
  return result;
}

/// The provider falls silent and does not close: listeners are to have its last report all the same.
inline Result last_word(const Way& way, const Scale& scale) {
  Result result;
  laws::Random random(4);
  while (scale.goes_on(result, 20)) {
    Recorder seen;
    const auto job = way.make(Providers::one);
    job->subscribe(seen.listener());
    const std::uint64_t last = random.between(2, 1000);
    for (std::uint64_t nth = 1; nth <= last; ++nth) static_cast<void>(job->report(2, nth, 1000));
    result.add(within(5s, [&] { return seen.last(2).completed == last; }));
  }
  return result;
}

inline Result every_report_counted(const Way& way, const Scale& scale) {
  Result result;
  result.offered = way.offer.counts;
  constexpr std::uint64_t threads = 4;
  constexpr std::uint64_t each = 20'000;
  for (int i = 0; i < scale.tries(20); ++i) {
    Recorder seen;
    const auto job = way.make(Providers::several);
    job->subscribe(seen.listener());
    std::vector<std::thread> providers;
    for (std::uint64_t thread = 0; thread < threads; ++thread) {
      providers.emplace_back([&] {
        for (std::uint64_t nth = 0; nth < each; ++nth) static_cast<void>(job->advance(3));
      });
    }
    for (std::thread& provider : providers) provider.join();
    const Progress last = job->flush(60s) ? seen.last(3) : Progress{};
    result.add(last.completed == threads * each &&
               (!way.offer.counts || last.sequence == threads * each));
  }
  return result;
}

/// Closed by another thread in the middle of the reports.
inline Result closed_is_closed(const Way& way, const Scale& scale) {
  Result result;
  laws::Random random(10);
  for (int i = 0; i < scale.tries(1000); ++i) {
    CheckedJob job(way);
    std::atomic<bool> begun{false};
    const std::uint64_t turns = random.below(20'000U);
    std::thread provider([&] {
      begun.store(true);
      job.provide(10'000);
    });
    while (!begun.load()) std::this_thread::yield();
    for (std::uint64_t turn = 0; turn < turns; ++turn)
      std::atomic_signal_fence(std::memory_order_seq_cst);
    job.close();
    provider.join();
    result.add(job.complaints().empty());
  }
  return result;
}

inline Result cancel_is_sticky(const Way& way, const Scale& scale) {
  Result result;
  const auto job = way.make(Providers::one);
  result.add(job->report(0, 1, 1) == Status::ok);
  job->cancel();
  for (int i = 0; i < scale.tries(1000); ++i) result.add(job->report(0, 2, 2) == Status::aborted);
  return result;
}

}  // namespace headway::handrolled
