// SPDX-License-Identifier: MIT
//
// headway_soak: see README.md.
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string_view>

#include <signal.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "soak.hpp"

namespace {

std::atomic<bool> interrupted{false};

void print_help(std::FILE* to) {
  std::fputs(
      "usage: headway_soak [--seconds N] [--reports N] [--threads N] [--seed N]\n"
      "\n"
      "Runs providers, sessions and subscribers of every kind at once and audits every report.\n"
      "\n"
      "  --seconds N   end after N seconds\n"
      "  --reports N   end after N accepted reports\n"
      "                (one of the two is needed; with both, whichever comes first)\n"
      "  --threads N   provider threads, 1 to 1024; 64 if left out\n"
      "  --seed N      what the random choices are drawn from; 1 if left out\n"
      "\n"
      "Ctrl-C ends it early, with the audit of what was done.\n"
      "Exit status: 0 nothing was wrong, 1 a law was violated, 2 bad arguments.\n",
      to);
}

[[nodiscard]] int refuse(const char* what, std::string_view which, const char* right) {
  std::fprintf(stderr, "headway_soak: %s \"%.*s\": %s\n", what, static_cast<int>(which.size()),
               which.data(), right);
  return 2;
}

bool parse(std::string_view text, std::uint64_t low, std::uint64_t high, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= low && value <= high;
}

}  // namespace

int main(int argc, char** argv) {
#if defined(__GLIBC__)
  // What is resident is to be what is in use, not what 64 threads' arenas have kept of the past.
  ::mallopt(M_ARENA_MAX, 2);
#endif
  headway::soak::SoakOptions options;
  std::uint64_t threads = options.threads;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--help" || name == "-h") {
      print_help(stdout);
      return 0;
    }
    std::uint64_t low = 1;
    std::uint64_t high = UINT64_MAX;
    std::uint64_t* value = nullptr;
    const char* right = "it must be a whole number, 1 or more";
    if (name == "--seconds") {
      value = &options.seconds;
      high = 1'000'000'000;
    } else if (name == "--reports") {
      value = &options.reports;
    } else if (name == "--threads") {
      value = &threads;
      high = 1024;
      right = "it must be a whole number from 1 to 1024";
    } else if (name == "--seed") {
      value = &options.seed;
      low = 0;
      right = "it must be a whole number";
    } else {
      return refuse("unknown argument", name, "see --help");
    }
    if (++i == argc) return refuse("no value after", name, right);
    if (!parse(argv[i], low, high, *value)) return refuse(name.data(), argv[i], right);
  }
  if (options.seconds == 0 && options.reports == 0) {
    std::fputs("headway_soak: how long? Give --seconds N or --reports N; see --help\n", stderr);
    return 2;
  }
  options.threads = static_cast<std::size_t>(threads);

  struct sigaction action {};
  action.sa_handler = [](int) { interrupted.store(true); };
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  try {
    return headway::soak::Soak(options).run(interrupted, ::isatty(STDOUT_FILENO) == 1) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "headway_soak: %s\n", error.what());
    return 1;
  }
}
