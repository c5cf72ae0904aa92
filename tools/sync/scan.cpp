// SPDX-License-Identifier: MIT
#include "sync/scan.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <memory>
#include <stdexcept>

#include "sync/directories.hpp"
#include "sync/path.hpp"

namespace headway::tools {

namespace {

Kind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return Kind::file;
  if (S_ISDIR(mode)) return Kind::directory;
  if (S_ISLNK(mode)) return Kind::link;
  return Kind::special;
}

Entry make_entry(std::string name, std::uint32_t parent, const struct stat& status) {
  return {.name = std::move(name),
          .parent = parent,
          .kind = kind_of(status.st_mode),
          .mode = status.st_mode & 07777U,
          .uid = status.st_uid,
          .gid = status.st_gid,
          .size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0,
          .modified = status.st_mtim};
}

struct Closer {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

class Scanner {
 public:
  Scanner(int root, std::string_view shown_root, Role role, Progress& progress, Problems& problems)
      : root_(root),
        shown_root_(shown_root),
        role_(role),
        reporters_(progress.reporters()),
        problems_(problems),
        directories_(tree_, root) {}

  Tree run() {
    struct stat status {};
    if (::fstat(root_, &status) != 0) {
      problems_.failed("read", shown_root_, errno);
      return std::move(tree_);
    }
    tree_.entries.push_back(make_entry({}, 0, status));
    count(tree_.entries.front());
    // Depth first, so that the parents of what comes next are mostly still open.
    std::vector<std::uint32_t> todo = {0};
    while (!todo.empty() && !canceled_) {
      const std::uint32_t directory = todo.back();
      todo.pop_back();
      read(directory);
      const Entry& entry = tree_.entries[directory];
      for (std::uint32_t child = entry.first_child + entry.child_count;
           child-- > entry.first_child;) {
        if (tree_.entries[child].kind == Kind::directory) todo.push_back(child);
      }
    }
    // Until now the totals were unknown: nobody can tell how large a tree is but by reading it.
    reporters_.items.add_total(role_, Stage::change_detection, items_);
    if (bytes_ > 0) reporters_.bytes.add_total(role_, Stage::change_detection, bytes_);
    return std::move(tree_);
  }

 private:
  void count(const Entry& entry) {
    ++items_;
    const Status status = reporters_.items.advance(role_, Stage::change_detection);
    canceled_ = should_stop(status);
    if (entry.size == 0) return;
    const auto size = static_cast<std::int64_t>(entry.size);
    bytes_ += size;
    reporters_.bytes.advance(role_, Stage::change_detection, size);
  }

  void unreadable(std::uint32_t directory, int error) {
    problems_.failed("read directory", join(shown_root_, tree_.path(directory)), error);
    tree_.entries[directory].unreadable = true;
  }

  void read(std::uint32_t directory) {
    const int fd = directories_.open(directory);
    // A descriptor of its own: two streams on one would share their position.
    const int stream_fd = fd < 0 ? -1 : ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, Closer> stream(stream_fd < 0 ? nullptr : ::fdopendir(stream_fd));
    if (!stream) return unreadable(directory, errno);

    std::vector<Entry> found;
    while (!canceled_) {
      errno = 0;
      const dirent* item = ::readdir(stream.get());
      if (item == nullptr) {
        if (errno != 0) unreadable(directory, errno);
        break;
      }
      const std::string_view name = item->d_name;
      if (name == "." || name == "..") continue;
      struct stat status {};
      if (::fstatat(stream_fd, item->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        problems_.failed("read", join(shown_root_, join(tree_.path(directory), name)), errno);
        continue;
      }
      found.push_back(make_entry(std::string(name), directory, status));
      count(found.back());
    }

    if (tree_.entries.size() + found.size() > std::numeric_limits<std::uint32_t>::max()) {
      throw std::length_error("a tree of more than 4,294,967,295 entries");
    }
    std::sort(found.begin(), found.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    const auto first = static_cast<std::uint32_t>(tree_.entries.size());
    tree_.entries[directory].first_child = first;
    tree_.entries[directory].child_count = static_cast<std::uint32_t>(found.size());
    for (Entry& entry : found) {
      if (entry.kind == Kind::link) read_target(stream_fd, entry);
      tree_.entries.push_back(std::move(entry));
    }
  }

  void read_target(int directory, const Entry& link) {
    std::array<char, PATH_MAX> target;
    const ssize_t length = ::readlinkat(directory, link.name.c_str(), target.data(), target.size());
    if (length < 0) {
      problems_.failed("read link", join(shown_root_, join(tree_.path(link.parent), link.name)),
                       errno);
      return;
    }
    tree_.targets.emplace(static_cast<std::uint32_t>(tree_.entries.size()),
                          std::string(target.data(), static_cast<std::size_t>(length)));
  }

  int root_;
  std::string_view shown_root_;
  Role role_;
  Reporters reporters_;
  Problems& problems_;
  Tree tree_;
  Directories directories_;
  std::int64_t items_ = 0;
  std::int64_t bytes_ = 0;
  bool canceled_ = false;
};

}  // namespace

Tree scan(int root, std::string_view shown_root, Role role, Progress& progress,
          Problems& problems) {
  return Scanner(root, shown_root, role, progress, problems).run();
}

}  // namespace headway::tools
