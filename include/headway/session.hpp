// SPDX-License-Identifier: MIT
//
// Session: one synchronization session, what an ISyncSessionState* stands for.
//
//   headway::Session session = bus.open_session("photos");
//   headway::Reporter reporter = session.reporter();
//   ...
//   session.close(headway::Outcome::completed);
//
// Every function may be called by any thread, and none of them waits for user code.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <headway/detail/export.hpp>
#include <headway/options.hpp>
#include <headway/reporter.hpp>
#include <headway/session_id.hpp>
#include <headway/shared_reporter.hpp>
#include <headway/vocabulary.hpp>

namespace headway {

namespace detail {
class SessionState;
}

class HEADWAY_EXPORT Session {
 public:
  /// Stands for no session: reporters opened on it answer Status::closed.
  Session() noexcept = default;
  explicit Session(std::shared_ptr<detail::SessionState> state) noexcept;
  Session(Session&&) noexcept = default;
  Session& operator=(Session&& other) noexcept;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  /// Closes an open session as `abandoned`, or as `canceled` if it was canceled. That may take a little memory: where
  /// there is none the process ends, while close() throws.
  ~Session();

  [[nodiscard]] SessionId id() const noexcept;

  /// A provider thread's handle. On a closed session every report on it answers Status::closed.
  /// Throws std::invalid_argument for a ring capacity above 2^20, and for a second reporter beside a
  /// first while the session's merge is `unset`; std::length_error when the bus has no lane left
  /// (258,048 at a time); std::bad_alloc.
  [[nodiscard]] Reporter reporter(ReporterOptions options = {});
  /// The same for any number of threads at once.
  [[nodiscard]] SharedReporter shared_reporter(ReporterOptions options = {});

  /// Replaces the session's note, a text such as the current file, which `snapshot` shows. Takes a lock
  /// and copies: not for the hot path.
  void note(std::string_view text);

  /// Marks the session closed and returns. Subscribers then get the last updates, on_closed once, and
  /// nothing more. A report that returned `ok` is in what they get; one that comes too late returns
  /// Status::closed and is not counted. A second close has no effect.
  void close(Outcome outcome = Outcome::completed, std::string detail = {});

  /// Later reports return Status::aborted. Sticky. The session stays open until it is closed. Takes a lock and has
  /// every running thread of the process pass a barrier, some microseconds in all: not for a signal handler.
  void cancel() noexcept;
  /// One load.
  [[nodiscard]] bool canceled() const noexcept;

 private:
  std::shared_ptr<detail::SessionState> state_;
};

}  // namespace headway
