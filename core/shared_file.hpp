// SPDX-License-Identifier: MIT
//
// SharedFile: memory of this process that others find as a file, while this one lives. Each system answers in a folder of
// core/platform/; where there is none, opening throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace headway::detail {

class SharedFile {
 public:
  /// Mapped at once as long as it may ever become, and in being for its first bytes, which are 0. Nobody sees it yet.
  /// Throws std::system_error.
  SharedFile(std::size_t first_bytes, std::size_t most_bytes);
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  /// The memory is gone, and so is the name.
  ~SharedFile();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  /// So many bytes are in being from now on. False if there is no room for them. One thread at a time.
  [[nodiscard]] bool grow(std::size_t bytes) noexcept;

  /// Gives it a name: others find it. Throws std::system_error.
  void publish();
  /// Takes the name away; those who have it open keep what they see. Any thread, but after publish() has returned, and
  /// never in the child of a fork, where a bus is left as it is.
  void unpublish() noexcept;

  // For the fork handlers.
  static void lock_all() noexcept;
  static void unlock_all() noexcept;
  /// In the child, which would otherwise keep what its parent has locked.
  static void give_locks_up() noexcept;

 private:
  std::byte* data_ = nullptr;
  std::size_t most_bytes_;
  int fd_ = -1;
  /// The same file opened once more: the mapping, which the child of a fork keeps, is not to keep the lock.
  int lock_fd_ = -1;
  std::string name_;

  static SharedFile* first_;
  SharedFile* previous_ = nullptr;
  SharedFile* next_ = nullptr;
};

/// The file name of the running program; empty if it is not known.
[[nodiscard]] std::string program_name();

/// This process, as others know it.
struct ProcessIdentity {
  std::uint64_t id = 0;
  /// What tells it from a later one with the same id, in a unit of the system's; 0: not known.
  std::uint64_t started = 0;
};
[[nodiscard]] ProcessIdentity this_process() noexcept;

/// What a variable of the environment says; null if it is not set, or if the program runs with more rights than whoever
/// set it.
[[nodiscard]] const char* trusted_environment(const char* variable) noexcept;

}  // namespace headway::detail
