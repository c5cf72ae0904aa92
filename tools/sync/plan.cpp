// SPDX-License-Identifier: MIT
#include "sync/plan.hpp"

#include <algorithm>

#include "display/escape.hpp"
#include "display/format.hpp"
#include "sync/path.hpp"
#include "sync/temporary.hpp"

namespace headway::tools {

namespace {

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

class Planner {
 public:
  Planner(const Tree& source, const Tree& destination, bool owners, Progress& progress,
          Problems& problems, std::string_view shown_source, std::string_view shown_destination)
      : source_(source),
        destination_(destination),
        owners_(owners),
        reporters_(progress.reporters()),
        problems_(problems),
        shown_source_(shown_source),
        shown_destination_(shown_destination),
        touched_(source.entries.size()),
        differs_(source.entries.size()),
        twins_(source.entries.size(), none) {}

  Plan run() {
    if (source_.entries.empty()) return {};
    reporters_.items.add_total(Role::source, Stage::change_enumeration,
                               static_cast<std::int64_t>(source_.entries.size()));
    if (!destination_.entries.empty()) twins_[0] = 0;
    compare_directory(0);
    for (std::uint32_t entry = 0; entry < source_.entries.size(); ++entry) {
      if (source_.entries[entry].kind == Kind::directory) compare_children(entry);
      if (canceled_) return {};
    }
    for (std::uint32_t entry = 0; entry < destination_.entries.size(); ++entry) {
      const Entry& candidate = destination_.entries[entry];
      if (is_leftover(candidate)) plan_.leftovers.push_back(entry);
    }
    for (std::uint32_t entry = static_cast<std::uint32_t>(source_.entries.size()); entry-- > 0;) {
      if (touched_[entry]) plan_.finishes.push_back({entry, differs_[entry]});
    }
    return std::move(plan_);
  }

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFFU;

  static bool is_leftover(const Entry& entry) {
    return (entry.kind == Kind::file || entry.kind == Kind::link) && is_temporary_name(entry.name);
  }

  [[nodiscard]] std::string shown(std::uint32_t entry) const {
    return join(shown_destination_, source_.path(entry));
  }

  void compared() {
    const Status status = reporters_.items.advance(Role::source, Stage::change_enumeration);
    if (should_stop(status)) canceled_ = true;
  }

  [[nodiscard]] bool same_attributes(const Entry& ours, const Entry& theirs) const {
    return (ours.kind == Kind::link || ours.mode == theirs.mode) &&
           same_time(ours.modified, theirs.modified) &&
           (!owners_ || (ours.uid == theirs.uid && ours.gid == theirs.gid));
  }

  void compare_directory(std::uint32_t entry) {
    compared();
    const bool there = twins_[entry] != none;
    if (there && same_attributes(source_.entries[entry], destination_.entries[twins_[entry]]))
      return;
    if (there) {
      touched_[entry] = true;
    } else {
      make(entry, Obstacle::none);
    }
    differs_[entry] = true;
    ++plan_.items;
  }

  void make(std::uint32_t directory, Obstacle obstacle) {
    plan_.directories.push_back({directory, Task::make_directory, obstacle});
    touched_[directory] = true;
    if (directory != 0) touched_[source_.entries[directory].parent] = true;
  }

  void act(std::uint32_t entry, Task task, Obstacle obstacle) {
    plan_.actions.push_back({entry, task, obstacle});
    ++plan_.items;
    if (task == Task::copy_file) plan_.bytes += source_.entries[entry].size;
    if (task != Task::set_attributes) touched_[source_.entries[entry].parent] = true;
  }

  // Both lists are sorted, so one pass over the two finds the twins.
  void compare_children(std::uint32_t directory) {
    const auto ours = source_.children(directory);
    const std::uint32_t twin = twins_[directory];
    std::span<const Entry> theirs;
    if (twin != none) theirs = destination_.children(twin);
    std::size_t next = 0;
    for (std::size_t i = 0; i < ours.size() && !canceled_; ++i) {
      while (next < theirs.size() && theirs[next].name < ours[i].name) ++next;
      const bool match = next < theirs.size() && theirs[next].name == ours[i].name;
      const auto entry = source_.entries[directory].first_child + static_cast<std::uint32_t>(i);
      compare_child(
          entry,
          match ? destination_.entries[twin].first_child + static_cast<std::uint32_t>(next) : none);
    }
  }

  void compare_child(std::uint32_t entry, std::uint32_t twin) {
    const Entry& ours = source_.entries[entry];
    const Entry* theirs = twin == none ? nullptr : &destination_.entries[twin];
    if (is_leftover(ours)) {
      compared();
      problems_.notice(join(shown_source_, source_.path(entry)),
                       "is left out: such names are reserved for temporary files");
      return;
    }
    switch (ours.kind) {
      case Kind::directory:
        if (theirs != nullptr && theirs->kind != Kind::directory) {
          compared();
          make(entry, Obstacle::file);
          differs_[entry] = true;
          ++plan_.items;
        } else {
          twins_[entry] = twin;
          compare_directory(entry);
        }
        return;
      case Kind::special:
        compared();
        problems_.notice(join(shown_source_, source_.path(entry)),
                         "is left out: it is neither a file, a directory nor a symbolic link");
        return;
      case Kind::file:
      case Kind::link: compared(); compare_leaf(entry, theirs);
    }
  }

  void compare_leaf(std::uint32_t entry, const Entry* theirs) {
    const Entry& ours = source_.entries[entry];
    const Task task = ours.kind == Kind::file ? Task::copy_file : Task::make_link;
    if (task == Task::make_link && !source_.targets.contains(entry))
      return;  // reported by the scan
    if (theirs == nullptr) return act(entry, task, Obstacle::none);
    if (theirs->kind == Kind::directory) {
      if (theirs->child_count == 0 && !theirs->unreadable)
        return act(entry, task, Obstacle::empty_directory);
      problems_.failed(
          shown(entry),
          ours.kind == Kind::file
              ? "is a directory that is not empty, where the source has a file: move it away"
              : "is a directory that is not empty, where the source has a link: move it away");
      return;
    }
    if (theirs->kind != ours.kind) return act(entry, task, Obstacle::file);
    if (!same_content(entry, *theirs)) return act(entry, task, Obstacle::file);
    if (!same_attributes(ours, *theirs)) return act(entry, Task::set_attributes, Obstacle::none);
  }

  [[nodiscard]] bool same_content(std::uint32_t entry, const Entry& theirs) const {
    const Entry& ours = source_.entries[entry];
    if (ours.kind == Kind::file)
      return ours.size == theirs.size && same_time(ours.modified, theirs.modified);
    const auto twin = static_cast<std::uint32_t>(&theirs - destination_.entries.data());
    const auto target = destination_.targets.find(twin);
    return target != destination_.targets.end() && target->second == source_.targets.at(entry);
  }

  const Tree& source_;
  const Tree& destination_;
  bool owners_;
  Reporters reporters_;
  Problems& problems_;
  std::string_view shown_source_;
  std::string_view shown_destination_;
  Plan plan_;
  /// Source directories whose twins need finishing.
  std::vector<bool> touched_;
  /// Source directories that are items to bring up to date.
  std::vector<bool> differs_;
  /// Of source directories: the destination's directory, or none.
  std::vector<std::uint32_t> twins_;
  bool canceled_ = false;
};

}  // namespace

Plan make_plan(const Tree& source, const Tree& destination, bool owners, Progress& progress,
               Problems& problems, std::string_view shown_source,
               std::string_view shown_destination) {
  return Planner(source, destination, owners, progress, problems, shown_source, shown_destination)
      .run();
}

std::vector<std::string> describe(const Plan& plan, const Tree& source, const Tree& destination,
                                  bool utf8) {
  std::vector<std::string> lines;
  const auto add = [&](std::string_view verb, const Tree& tree, std::uint32_t entry,
                       std::string_view more = {}) {
    lines.push_back(std::string(verb) + " " + quoted(tree.path(entry), utf8) + std::string(more));
  };
  for (const std::uint32_t entry : plan.leftovers) add("remove leftover", destination, entry);
  for (const Action& action : plan.directories) {
    add(action.obstacle == Obstacle::none ? "create directory" : "replace by directory", source,
        action.entry);
  }
  for (const Action& action : plan.actions) {
    const Entry& entry = source.entries[action.entry];
    const bool replace = action.obstacle != Obstacle::none;
    switch (action.task) {
      case Task::copy_file:
        add(replace ? "replace file" : "copy file", source, action.entry,
            " (" + format_bytes(entry.size) + ")");
        break;
      case Task::make_link:
        add(replace ? "replace link" : "create link", source, action.entry,
            " -> " + quoted(source.targets.at(action.entry), utf8));
        break;
      case Task::set_attributes: add("set attributes of", source, action.entry); break;
      case Task::make_directory: break;
    }
  }
  std::vector<bool> made(source.entries.size());
  for (const Action& action : plan.directories) made[action.entry] = true;
  for (auto finish = plan.finishes.rbegin(); finish != plan.finishes.rend(); ++finish) {
    if (finish->counted && !made[finish->directory])
      add("set attributes of", source, finish->directory);
  }
  return lines;
}

}  // namespace headway::tools
