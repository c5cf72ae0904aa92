// SPDX-License-Identifier: MIT
//
// Model: what all models have in common. explore(): the searches that one ctest runs.
//
// A model's class derives from Model and has
//
//   void build();               makes what the threads share
//   void run(unsigned thread);  one thread
//   void check();               after all threads have ended; runs alone
//
// Environment, for long runs: HEADWAY_MODEL_RANDOM, random schedules (default 100000); HEADWAY_MODEL_SEED,
// where they start; HEADWAY_MODEL_BOUND, the highest context bound (default 3); HEADWAY_MODEL_MOST, the
// most schedules of one bounded search (0: until exhausted; default: 400000, or 50000 of a search that is
// not expected to be exhausted by so many, since what a search that is cut off has seen is one corner).
#pragma once

#include "relacy_atomics.hpp"

namespace headway::model {

/// Counts iterations of one search and ends it.
struct Limit {
  std::uint64_t most = 0;
  std::uint64_t done = 0;
};
inline Limit limit;

template <class Derived, rl::thread_id_t threads>
class Model : public rl::test_suite<Derived, threads> {
 public:
  void before() {
    if (limit.most != 0 && limit.done == limit.most) rl::ctx().rl_until("cut off", RL_INFO);
    ++limit.done;
    accesses.begin();
    death.nobody();
    self().build();
    accesses.live(true);
  }
  void thread(unsigned index) { self().run(index); }
  void after() {
    accesses.live(false);
    self().check();
  }

 private:
  Derived& self() noexcept { return static_cast<Derived&>(*this); }
};

/// One named way to run a model.
struct Case {
  std::string_view name;
  /// A wrong variant: the searches must find an error.
  bool wrong = false;
  /// Too large to exhaust even the lowest bound: the random schedules are what counts.
  bool sampled = false;
  void (*set)() = nullptr;
  int (*run)(const Case&) = nullptr;
};

inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Search {
  std::string name;
  rl::scheduler_type_e kind = rl::random_scheduler_type;
  unsigned bound = 0;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool learning = false;
};

enum class Found { nothing, error, surprise };

template <class M>
Found search(const Search& how, bool show_history) {
  static std::ofstream nowhere;
  rl::test_params params;
  params.search_type = how.kind;
  params.context_bound = how.bound;
  params.execution_depth_limit = 20000;
  params.iteration_count = how.first + how.count;
  if (how.first != 0) params.initial_state = std::to_string(how.first).c_str();
  params.output_stream = show_history ? static_cast<std::ostream*>(&std::cout) : &nowhere;
  params.progress_stream = &nowhere;
  // Relacy collects a history by running once more; not for errors that are expected.
  params.output_history = !show_history;
  accesses.learn(how.learning);
  limit = {how.kind == rl::random_scheduler_type || show_history ? 0 : how.count, 0};
  rl::simulate<M>(params);
  if (accesses.take_surprise()) return Found::surprise;
  const bool cut = params.test_result == rl::test_result_until_condition_hit;
  const bool found = !cut && params.test_result != rl::test_result_success;
  if (!how.learning && !show_history) {
    std::cout << "  " << how.name << ": " << limit.done << " schedules"
              << (how.kind == rl::random_scheduler_type || found ? ""
                  : cut                                          ? ", cut off"
                                                                 : ", exhausted")
              << (found ? std::string(", error: ") + rl::test_result_str(params.test_result) : "")
              << std::endl;
  }
  return found ? Found::error : Found::nothing;
}

template <class M>
Found search_learned(const Search& how, bool show_history) {
  for (;;) {
    const Found found = search<M>(how, show_history);
    if (found != Found::surprise) return found;
  }
}

inline constexpr std::uint64_t most_schedules = 400'000;
inline constexpr std::uint64_t sample = 50'000;
/// A bound has about so many times the schedules of the one below it.
inline constexpr std::uint64_t growth = 12;

template <class M>
int explore(const Case& what) {
  if (what.set != nullptr) what.set();
  std::cout << what.name << (what.wrong ? " (wrong on purpose)" : "") << std::endl;
  const std::uint64_t seed = setting("HEADWAY_MODEL_SEED", 1);
  /// True if that has settled it.
  const auto settled = [&](const Search& how) {
    if (search_learned<M>(how, false) != Found::error) return false;
    if (what.wrong) {
      std::cout << "  caught" << std::endl;
    } else {
      search_learned<M>(how, true);
    }
    return true;
  };
  const int code = what.wrong ? 0 : 1;
  if (settled({.name = "learning", .first = seed, .count = 2000, .learning = true})) return code;
  std::uint64_t below = what.sampled ? most_schedules : 0;
  for (unsigned bound = 2; bound <= setting("HEADWAY_MODEL_BOUND", 3); ++bound) {
    const std::uint64_t most = below * growth > most_schedules ? sample : most_schedules;
    if (settled({.name = "context bound " + std::to_string(bound),
                 .kind = rl::fair_context_bound_scheduler_type,
                 .bound = bound,
                 .count = setting("HEADWAY_MODEL_MOST", most)})) {
      return code;
    }
    below = limit.done;
  }
  if (settled({.name = "random from " + std::to_string(seed),
               .first = seed,
               .count = setting("HEADWAY_MODEL_RANDOM", 100'000)})) {
    return code;
  }
  if (what.wrong) std::cout << "  NOT caught" << std::endl;
  return what.wrong ? 1 : 0;
}

template <class M>
constexpr Case right(std::string_view name, void (*set)() = nullptr) {
  return {name, false, false, set, &explore<M>};
}
template <class M>
constexpr Case sampled(std::string_view name, void (*set)() = nullptr) {
  return {name, false, true, set, &explore<M>};
}
template <class M>
constexpr Case wrong(std::string_view name, void (*set)() = nullptr) {
  return {name, true, false, set, &explore<M>};
}

/// main() of a model: runs the case that is named, or lists them.
template <std::size_t count>
int run_case(int argc, char** argv, const std::array<Case, count>& cases) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  for (const Case& one : cases) {
    if (one.name == wanted) return one.run(one);
  }
  for (const Case& one : cases) std::cout << (one.wrong ? "wrong " : "right ") << one.name << '\n';
  return wanted.empty() ? 0 : 2;
}

}  // namespace headway::model
