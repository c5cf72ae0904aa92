// SPDX-License-Identifier: MIT
//
// Connection: one client of serve(), one request, one answer.
#pragma once

#include <utility>  // Boost 1.74's Asio forgets it

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace headway::tools {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Status = boost::beast::http::status;

  /// `ended` is called once, when it is over. Both functions have to outlive this.
  Connection(boost::asio::ip::tcp::socket socket, const std::function<std::string()>& metrics,
             std::function<void()> ended);

  /// It keeps itself alive from here on.
  void start();

 private:
  void on_header(const boost::system::error_code& error);
  void answer_request();
  void prepare(Status status, std::string_view type, std::string body);
  void send(bool with_body);
  void linger();

  boost::beast::tcp_stream stream_;
  const std::function<std::string()>& metrics_;
  std::function<void()> ended_;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::request_parser<boost::beast::http::empty_body> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>>
      serializer_;
  std::array<char, 1024> ignored_{};
};

}  // namespace headway::tools
