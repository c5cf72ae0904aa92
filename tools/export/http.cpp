// SPDX-License-Identifier: MIT
#include "export/http.hpp"

#include <utility>  // Boost 1.74's Asio forgets it

#include <fcntl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>

#include "export/connection.hpp"
#include "export/ending.hpp"

namespace headway::tools {

namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t most_connections = 32;
// Accepting fails for lack of memory or descriptors; after this much others may have ended.
constexpr auto pause_after_error = 100ms;

std::string shown(const Address& address, std::uint16_t port) {
  return address.host + ":" + std::to_string(port);
}

class Server {
 public:
  Server(boost::asio::io_context& loop, const Address& address, Signals& signals,
         const std::function<std::string()>& metrics)
      : loop_(loop),
        signals_(signals),
        metrics_(metrics),
        acceptor_(loop),
        // A descriptor of Asio's own, since Asio closes what it is given.
        signal_wait_(loop, ::fcntl(signals.fd(), F_DUPFD_CLOEXEC, 3)),
        retry_(loop) {
    listen(address);
    std::fprintf(stderr, "headway: listening on http://%s/metrics\n",
                 shown(address, acceptor_.local_endpoint().port()).c_str());
    wait_for_signals();
    accept();
  }

  [[nodiscard]] int signal() const { return signal_; }

 private:
  void listen(const Address& address) {
    try {
      const tcp::endpoint endpoint(boost::asio::ip::make_address(address.number()), address.port);
      acceptor_.open(endpoint.protocol());
      // Not a port that is in use: one that was, a minute ago.
      acceptor_.set_option(tcp::acceptor::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error("cannot listen on " + shown(address, address.port) + ": " +
                               error.code().message() +
                               ": give another port, or 0 for any that is free");
    }
  }

  void wait_for_signals() {
    signal_wait_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                            [this](const error_code& error) {
                              if (error) return;
                              signal_ = take_ending(signals_);
                              if (signal_ != 0) return loop_.stop();
                              wait_for_signals();
                            });
  }

  void accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (error) return accept_later();
      ++connections_;
      std::make_shared<Connection>(std::move(socket), metrics_, [this] { ended(); })->start();
      if (connections_ < most_connections) accept();
    });
  }

  void accept_later() {
    retry_.expires_after(pause_after_error);
    retry_.async_wait([this](const error_code& error) {
      if (!error) accept();
    });
  }

  void ended() {
    if (connections_-- == most_connections) accept();
  }

  boost::asio::io_context& loop_;
  Signals& signals_;
  const std::function<std::string()>& metrics_;
  tcp::acceptor acceptor_;
  boost::asio::posix::stream_descriptor signal_wait_;
  boost::asio::steady_timer retry_;
  std::size_t connections_ = 0;
  int signal_ = 0;
};

}  // namespace

int serve(const Address& address, Signals& signals, const std::function<std::string()>& metrics) {
  boost::asio::io_context loop(1);
  const Server server(loop, address, signals, metrics);
  loop.run();
  return server.signal();
}

}  // namespace headway::tools
