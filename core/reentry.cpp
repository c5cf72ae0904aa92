// SPDX-License-Identifier: MIT
#include <headway/detail/reentry.hpp>

#if defined(HEADWAY_CHECKED)

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "core/lane_record.hpp"
#include "core/platform.hpp"
#include "core/session_state.hpp"

namespace headway::detail {

namespace {

/// A line that is put together without allocating.
class Line {
 public:
  void add(std::string_view text) noexcept {
    for (const char c : text.substr(0, text_.size() - size_)) {
      const bool printable = static_cast<unsigned char>(c) >= ' ' && c != '\x7f';
      text_[size_++] = printable ? c : '?';
    }
  }
  [[nodiscard]] std::string_view finish() noexcept {
    const std::size_t last = std::min(size_, text_.size() - 1);
    text_[last] = '\n';
    return {text_.data(), last + 1};
  }

 private:
  std::array<char, 640> text_{};
  std::size_t size_ = 0;
};

}  // namespace

void refuse_reentry(const BusLane& lane, bool same_thread) noexcept {
  Line line;
  line.add("headway: session \"");
  line.add(static_cast<const LaneRecord&>(lane).session->name);
  line.add(
      same_thread
          ? "\": a report was made inside another one of this thread on the same reporter, as by a "
            "signal handler that interrupts it; give the handler a reporter of its own"
          : "\": two threads reported on one Reporter at once; it belongs to one thread at a time: "
            "use a SharedReporter, or a Reporter for each thread");
  write_to_standard_error(line.finish());
  std::abort();
}

}  // namespace headway::detail

#endif
