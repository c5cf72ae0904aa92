// SPDX-License-Identifier: MIT
#include "sync/problems.hpp"

#include <system_error>

#include "display/escape.hpp"

namespace headway::tools {

void Problems::add(Message message) {
  if (message.is_error) errors_.fetch_add(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
  }
  wake_();
}

void Problems::failed(std::string_view what, std::string_view path, int error) {
  add({true, "cannot " + std::string(what) + " " + quoted(path, utf8_) + ": " +
                 std::generic_category().message(error)});
}

void Problems::failed(std::string_view path, std::string_view text) {
  add({true, quoted(path, utf8_) + " " + std::string(text)});
}

void Problems::failed(std::string_view text) { add({true, std::string(text)}); }

void Problems::notice(std::string_view path, std::string_view text) {
  add({false, quoted(path, utf8_) + " " + std::string(text)});
}

std::vector<Message> Problems::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(messages_, {});
}

}  // namespace headway::tools
