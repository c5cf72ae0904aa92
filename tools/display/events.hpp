// SPDX-License-Identifier: MIT
//
// EventLog: a subscriber that writes every delivered update as a JSON line. It has a thread of its own
// (RunOn::own_thread), so that a slow disk delays nobody.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include <headway/headway.hpp>

#include "fd.hpp"

namespace headway::tools {

class EventLog final : public Subscriber {
 public:
  /// Takes the descriptor. `fresh`: the file was empty, and nobody else writes to it. Times in the log
  /// count from `start`.
  EventLog(Fd file, bool fresh, std::chrono::steady_clock::time_point start)
      : file_(std::move(file)), fresh_(fresh), start_(start) {}

  void on_opened(const SessionInfo& session) override;
  void on_batch(std::span<const Update> updates) override;
  void on_closed(SessionId session, Outcome outcome) override;

  /// Closes the file, once nothing is written any more. 0, or the errno of the first error since opening:
  /// after it nothing is written, and a fresh file ends with the last whole line.
  int finish();

 private:
  void write(std::string_view lines);

  Fd file_;
  bool fresh_;
  std::chrono::steady_clock::time_point start_;
  std::uint64_t written_ = 0;
  std::atomic<int> error_{0};
};

}  // namespace headway::tools
