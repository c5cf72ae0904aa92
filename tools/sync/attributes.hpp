// SPDX-License-Identifier: MIT
//
// Setting owner, permissions and time, in the order that keeps all three: a change of owner clears the
// set-user-ID bit, and whatever is done last must not touch the time.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <string>

#include "sync/tree.hpp"

namespace headway::tools {

struct Attributes {
  mode_t mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  timespec modified{};

  static Attributes of(const Entry& entry) {
    return {entry.mode, entry.uid, entry.gid, entry.modified};
  }
  static Attributes of(const struct stat& status) {
    return {status.st_mode & 07777U, status.st_uid, status.st_gid, status.st_mtim};
  }
};

/// Of an open file or directory; false with errno set.
inline bool set_attributes(int fd, const Attributes& wanted, bool owners) {
  const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, wanted.modified};
  return (!owners || ::fchown(fd, wanted.uid, wanted.gid) == 0) && ::fchmod(fd, wanted.mode) == 0 &&
         ::futimens(fd, times.data()) == 0;
}

/// Of a name, which is not followed if it is a symbolic link (those have no permissions of their own).
inline bool set_attributes(int directory, const std::string& name, Kind kind,
                           const Attributes& wanted, bool owners) {
  const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, wanted.modified};
  const int flags = AT_SYMLINK_NOFOLLOW;
  return (!owners || ::fchownat(directory, name.c_str(), wanted.uid, wanted.gid, flags) == 0) &&
         (kind == Kind::link || ::fchmodat(directory, name.c_str(), wanted.mode, flags) == 0) &&
         ::utimensat(directory, name.c_str(), times.data(), flags) == 0;
}

}  // namespace headway::tools
