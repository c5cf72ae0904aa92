// SPDX-License-Identifier: MIT
#include "sync/copy.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace headway::tools {

namespace {

constexpr std::uint64_t largest_buffer = std::uint64_t{256} << 10U;

class Copier {
 public:
  Copier(int in, int out, std::uint64_t size, std::uint64_t block,
         const std::function<bool(std::uint64_t)>& advance)
      : in_(in), out_(out), size_(size), block_(block), advance_(advance) {}

  CopyResult run() {
    // The length first: what is not written then is a hole.
    if (::ftruncate(out_, static_cast<off_t>(size_)) != 0) return failed(CopyEnd::write_failed);
    while (result_.end == CopyEnd::done && at_ < size_ && !end_of_file_) {
      const std::uint64_t data = next_data();
      if (data > at_) {
        const std::uint64_t hole = data - at_;
        at_ = data;
        if (!advance_(hole)) result_.end = CopyEnd::stopped;
      } else {
        copy_until(end_of_data());
      }
    }
    result_.copied = at_;
    if (result_.end == CopyEnd::done && at_ < size_ &&
        ::ftruncate(out_, static_cast<off_t>(at_)) != 0) {
      return failed(CopyEnd::write_failed);
    }
    return result_;
  }

 private:
  CopyResult failed(CopyEnd end) {
    result_.end = end;
    result_.error = errno;
    result_.copied = at_;
    return result_;
  }

  // Where the next data starts. A file system that knows no holes has data everywhere.
  [[nodiscard]] std::uint64_t next_data() const {
    const off_t data = ::lseek(in_, static_cast<off_t>(at_), SEEK_DATA);
    if (data >= 0) return std::min(static_cast<std::uint64_t>(data), size_);
    return errno == ENXIO ? hole_at_the_end() : at_;
  }

  // ENXIO: no data from here on. That may mean a hole up to the end, or an end before our position.
  [[nodiscard]] std::uint64_t hole_at_the_end() const {
    const off_t end = ::lseek(in_, 0, SEEK_END);
    return end >= 0 && static_cast<std::uint64_t>(end) >= size_ ? size_ : at_;
  }

  [[nodiscard]] std::uint64_t end_of_data() const {
    const off_t hole = ::lseek(in_, static_cast<off_t>(at_), SEEK_HOLE);
    return hole < 0 ? size_ : std::min(static_cast<std::uint64_t>(hole), size_);
  }

  void copy_until(std::uint64_t end) {
    // Nothing between here and `end` counts as data: it was cut off meanwhile. Reading finds out.
    if (end <= at_) end = size_;
    while (at_ < end && !end_of_file_ && result_.end == CopyEnd::done) {
      const std::uint64_t before = at_;
      if (!by_kernel_ || !copy_in_kernel(end)) copy_by_hand(end);
      if (result_.end == CopyEnd::done && at_ > before && !advance_(at_ - before)) {
        result_.end = CopyEnd::stopped;
      }
    }
  }

  // False: this pair of files needs reading and writing.
  bool copy_in_kernel(std::uint64_t end) {
    auto from = static_cast<off_t>(at_);
    auto to = static_cast<off_t>(at_);
    const ssize_t count = ::copy_file_range(in_, &from, out_, &to, std::min(end - at_, block_), 0);
    if (count > 0) {
      at_ += static_cast<std::uint64_t>(count);
      return true;
    }
    if (count < 0 && errno == EINTR) return true;
    if (count < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) {
      failed(CopyEnd::write_failed);
      return true;
    }
    // Refused (which errors mean that depends on kernel and file system), or 0 bytes, which some special
    // file systems answer for files that can be read. Reading tells the true error, too.
    by_kernel_ = false;
    return false;
  }

  void copy_by_hand(std::uint64_t end) {
    const std::uint64_t buffer_size = std::min(block_, largest_buffer);
    if (!buffer_) buffer_ = std::make_unique<char[]>(buffer_size);
    const auto wanted = static_cast<std::size_t>(std::min(end - at_, buffer_size));
    const ssize_t count = ::pread(in_, buffer_.get(), wanted, static_cast<off_t>(at_));
    if (count < 0) {
      if (errno != EINTR) failed(CopyEnd::read_failed);
      return;
    }
    end_of_file_ = count == 0;
    for (ssize_t written = 0; written < count;) {
      const ssize_t step =
          ::pwrite(out_, buffer_.get() + written, static_cast<std::size_t>(count - written),
                   static_cast<off_t>(at_));
      if (step < 0 && errno == EINTR) continue;
      if (step < 0) {
        failed(CopyEnd::write_failed);
        return;
      }
      written += step;
      at_ += static_cast<std::uint64_t>(step);
    }
  }

  int in_;
  int out_;
  std::uint64_t size_;
  std::uint64_t block_;
  const std::function<bool(std::uint64_t)>& advance_;
  std::uint64_t at_ = 0;
  bool by_kernel_ = true;
  bool end_of_file_ = false;
  std::unique_ptr<char[]> buffer_;
  CopyResult result_;
};

}  // namespace

CopyResult copy_data(int in, int out, std::uint64_t size, std::uint64_t block,
                     const std::function<bool(std::uint64_t)>& advance) {
  return Copier(in, out, size, block, advance).run();
}

}  // namespace headway::tools
