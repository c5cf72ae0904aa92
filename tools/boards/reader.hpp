// SPDX-License-Identifier: MIT
//
// BoardReader: one board, mapped read-only. It believes nothing that stands in the file: sizes, lengths and
// enumerators are checked, loops are bounded, and a file that becomes shorter while it is read is an error, not
// a SIGBUS. Not synchronized: one thread at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>

#include "boards/service.hpp"
#include "fd.hpp"

namespace headway::tools {

/// Says which file, what is wrong with it and what would be right.
class BoardError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Bytes of a file, to be read. Unmapped with it.
class Mapping {
 public:
  Mapping() noexcept = default;
  /// `data`: what mmap(2) gave.
  Mapping(const void* data, std::size_t bytes) noexcept
      : data_(static_cast<const std::byte*>(data)), bytes_(bytes) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Mapping();

  [[nodiscard]] const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
};

class BoardReader {
 public:
  /// Throws BoardError unless the file is a regular one of this user's, that nobody else may read or write, and
  /// a board of a version that is known. Links are not followed.
  explicit BoardReader(std::filesystem::path file);
  BoardReader(const BoardReader&) = delete;
  BoardReader& operator=(const BoardReader&) = delete;
  ~BoardReader() = default;

  /// Throws BoardError if the file has become shorter.
  [[nodiscard]] ServiceView read();
  /// False once the process that wrote it is gone.
  [[nodiscard]] bool alive() const noexcept;
  /// True if the file still has its name: a bus removes it as it ends.
  [[nodiscard]] bool linked() const noexcept;

 private:
  [[noreturn]] void fail(const std::string& what) const;
  void map(std::size_t bytes);
  void check_header();
  /// Follows the file as it grows. Returns how many slots it has now.
  [[nodiscard]] std::size_t map_slots();
  [[nodiscard]] const board::Header& header() const noexcept;

  std::filesystem::path file_;
  Fd fd_;
  Mapping mapped_;
  /// As they were checked.
  board::HeaderFacts facts_{};
};

}  // namespace headway::tools
