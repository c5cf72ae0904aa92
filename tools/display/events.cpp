// SPDX-License-Identifier: MIT
#include "display/events.hpp"

#include <unistd.h>

#include <cerrno>

#include "display/json_line.hpp"

namespace headway::tools {

void EventLog::on_opened(const SessionInfo& session) {
  write(JsonLine("opened")
            .add("session", session.id.value())
            .add("session_name", session.name)
            .text());
}

void EventLog::on_batch(std::span<const Update> updates) {
  std::string lines;
  for (const Update& update : updates) {
    lines += JsonLine("update")
                 .add("seconds", std::chrono::duration<double>(update.observed - start_).count())
                 .add("session", update.session.value())
                 .add("session_name", update.session_name)
                 .add("role", to_string(update.role))
                 .add("stage", to_string(update.stage))
                 .add("unit", to_string(update.unit))
                 .add("completed", update.completed)
                 .add("total", update.total)
                 .add("fraction", update.fraction())
                 .add("sequence", update.sequence)
                 .text();
  }
  write(lines);
}

void EventLog::on_closed(SessionId session, Outcome outcome) {
  write(
      JsonLine("closed").add("session", session.value()).add("outcome", to_string(outcome)).text());
}

void EventLog::write(std::string_view lines) {
  if (error_ != 0) return;
  std::uint64_t whole = written_;
  while (!lines.empty()) {
    const ssize_t count = ::write(file_.get(), lines.data(), lines.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      error_ = errno;
      // Half a line is no JSON.
      if (fresh_) (void)!::ftruncate(file_.get(), static_cast<off_t>(whole));
      return;
    }
    const std::string_view done = lines.substr(0, static_cast<std::size_t>(count));
    const std::size_t end = done.rfind('\n');
    if (end != std::string_view::npos) whole = written_ + end + 1;
    written_ += done.size();
    lines.remove_prefix(done.size());
  }
}

int EventLog::finish() {
  if (::close(file_.release()) != 0 && error_ == 0) error_ = errno;
  return error_;
}

}  // namespace headway::tools
