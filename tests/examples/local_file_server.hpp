// SPDX-License-Identifier: MIT
//
// The other end of curl_transfer.cpp: an HTTP server on a port of its own of 127.0.0.1, one connection at
// a time. GET /N answers with N bytes. Nothing of Headway in here.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <thread>

class LocalFileServer {
 public:
  /// Throws std::system_error when there is no port to be had.
  LocalFileServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || bind(listener_, generic, size) != 0 || listen(listener_, 8) != 0 ||
        getsockname(listener_, generic, &size) != 0) {
      throw std::system_error(errno, std::generic_category(), "no local server");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  LocalFileServer(const LocalFileServer&) = delete;
  LocalFileServer& operator=(const LocalFileServer&) = delete;
  ~LocalFileServer() {
    shutdown(listener_, SHUT_RDWR);  // accept() returns
    thread_.join();
    close(listener_);
  }

  [[nodiscard]] std::string url(long long bytes) const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/" + std::to_string(bytes);
  }

 private:
  static constexpr long long kBlock = 1 << 16;

  void serve() {
    for (;;) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      answer(connection);
      close(connection);
    }
  }

  void answer(int connection) {
    std::string request;
    std::string block(static_cast<std::size_t>(kBlock), 'h');
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = recv(connection, block.data(), block.size(), 0);
      if (got <= 0) return;
      request.append(block, 0, static_cast<std::size_t>(got));
    }
    long long left = std::strtoll(request.c_str() + request.find('/') + 1, nullptr, 10);
    send_all(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                             std::to_string(left) + "\r\n\r\n");
    while (left > 0) {
      block.resize(static_cast<std::size_t>(std::min(left, kBlock)));
      if (!send_all(connection, block)) return;  // the client has had enough
      left -= static_cast<long long>(block.size());
    }
  }

  static bool send_all(int connection, const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const ssize_t n = send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return false;
      sent += static_cast<std::size_t>(n);
    }
    return true;
  }

  int listener_;
  int port_ = 0;
  std::thread thread_;
};
