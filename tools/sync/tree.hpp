// SPDX-License-Identifier: MIT
//
// Tree: what a scan found, in one vector. Entry 0 is the root; a parent always stands before its
// children, and the children of one directory stand together, sorted by name as bytes. So ascending order
// makes directories before what is in them, descending order finishes them after it, and two
// directories are compared like sorted lists.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace headway::tools {

enum class Kind : std::uint8_t { file, directory, link, special };

struct Entry {
  std::string name;
  std::uint32_t parent = 0;
  /// Directories: where the children stand.
  std::uint32_t first_child = 0;
  std::uint32_t child_count = 0;
  Kind kind = Kind::special;
  /// The directory could not be read to its end; what is in it is not known.
  bool unreadable = false;
  mode_t mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t size = 0;
  timespec modified{};
};

struct Tree {
  std::vector<Entry> entries;
  /// Targets of symbolic links, by index.
  std::unordered_map<std::uint32_t, std::string> targets;

  [[nodiscard]] std::span<const Entry> children(std::uint32_t directory) const {
    const Entry& entry = entries[directory];
    return std::span(entries).subspan(entry.first_child, entry.child_count);
  }

  /// Relative to the root; "." for the root itself. Raw bytes: escape before showing.
  [[nodiscard]] std::string path(std::uint32_t index) const {
    if (index == 0) return ".";
    std::vector<std::uint32_t> chain;
    for (; index != 0; index = entries[index].parent) chain.push_back(index);
    std::string path;
    for (auto link = chain.rbegin(); link != chain.rend(); ++link) {
      if (!path.empty()) path += '/';
      path += entries[*link].name;
    }
    return path;
  }
};

}  // namespace headway::tools
