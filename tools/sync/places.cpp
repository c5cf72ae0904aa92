// SPDX-License-Identifier: MIT
#include "sync/places.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "display/escape.hpp"

namespace headway::tools {

namespace {

std::string text_of(int error) { return std::generic_category().message(error); }

bool same_directory(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

struct stat status_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw Refused("cannot read a directory: " + text_of(errno));
  return status;
}

// True if `directory` is `ancestor` or lies below it: goes up until the root, which is its own parent.
bool is_within(int directory, const struct stat& ancestor) {
  Fd held;
  for (;;) {
    const struct stat here = status_of(directory);
    if (same_directory(here, ancestor)) return true;
    Fd parent(::openat(directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!parent || same_directory(status_of(parent.get()), here)) return false;
    held = std::move(parent);
    directory = held.get();
  }
}

// "a/b//" has the parent "a", "b" has ".".
std::string parent_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

Fd open_source(const std::string& source, bool utf8) {
  Fd fd(::open(source.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) return fd;
  const std::string name = "source " + quoted(source, utf8);
  if (source.empty()) throw Refused("the source is empty: give an existing directory");
  if (errno == ENOENT) throw Refused(name + " does not exist: give an existing directory");
  if (errno == ENOTDIR)
    throw Refused(name + " is not a directory: give the directory to copy from");
  throw Refused(name + " cannot be read: " + text_of(errno) +
                ": give a directory that you may read");
}

void require_writable(int fd, const char* path, const std::string& name) {
  if (::faccessat(fd, path, W_OK | X_OK, AT_EACCESS) == 0) return;
  throw Refused(name + " cannot be written to: " + text_of(errno) +
                ": give a directory that you may write to");
}

}  // namespace

Places open_places(const std::string& source, const std::string& destination, bool dry_run,
                   bool utf8) {
  Places places;
  places.source = open_source(source, utf8);
  const struct stat source_status = status_of(places.source.get());

  if (destination.empty()) throw Refused("the destination is empty: give a directory");
  const std::string name = "destination " + quoted(destination, utf8);
  places.destination = Fd(::open(destination.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  Fd parent;
  if (!places.destination) {
    struct stat status {};
    if (errno == ENOTDIR) {
      throw Refused(name + " is not a directory: give a directory, or a name that is free");
    }
    if (errno != ENOENT) {
      throw Refused(name + " cannot be read: " + text_of(errno) +
                    ": give a directory that you may read and write");
    }
    if (::lstat(destination.c_str(), &status) == 0) {
      throw Refused(name +
                    " is a symbolic link to nothing: give a directory, or a name that is free");
    }
    const std::string parent_path = parent_of(destination);
    parent = Fd(::open(parent_path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!parent) {
      throw Refused(name + " cannot be created: its parent " + quoted(parent_path, utf8) +
                    " is not there: create that first");
    }
  }

  const int nearest = places.destination ? places.destination.get() : parent.get();
  if (places.destination && same_directory(source_status, status_of(nearest))) {
    throw Refused(name + " is the source itself: give another directory");
  }
  if (is_within(nearest, source_status)) {
    throw Refused(name + " lies inside the source " + quoted(source, utf8) +
                  " and would be copied into itself: give a directory outside of it");
  }
  if (places.destination && is_within(places.source.get(), status_of(nearest))) {
    throw Refused("source " + quoted(source, utf8) + " lies inside the " + name +
                  " and could overwrite itself: give directories outside of each other");
  }
  if (dry_run) return places;

  if (!places.destination) {
    require_writable(parent.get(), ".", "the parent of " + name);
    // Private until it gets the permissions of the source at the end.
    if (::mkdir(destination.c_str(), 0700) != 0) {
      throw Refused(name + " cannot be created: " + text_of(errno));
    }
    places.destination = Fd(::open(destination.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!places.destination) throw Refused(name + " cannot be opened: " + text_of(errno));
  }
  require_writable(places.destination.get(), ".", name);
  // Two runs would take each other's temporary files for leftovers. Not every file system has locks.
  if (::flock(places.destination.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Refused(name + " is being written to by another headway sync: wait until it has ended");
  }
  return places;
}

}  // namespace headway::tools
