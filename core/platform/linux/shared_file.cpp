// SPDX-License-Identifier: MIT
//
// A file without a name (O_TMPFILE) in a folder of memory, locked and filled before it is given one: whoever finds it finds
// it whole. See include/headway/board.hpp for what others are promised.
#include "core/shared_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

namespace headway::detail {

namespace {

/// The folder of POSIX's shared memory.
std::string folder() {
  const char* const chosen = trusted_environment("HEADWAY_BOARD_FOLDER");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/dev/shm";
}

/// For system calls that take no descriptor.
std::string path_of(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

/// Guards the list of all files.
constinit std::mutex all_mutex;

/// False if somebody holds its lock, or if that cannot be known.
bool is_dead(int folder_fd, const char* name) noexcept {
  const int fd =
      ::openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat status {};
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  const bool dead = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                    status.st_uid == ::geteuid() && ::fcntl(fd, F_OFD_GETLK, &lock) == 0 &&
                    lock.l_type == F_UNLCK;
  ::close(fd);
  return dead;
}

/// What processes that were killed have left, so that one that is started again and again does not fill the memory.
void remove_dead_files(const std::string& where) noexcept {
  DIR* const all = ::opendir(where.c_str());
  if (all == nullptr) return;
  while (const dirent* const entry = ::readdir(all)) {
    // headway.PID.STAMP
    const std::string_view name(entry->d_name);
    constexpr std::string_view begin = "headway.";
    const bool ours = name.starts_with(begin) && name.size() > begin.size() &&
                      name.find_first_not_of("0123456789.", begin.size()) == std::string_view::npos;
    if (ours && is_dead(::dirfd(all), entry->d_name)) ::unlinkat(::dirfd(all), entry->d_name, 0);
  }
  ::closedir(all);
}

/// A file over the limit would raise SIGXFSZ.
bool within_limit(std::size_t bytes) noexcept {
  rlimit limit{};
  return ::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
         bytes <= limit.rlim_cur;
}

/// 0, or the error. Its pages are there afterwards: touching them cannot fail for lack of room.
int reserve(int fd, std::size_t bytes) noexcept {
  if (!within_limit(bytes)) return EFBIG;
  int error = EINTR;
  while (error == EINTR) error = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  return error;
}

}  // namespace

constinit SharedFile* SharedFile::first_ = nullptr;

void SharedFile::lock_all() noexcept { all_mutex.lock(); }
void SharedFile::unlock_all() noexcept { all_mutex.unlock(); }
void SharedFile::give_locks_up() noexcept {
  for (SharedFile* file = first_; file != nullptr; file = file->next_) {
    ::close(file->lock_fd_);
    file->lock_fd_ = -1;
  }
}

SharedFile::SharedFile(std::size_t first_bytes, std::size_t most_bytes) : most_bytes_(most_bytes) {
  const std::string where = folder();
  const auto give_up = [&](int error, const std::string& what) {
    if (data_ != nullptr) ::munmap(data_, most_bytes_);
    if (lock_fd_ >= 0) ::close(lock_fd_);
    if (fd_ >= 0) ::close(fd_);
    throw std::system_error(error, std::generic_category(), "headway: " + what + " in " + where);
  };
  fd_ = ::open(where.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd_ < 0) give_up(errno, "no file of shared memory can be made");
  // Whatever the umask says.
  if (::fchmod(fd_, S_IRUSR | S_IWUSR) != 0) give_up(errno, "a mode cannot be set");
  lock_fd_ = ::open(path_of(fd_).c_str(), O_RDWR | O_CLOEXEC);
  if (lock_fd_ < 0) give_up(errno, "a file cannot be opened again");
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  if (::fcntl(lock_fd_, F_OFD_SETLK, &lock) != 0) give_up(errno, "a file cannot be locked");
  if (const int error = reserve(fd_, first_bytes); error != 0) {
    give_up(error,
            "there is no room for " + std::to_string(first_bytes) + " bytes of shared memory");
  }
  void* const data = ::mmap(nullptr, most_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (data == MAP_FAILED) give_up(errno, "a file cannot be mapped");
  data_ = static_cast<std::byte*>(data);
  const std::lock_guard guard(all_mutex);
  next_ = first_;
  if (next_ != nullptr) next_->previous_ = this;
  first_ = this;
}

SharedFile::~SharedFile() {
  unpublish();
  {
    const std::lock_guard guard(all_mutex);
    (previous_ != nullptr ? previous_->next_ : first_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
  }
  if (lock_fd_ >= 0) ::close(lock_fd_);
  ::close(fd_);
  ::munmap(data_, most_bytes_);
}

bool SharedFile::grow(std::size_t bytes) noexcept {
  return bytes <= most_bytes_ && reserve(fd_, bytes) == 0;
}

void SharedFile::publish() {
  const std::string where = folder();
  remove_dead_files(where);
  const std::string self = path_of(fd_);
  const std::string first = where + "/headway." + std::to_string(::getpid()) + ".";
  // A name is never used twice, so that who removes a dead file cannot hit a living one.
  auto stamp = std::chrono::system_clock::now().time_since_epoch().count();
  constexpr int tries = 100;
  for (int i = 0; i < tries; ++i, ++stamp) {
    std::string name = first + std::to_string(stamp);
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      name_ = std::move(name);
      return;
    }
    if (errno != EEXIST) break;
  }
  throw std::system_error(errno, std::generic_category(),
                          "headway: a file cannot be given a name in " + where);
}

void SharedFile::unpublish() noexcept {
  if (name_.empty()) return;
  ::unlink(name_.c_str());
  name_.clear();
}

std::string program_name() { return ::program_invocation_short_name; }

ProcessIdentity this_process() noexcept {
  ProcessIdentity self;
  self.id = static_cast<std::uint64_t>(::getpid());
  std::FILE* const file = std::fopen("/proc/self/stat", "re");
  if (file == nullptr) return self;
  std::array<char, 1024> text{};
  const std::size_t length = std::fread(text.data(), 1, text.size() - 1, file);
  std::fclose(file);
  // Field 22. The second is the program's name in parentheses, and may have anything in it.
  const std::string_view all(text.data(), length);
  std::size_t at = all.rfind(')');
  constexpr int blanks_before_it = 20;
  for (int i = 0; i < blanks_before_it && at != std::string_view::npos; ++i)
    at = all.find(' ', at + 1);
  if (at != std::string_view::npos) self.started = std::strtoull(text.data() + at + 1, nullptr, 10);
  return self;
}

const char* trusted_environment(const char* variable) noexcept { return ::secure_getenv(variable); }

}  // namespace headway::detail
