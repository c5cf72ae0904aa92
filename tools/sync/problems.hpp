// SPDX-License-Identifier: MIT
//
// Problems: what the synchronizing threads have to say to the user. The display takes the texts and
// shows them where they do not garble the bars.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headway::tools {

struct Message {
  bool is_error = true;
  std::string text;
};

/// Any thread.
class Problems {
 public:
  /// `wake` is called after each message, by the thread that has it. `utf8`: how names are shown.
  Problems(std::function<void()> wake, bool utf8) : wake_(std::move(wake)), utf8_(utf8) {}

  /// "cannot WHAT 'PATH': strerror(ERROR)". Makes the exit status 1.
  void failed(std::string_view what, std::string_view path, int error);
  /// "'PATH' TEXT". Makes the exit status 1.
  void failed(std::string_view path, std::string_view text);
  /// "TEXT". Makes the exit status 1.
  void failed(std::string_view text);
  /// "'PATH' TEXT", which is no error.
  void notice(std::string_view path, std::string_view text);
  /// Something failed that a message already given explains.
  void failed_silently() { errors_.fetch_add(1, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t errors() const { return errors_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::vector<Message> take();
  [[nodiscard]] bool utf8() const { return utf8_; }

 private:
  void add(Message message);

  std::function<void()> wake_;
  bool utf8_;
  std::atomic<std::uint64_t> errors_{0};
  std::mutex mutex_;
  std::vector<Message> messages_;
};

}  // namespace headway::tools
