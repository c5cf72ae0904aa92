// SPDX-License-Identifier: MIT
//
// Progress: how this program puts its work on the bus.
//
// A session counts one unit a stage, and here two are of interest. So there are two sessions with the
// same keys: "sync: items" counts files, directories and links, "sync: bytes" counts their data. Both
// merge as `sum`: each thread advances on reporters of its own (Reporters), and nobody waits for anybody.
//
//   source      change_detection    entries found, and the bytes of the files among them
//   destination change_detection    the same on the other side
//   source      change_enumeration  entries compared (items only)
//   destination change_application  what is brought up to date, and the bytes written
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>

#include <headway/headway.hpp>

namespace headway::tools {

/// One thread's handle into one session. Silent, it reports nothing: how a run without reports is measured.
class Share {
 public:
  Share(headway::Reporter reporter, bool silent)
      : reporter_(std::move(reporter)), silent_(silent) {}

  Status advance(Role role, Stage stage, std::int64_t completed = 1) noexcept {
    return silent_ ? Status::ok : reporter_.advance(role, stage, completed);
  }
  Status add_total(Role role, Stage stage, std::int64_t more) noexcept {
    return silent_ ? Status::ok : reporter_.add_total(role, stage, more);
  }
  [[nodiscard]] bool canceled() const noexcept { return reporter_.canceled(); }

 private:
  headway::Reporter reporter_;
  bool silent_;
};

/// One thread's handles into both sessions.
struct Reporters {
  Share items;
  Share bytes;
};

class Progress {
 public:
  Progress(headway::Bus& bus, bool silent)
      : silent_(silent),
        items_(bus.open_session("sync: items", {.merge = Merge::sum})),
        bytes_(bus.open_session("sync: bytes", {.merge = Merge::sum,
                                                .units = {Unit::bytes, Unit::bytes, Unit::bytes}})),
        totals_(reporters()) {}

  [[nodiscard]] Reporters reporters() {
    return {Share(items_.reporter(), silent_), Share(bytes_.reporter(), silent_)};
  }

  /// Any thread. Totals are kept on one pair of reporters, since a share cannot go below zero: the
  /// thread that finds a file shorter than planned is not the one that planned it. Rare, hence the lock.
  void add_totals(Role role, Stage stage, std::int64_t items, std::int64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (items != 0) totals_.items.add_total(role, stage, items);
    if (bytes != 0) totals_.bytes.add_total(role, stage, bytes);
  }

  /// What is being worked on, for people.
  void note(std::string_view path) {
    if (!silent_) items_.note(path);
  }

  [[nodiscard]] SessionId noted_session() const { return items_.id(); }

  void cancel() {
    items_.cancel();
    bytes_.cancel();
  }
  [[nodiscard]] bool canceled() const { return items_.canceled(); }

  void close(Outcome outcome) {
    items_.close(outcome);
    bytes_.close(outcome);
  }

 private:
  bool silent_;
  headway::Session items_;
  headway::Session bytes_;
  std::mutex mutex_;
  Reporters totals_;
};

}  // namespace headway::tools
