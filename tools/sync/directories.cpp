// SPDX-License-Identifier: MIT
#include "sync/directories.hpp"

#include <fcntl.h>

#include <utility>

namespace headway::tools {

int Directories::find(std::uint32_t index) const {
  if (index == 0) return root_;
  for (const Slot& slot : slots_) {
    if (slot.fd && slot.index == index) return slot.fd.get();
  }
  return -1;
}

int Directories::open(std::uint32_t index) {
  // Up to the nearest one that is open ...
  std::vector<std::uint32_t> missing;
  int fd = find(index);
  while (fd < 0) {
    missing.push_back(index);
    index = tree_.entries[index].parent;
    fd = find(index);
  }
  // ... and down again. Replacing the oldest slot never closes the one just opened, but with a single
  // slot it would close the parent too early: the swap keeps it until the child is open.
  for (auto next = missing.rbegin(); next != missing.rend(); ++next) {
    Fd child(::openat(fd, tree_.entries[*next].name.c_str(),
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!child) return -1;
    fd = child.get();
    slots_[oldest_] = Slot{*next, std::move(child)};
    oldest_ = (oldest_ + 1) % slots_.size();
  }
  return fd;
}

}  // namespace headway::tools
