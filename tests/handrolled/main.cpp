// SPDX-License-Identifier: MIT
//
// headway_handrolled: tries the ways of reporting progress law by law and prints the table of README.md.
// Exits 1 where Headway breaks a law, or where a way does not do what the table says of it.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "direct_call.hpp"
#include "locked_state.hpp"
#include "polled_atomics.hpp"
#include "queued_events.hpp"
#include "thread_trials.hpp"
#include "value_trials.hpp"
#include "with_headway.hpp"

namespace headway::handrolled {
namespace {

/// What the README says of a way and a law: kept, broken, or broken only now and then.
enum class Says : char { kept = '.', broken = 'x', at_times = '?' };

struct Trial {
  const char* law;
  std::function<Result(const Way&, const Scale&)> run;
  /// By way, in the order of ways().
  const char* says;
};

// The lines are counted by CMake, with those that several ways share.
const std::vector<Way>& ways() {
  static const std::vector<Way> all = {
      {"two atomics, polled",
       {.counts = false},
       HEADWAY_LINES_POLLED_ATOMICS,
       [](Providers) { return std::make_unique<PolledAtomics<TwoAtomics>>(); }},
      {"one packed atomic, polled",
       {.counts = false},
       HEADWAY_LINES_POLLED_ATOMICS,
       [](Providers) { return std::make_unique<PolledAtomics<OneAtomic>>(); }},
      {"struct under a mutex",
       {},
       HEADWAY_LINES_LOCKED_STATE,
       [](Providers) { return std::make_unique<LockedState>(); }},
      {"queue and a thread",
       {.limits_calls = false},
       HEADWAY_LINES_QUEUED_EVENTS,
       [](Providers) { return std::make_unique<QueuedEvents>(); }},
      {"direct call",
       {.limits_calls = false},
       HEADWAY_LINES_DIRECT_CALL,
       [](Providers) { return std::make_unique<DirectCall>(); }},
      {"Headway",
       {.own_threads = true, .minds_fork = true},
       HEADWAY_LINES_WITH_HEADWAY,
       [](Providers providers) { return std::make_unique<WithHeadway>(providers); }},
  };
  return all;
}

const std::vector<Trial>& trials() {
  static const std::vector<Trial> all = {
      {"1 valid or refused", valid_or_refused, "......"},
      {"2 a report never waits (listener stuck)", never_waits, "..xxx."},
      {"3 nothing torn or reordered", nothing_reordered, "?....."},
      {"4 the last word, then silence", last_word, "..x..."},
      {"5 every report is counted", every_report_counted, "......"},
      {"6 bounded calls in a flood", bounded_calls, "...xx."},
      {"7 idle costs nothing, in 10 s", idle, "xx...."},
      {"8 a listener that throws", throwing_listener, "......"},
      {"8 a stuck listener beside another", stuck_beside_another, "xxxxx."},
      {"9 unsubscribe returns, then silence", unsubscribe_returns, "......"},
      {"10 closed is closed, in mid-report", closed_is_closed, "??...."},
      {"11 cancel is sticky", cancel_is_sticky, "......"},
      {"12 flush ends (listener stuck)", flush_ends, "......"},
      {"13 a stalled provider stalls itself alone", stalled_provider, "..???."},
      {"14 a report in the child of a fork returns", fork_child, "..???."},
  };
  return all;
}

std::string cell_of(const Result& result) {
  std::string text = std::to_string(result.violations) + " of " + std::to_string(result.tries);
  if (!result.offered) text = result.violations == 0 ? "not offered" : "not offered (" + text + ")";
  if (!result.note.empty()) text += ", " + result.note;
  return text;
}

bool as_said(const Result& result, char says) {
  switch (static_cast<Says>(says)) {
    case Says::kept: return result.violations == 0;
    case Says::broken: return result.violations != 0;
    case Says::at_times: return true;
  }
  return false;
}

/// Prints the table, or the rows of one law; returns what is not as the README says.
std::vector<std::string> run(const Scale& scale, int only) {
  std::vector<std::string> surprises;
  std::printf("| law: broken, of how many tries |");
  for (const Way& way : ways()) std::printf(" %s |", way.name.c_str());
  std::printf("\n|");
  for (std::size_t i = 0; i <= ways().size(); ++i) std::printf(" --- |");
  std::printf("\n| lines of code |");
  for (const Way& way : ways()) std::printf(" %d |", way.lines);
  std::printf("\n");
  for (const Trial& trial : trials()) {
    if (only != 0 && std::atoi(trial.law) != only) continue;
    std::printf("| %s |", trial.law);
    for (std::size_t i = 0; i < ways().size(); ++i) {
      std::fflush(stdout);
      const Result result = trial.run(ways()[i], scale);
      const std::string cell = cell_of(result);
      std::printf(" %s |", cell.c_str());
      if (!as_said(result, trial.says[i]))
        surprises.push_back(ways()[i].name + ": " + trial.law + ": " + cell);
    }
    std::printf("\n");
  }
  return surprises;
}

void print_help(std::FILE* to) {
  std::fputs(
      "usage: headway_handrolled [--quick] [--law N]\n"
      "\n"
      "Tries hand-rolled ways of reporting progress, and Headway, law by law, and prints a table.\n"
      "  --quick   a tenth of the tries\n"
      "  --law N   one law alone, 1 to 14\n"
      "\n"
      "Exit status: 0 everything is as README.md says, 1 something is not, 2 bad arguments.\n",
      to);
}

}  // namespace
}  // namespace headway::handrolled

int main(int argc, char** argv) {
  headway::handrolled::Scale scale;
  int law = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--help" || name == "-h") {
      headway::handrolled::print_help(stdout);
      return 0;
    }
    if (name == "--quick") {
      scale.quick = true;
    } else if (name == "--law") {
      const char* const number = ++i < argc ? argv[i] : "";
      law = std::atoi(number);
      if (law >= 1 && law <= 14 && std::to_string(law) == number) continue;
      std::fprintf(stderr, "headway_handrolled: --law \"%s\": it must be a number from 1 to 14\n",
                   number);
      return 2;
    } else {
      std::fprintf(stderr, "headway_handrolled: unknown argument \"%s\": see --help\n", argv[i]);
      return 2;
    }
  }
  try {
    const auto surprises = headway::handrolled::run(scale, law);
    for (const std::string& surprise : surprises)
      std::printf("not as README.md says: %s\n", surprise.c_str());
    return surprises.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "headway_handrolled: %s\n", error.what());
    return 1;
  }
}
