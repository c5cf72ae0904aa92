// SPDX-License-Identifier: MIT
#include "sync/apply.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

#include "sync/worker.hpp"

namespace headway::tools {

namespace {

// How many directories each of the two sides of each worker may keep open.
std::size_t kept_directories(unsigned workers) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 2;
  const std::uint64_t available = limit.rlim_cur > 64 ? limit.rlim_cur - 64 : 0;
  return static_cast<std::size_t>(
      std::clamp<std::uint64_t>(available / (2 * workers + 2) - 2, 2, 32));
}

class Pool {
 public:
  Pool(const Job& job, Progress& progress, Problems& problems)
      : job_(job),
        progress_(progress),
        problems_(problems),
        kept_(kept_directories(job.workers)),
        missing_(job.source.entries.size()) {}

  Applied run() {
    progress_.add_totals(Role::destination, Stage::change_application,
                         static_cast<std::int64_t>(job_.plan.items),
                         static_cast<std::int64_t>(job_.plan.bytes));
    Worker first(job_, progress_, problems_, kept_);
    for (const std::uint32_t entry : job_.plan.leftovers) first.remove_leftover(entry);
    for (const Action& action : job_.plan.directories) {
      if (stop_ || first.canceled()) {
        missing_[action.entry] = true;
      } else if (!below_missing(action)) {
        note_end(first.make_directory(action), action);
      }
    }
    work(first);
    // Whatever happened: no directory stays opened up, or with the time of our own changes.
    for (const Finish& finish : job_.plan.finishes) {
      if (!missing_[finish.directory]) first.finish(finish);
    }
    Applied applied = first.applied();
    applied.items += others_.items;
    applied.bytes += others_.bytes;
    return applied;
  }

 private:
  // True if the directory it belongs in could not be made. One message was enough for all that is below.
  bool below_missing(const Action& action) {
    if (!missing_[job_.source.entries[action.entry].parent]) return false;
    if (action.task == Task::make_directory) missing_[action.entry] = true;
    problems_.failed_silently();
    return true;
  }

  void note_end(Done done, const Action& action) {
    if (done != Done::done && action.task == Task::make_directory) missing_[action.entry] = true;
    if (done == Done::full && !stop_.exchange(true)) {
      problems_.failed(job_.shown_destination, "is full: the rest is left out");
    }
  }

  void take_actions(Worker& worker) {
    while (!stop_ && !worker.canceled()) {
      const std::size_t next = next_.fetch_add(1, std::memory_order_relaxed);
      if (next >= job_.plan.actions.size()) return;
      const Action& action = job_.plan.actions[next];
      if (!below_missing(action)) note_end(worker.carry_out(action), action);
    }
  }

  // The calling thread is one of the workers.
  void work(Worker& first) {
    std::vector<std::thread> threads;
    const auto useful = std::min<std::size_t>(job_.workers, job_.plan.actions.size());
    std::vector<std::exception_ptr> errors(useful);
    std::vector<Applied> applied(useful);
    for (std::size_t i = 1; i < useful; ++i) {
      const auto run = [this, &error = errors[i], &sum = applied[i]] {
        try {
          Worker worker(job_, progress_, problems_, kept_);
          take_actions(worker);
          sum = worker.applied();
        } catch (...) {
          error = std::current_exception();
          stop_ = true;
        }
      };
      try {
        threads.emplace_back(run);
      } catch (const std::system_error&) {
        break;  // no more threads to be had: those we have do the work
      }
    }
    try {
      take_actions(first);
    } catch (...) {
      errors.push_back(std::current_exception());
      stop_ = true;
    }
    for (std::thread& thread : threads) thread.join();
    for (const Applied& one : applied) {
      others_.items += one.items;
      others_.bytes += one.bytes;
    }
    for (const std::exception_ptr& error : errors) {
      if (error) std::rethrow_exception(error);
    }
  }

  const Job& job_;
  Progress& progress_;
  Problems& problems_;
  std::size_t kept_;
  /// Directories that are not there and should be. Written before the workers start.
  std::vector<bool> missing_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  Applied others_;
};

}  // namespace

Applied apply(const Job& job, Progress& progress, Problems& problems) {
  return Pool(job, progress, problems).run();
}

}  // namespace headway::tools
