// SPDX-License-Identifier: MIT
//
// Copying the data of one file: by copy_file_range() where the kernel can, else by reading and writing.
// Holes stay holes.
#pragma once

#include <cstdint>
#include <functional>

namespace headway::tools {

inline constexpr std::uint64_t default_block = std::uint64_t{1} << 20U;

enum class CopyEnd : std::uint8_t {
  done,
  /// The function asked for it.
  stopped,
  /// errno says why.
  read_failed,
  write_failed
};

struct CopyResult {
  CopyEnd end = CopyEnd::done;
  int error = 0;
  /// Bytes from the start that are dealt with, holes included. Less than `size` at CopyEnd::done: the
  /// source has become shorter.
  std::uint64_t copied = 0;
};

/// Copies `size` bytes of `in` to the empty file `out`. `advance(bytes)` is called after each block of at
/// most `block` bytes and after each hole; it returns false to stop.
CopyResult copy_data(int in, int out, std::uint64_t size, std::uint64_t block,
                     const std::function<bool(std::uint64_t)>& advance);

}  // namespace headway::tools
