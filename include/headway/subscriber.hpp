// SPDX-License-Identifier: MIT
//
// Subscriber: the ISyncCallback equivalent. Derive and override what you need.
//
//   struct Bar : headway::Subscriber {
//     void on_progress(const headway::Update& u) override { draw(u.role, u.stage, u.fraction()); }
//   };
//
// Callbacks of one subscription never run at the same time. They may report, subscribe, unsubscribe
// (themselves too), open and close sessions, and cancel. What they throw is caught, counted, and
// handled as SubscriptionOptions::on_error says.
#pragma once

#include <span>

#include <headway/detail/export.hpp>
#include <headway/session_info.hpp>
#include <headway/update.hpp>

namespace headway {

class HEADWAY_EXPORT Subscriber {
 public:
  Subscriber() = default;
  Subscriber(const Subscriber&) = default;
  Subscriber& operator=(const Subscriber&) = default;
  virtual ~Subscriber();

  /// Before the first update of a session.
  virtual void on_opened(const SessionInfo& session);

  /// One key's newest value.
  virtual void on_progress(const Update& update);

  /// All that is due at once, at most one call per interval. The default calls on_progress for each,
  /// checks before each that the subscription still stands, and handles each exception by itself.
  virtual void on_batch(std::span<const Update> updates);

  /// After the last update of a session; nothing of that session follows.
  virtual void on_closed(SessionId session, Outcome outcome);
};

}  // namespace headway
