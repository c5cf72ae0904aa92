// SPDX-License-Identifier: MIT
//
// Address: where `headway export --listen` listens, "127.0.0.1:9464", "[::1]:9464" or "localhost:9464".
//
// Only on this machine: there is no password and no encryption, and names of services and sessions may be nobody
// else's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace headway::tools {

struct Address {
  /// As it stands in a URL: "127.0.0.1" or "[::1]".
  std::string host;
  /// 0: any that is free.
  std::uint16_t port = 0;

  [[nodiscard]] bool is_ipv6() const { return host.starts_with('['); }
  /// The host without brackets.
  [[nodiscard]] std::string number() const {
    return is_ipv6() ? host.substr(1, host.size() - 2) : host;
  }
};

/// localhost becomes 127.0.0.1. Throws std::invalid_argument, which names the text and says what would be right.
Address parse_address(std::string_view text);

/// Whether a Host header, with or without a port, is that of somebody who asks this machine as this machine. A page of
/// the web, whose name has been made to lead here, does not (DNS rebinding).
[[nodiscard]] bool names_this_machine(std::string_view host);

}  // namespace headway::tools
