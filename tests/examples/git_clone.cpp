// SPDX-License-Identifier: MIT
//
// A clone by libgit2 whose progress goes to a bus. libgit2 has a callback for what comes in and one for
// what is written out: the one enumerates changes at the source, the other applies them at the destination.
//
// A cancel ends the fetch by the callback's answer. libgit2's checkout cannot be stopped by its progress
// callback, which answers nothing; it would take GIT_CHECKOUT_NOTIFY_ALL.
#include <headway/headway.hpp>

#include <git2.h>
#include <stdlib.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <string>

#include "local_repository.hpp"

namespace {

using headway::Role;
using headway::Stage;

struct CloneProgress {
  headway::Counter objects;
  headway::Counter files;
};

}  // namespace

// No exception leaves a report, so nothing can unwind through libgit2.
extern "C" int report_fetch(const git_indexer_progress* stats, void* payload) noexcept {
  auto& progress = *static_cast<CloneProgress*>(payload);
  const auto status = progress.objects.report(stats->received_objects, stats->total_objects);
  return headway::should_stop(status) ? GIT_EUSER : 0;  // git_clone returns it
}

extern "C" void report_checkout(const char* /*path*/, std::size_t completed, std::size_t total,
                                void* payload) noexcept {
  static_cast<CloneProgress*>(payload)->files.report(completed, total);
}

namespace {

/// Returns false if the session was canceled; throws for any other failure.
bool clone(headway::Session& session, const std::string& url, const std::string& path) {
  auto reporter = session.reporter();
  CloneProgress progress{reporter.at(Role::source, Stage::change_enumeration),
                         reporter.at(Role::destination, Stage::change_application)};
  git_clone_options options;
  check(git_clone_options_init(&options, GIT_CLONE_OPTIONS_VERSION));
  options.fetch_opts.callbacks.transfer_progress = &report_fetch;
  options.fetch_opts.callbacks.payload = &progress;
  options.checkout_opts.progress_cb = &report_checkout;
  options.checkout_opts.progress_payload = &progress;

  Repository repository;
  const int error = git_clone(repository.out(), url.c_str(), path.c_str(), &options);
  if (error == GIT_EUSER) {
    session.close(headway::Outcome::canceled);
    return false;
  }
  if (error < 0) session.close(headway::Outcome::failed, git_error_last()->message);
  check(error);
  session.close();
  return true;
}

/// The last update of each key, and whether any went back.
class Display : public headway::Subscriber {
 public:
  void on_progress(const headway::Update& update) override {
    std::printf("%-18s %llu of %llu\n", headway::to_string(update.stage),
                static_cast<unsigned long long>(update.completed),
                static_cast<unsigned long long>(update.total));
    auto& key = keys[update.stage];
    if (update.completed < key.completed) went_back = true;
    key = {update.completed, update.total};
  }
  void on_closed(headway::SessionId /*session*/, headway::Outcome how) override { outcome = how; }

  struct Value {
    std::uint64_t completed = 0;
    std::uint64_t total = 0;
    bool operator==(const Value&) const = default;
  };
  std::map<Stage, Value> keys;
  headway::Outcome outcome = headway::Outcome::abandoned;
  bool went_back = false;
};

/// What a user would see go wrong, or null.
const char* what_went_wrong(const std::string& directory) {
  const std::string origin = directory + "/origin.git";
  const std::string copy = directory + "/copy";
  const std::string url = "file://" + origin;  // a plain path would be copied, not fetched
  make_repository(origin);

  headway::Bus bus;
  Display display;
  const auto subscription = bus.subscribe(display, {.interval = std::chrono::milliseconds(5)});
  auto session = bus.open_session("clone");
  if (!clone(session, url, copy)) return "canceled by nobody";
  bus.flush(std::chrono::seconds(30));  // all of it has been shown
  const std::uint64_t objects = objects_in(copy);
  if (objects != kFiles + 2 || files_in(copy) != kFiles) return "the clone is not whole";
  if (display.keys[Stage::change_enumeration] != Display::Value{objects, objects}) {
    return "the last update of what came in is wrong";
  }
  if (display.keys[Stage::change_application] != Display::Value{kFiles, kFiles}) {
    return "the last update of what was written is wrong";
  }
  if (display.outcome != headway::Outcome::completed) return "not shown as completed";
  if (display.went_back) return "progress went back";

  auto unwanted = bus.open_session("a second one, canceled while it waits its turn");
  bus.cancel(unwanted.id());
  if (clone(unwanted, url, copy + "2")) return "the cancel did not stop the clone";
  bus.flush(std::chrono::seconds(30));
  if (display.outcome != headway::Outcome::canceled) return "not shown as canceled";
  if (std::filesystem::exists(copy + "2/file0")) return "the canceled clone was checked out";
  return nullptr;
}

}  // namespace

int main() {
  std::string directory = (std::filesystem::temp_directory_path() / "headway-git.XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) return 2;
  git_libgit2_init();
  int status = 2;
  try {
    const char* const wrong = what_went_wrong(directory);
    if (wrong != nullptr) std::fprintf(stderr, "%s\n", wrong);
    status = wrong == nullptr ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
  }
  git_libgit2_shutdown();
  std::filesystem::remove_all(directory);
  return status;
}
