// SPDX-License-Identifier: MIT
//
// Plan: the enumeration stage. Compares two trees and lists what makes the destination like the source.
// Nothing in the destination is deleted but what has to make room, and the leftovers of a killed run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync/problems.hpp"
#include "sync/progress.hpp"
#include "sync/tree.hpp"

namespace headway::tools {

enum class Task : std::uint8_t {
  make_directory,
  copy_file,
  make_link,
  /// The content is right; permissions, owner or time are not.
  set_attributes
};

/// What stands at the target and has to go first.
enum class Obstacle : std::uint8_t { none, file, empty_directory };

struct Action {
  /// Index in the source tree.
  std::uint32_t entry = 0;
  Task task = Task::copy_file;
  Obstacle obstacle = Obstacle::none;
};

/// A directory gets its attributes last, since every change in it changes its time.
struct Finish {
  std::uint32_t directory = 0;
  /// One of the items to bring up to date; otherwise it is only touched because of what is in it.
  bool counted = false;
};

struct Plan {
  /// Parents first.
  std::vector<Action> directories;
  /// Files, links, attributes: in any order, once the directories are there.
  std::vector<Action> actions;
  /// Children first.
  std::vector<Finish> finishes;
  /// Indexes in the destination tree.
  std::vector<std::uint32_t> leftovers;
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
};

/// With `owners` the owner and group are compared, too. Conflicts that cannot be resolved without losing
/// something are reported to `problems` and left out.
Plan make_plan(const Tree& source, const Tree& destination, bool owners, Progress& progress,
               Problems& problems, std::string_view shown_source,
               std::string_view shown_destination);

/// The plan in words, one line an action.
std::vector<std::string> describe(const Plan& plan, const Tree& source, const Tree& destination,
                                  bool utf8);

}  // namespace headway::tools
