// SPDX-License-Identifier: MIT
#include "export/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>
#include <optional>
#include <stdexcept>

namespace headway::tools {

namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, port);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return port;
}

/// Of a host as it stands in a URL; nullopt if it is no number.
std::optional<bool> is_loopback(const std::string& host) {
  in_addr ipv4{};
  if (::inet_pton(AF_INET, host.c_str(), &ipv4) == 1) {
    return ntohl(ipv4.s_addr) >> 24U == IN_LOOPBACKNET;
  }
  in6_addr ipv6{};
  if (host.size() > 2 && host.starts_with('[') && host.ends_with(']') &&
      ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &ipv6) == 1) {
    return IN6_IS_ADDR_LOOPBACK(&ipv6);
  }
  return std::nullopt;
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw std::invalid_argument("'" + std::string(text).append("' ").append(why));
}

}  // namespace

Address parse_address(std::string_view text) {
  constexpr std::string_view right =
      "is no address: give one such as 127.0.0.1:9464, [::1]:9464 or localhost:9464";
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) refuse(text, right);
  const std::optional<std::uint16_t> port = parse_port(text.substr(colon + 1));
  if (!port) refuse(text, "has no port from 0 to 65535 after its last colon");

  std::string host(text.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  const std::optional<bool> is_local = is_loopback(host);
  if (!is_local) refuse(text, right);
  if (!*is_local) {
    refuse(
        text,
        "can be reached from other machines, and there is neither a password nor encryption: give "
        "127.0.0.1, [::1] or localhost, and put a proxy in front of it");
  }
  return {host, *port};
}

bool names_this_machine(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) host = host.substr(0, colon);
  std::string name(host);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name == "localhost" || is_loopback(name).value_or(false);
}

}  // namespace headway::tools
