// SPDX-License-Identifier: MIT
//
// serve: a small HTTP server in one thread. GET and HEAD of /metrics give what `metrics` returns at that moment.
//
// It answers one request a connection. What clients may take is limited: how many there are at a time (the next ones
// wait), how long one has for all it does, and how long its header is.
#pragma once

#include <functional>
#include <string>

#include "export/address.hpp"
#include "sync/signals.hpp"

namespace headway::tools {

/// Says on stderr where it listens, and returns the signal that ended it. Throws std::runtime_error if it cannot listen
/// there.
int serve(const Address& address, Signals& signals, const std::function<std::string()>& metrics);

}  // namespace headway::tools
