// SPDX-License-Identifier: MIT
#include "export/textfile.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "display/choose.hpp"
#include "display/escape.hpp"
#include "fd.hpp"
#include "sync/temporary.hpp"

namespace headway::tools {

namespace {

std::string shown(const std::string& path) { return quoted(path, locale_is_utf8()); }

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error("cannot write to " + shown(path) + ": " +
                           std::generic_category().message(errno));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

void replace_file(const std::string& path, std::string_view text) {
  const std::size_t slash = path.rfind('/');
  const std::string name = path.substr(slash + 1);  // npos + 1 is 0
  const std::string folder_path = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (name.empty()) throw std::invalid_argument(shown(path) + " names no file: give one");

  const Fd folder(::open(folder_path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) fail(path);
  struct stat status {};
  if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      !S_ISREG(status.st_mode)) {
    throw std::invalid_argument(
        shown(path) + " is no regular file, and would be replaced by one: give another name");
  }
  Temporary temporary(folder.get());
  const Fd file(temporary.create_file());
  // On the disk before it gets its name: after a crash the name never stands for half a file.
  if (!file || !write_all(file.get(), text) || ::fchmod(file.get(), 0644) != 0 ||
      ::fsync(file.get()) != 0 || !temporary.install(name)) {
    fail(path);
  }
}

}  // namespace headway::tools
