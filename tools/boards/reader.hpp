// SPDX-License-Identifier: MIT
//
// BoardReader: one board, mapped read-only. It believes nothing that stands in the file: sizes, lengths and
// enumerators are checked, loops are bounded, and a file that becomes shorter while it is read is an error, not
// a SIGBUS. Not synchronized: one thread at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>

#include "boards/service.hpp"

namespace headway::tools {

/// Says which file, what is wrong with it and what would be right.
class BoardError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class BoardReader {
 public:
  /// Throws BoardError unless the file is a regular one of this user's, that nobody else may read or write, and
  /// a board of a version that is known. Links are not followed.
  explicit BoardReader(const std::filesystem::path& file);
  BoardReader(const BoardReader&) = delete;
  BoardReader& operator=(const BoardReader&) = delete;
  ~BoardReader();

  /// Throws BoardError if the file has become shorter.
  [[nodiscard]] ServiceView read();
  /// False once the process that wrote it is gone.
  [[nodiscard]] bool alive() const noexcept;
  /// True if the file still has its name: a bus removes it as it ends.
  [[nodiscard]] bool linked() const noexcept;

 private:
  void map(std::size_t bytes);

  std::filesystem::path file_;
  int fd_ = -1;
  const std::byte* mapped_ = nullptr;
  std::size_t mapped_bytes_ = 0;
};

}  // namespace headway::tools
