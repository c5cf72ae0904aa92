// SPDX-License-Identifier: MIT
//
// Directories: opens the directories of a tree, and keeps the last few open.
//
// Each step goes from a parent to its child by openat() with O_NOFOLLOW. So no path is ever longer than
// one name, however deep the tree is, and a directory that somebody swaps for a symbolic link meanwhile
// is refused, not followed. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fd.hpp"
#include "sync/tree.hpp"

namespace headway::tools {

class Directories {
 public:
  /// `root` stays the caller's. The tree may grow meanwhile. `kept`: descriptors held at most, > 0.
  Directories(const Tree& tree, int root, std::size_t kept = 16)
      : tree_(tree), root_(root), slots_(kept) {}

  /// The descriptor of directory `index`, valid until the next call; -1 with errno set.
  int open(std::uint32_t index);

 private:
  struct Slot {
    std::uint32_t index = 0;
    Fd fd;
  };
  [[nodiscard]] int find(std::uint32_t index) const;

  const Tree& tree_;
  int root_;
  std::vector<Slot> slots_;
  std::size_t oldest_ = 0;
};

}  // namespace headway::tools
