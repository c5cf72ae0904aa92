// SPDX-License-Identifier: MIT
#include "export/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <chrono>
#include <exception>

#include "export/address.hpp"

namespace headway::tools {

namespace {

using namespace std::chrono_literals;
namespace http = boost::beast::http;
using boost::system::error_code;

/// For the whole of a connection.
constexpr auto patience = 10s;
constexpr std::uint32_t most_header_bytes = 8192;
// More than a header, so that it is the header that is found too long.
constexpr std::size_t most_buffered_bytes = 2 * std::size_t{most_header_bytes};

constexpr std::string_view text_plain = "text/plain; charset=utf-8";
constexpr std::string_view exposition_text = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view start_page =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><title>headway export</title></head>\n"
    "<body><p>Headway: <a href=\"/metrics\">metrics</a> of the running "
    "services.</p></body></html>\n";

bool is_about_http(const error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

bool is_for_this_machine(const http::fields& header) {
  const auto host = header.find(http::field::host);
  return host == header.end() || names_this_machine({host->value().data(), host->value().size()});
}

}  // namespace

Connection::Connection(boost::asio::ip::tcp::socket socket,
                       const std::function<std::string()>& metrics, std::function<void()> ended)
    : stream_(std::move(socket)),
      metrics_(metrics),
      ended_(std::move(ended)),
      buffer_(most_buffered_bytes) {
  parser_.header_limit(most_header_bytes);
}

void Connection::start() {
  stream_.expires_after(patience);
  http::async_read_header(stream_, buffer_, parser_,
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            self->on_header(error);
                          });
}

void Connection::on_header(const error_code& error) {
  if (error == http::error::header_limit) {
    prepare(Status::request_header_fields_too_large, text_plain, "the header is too long\n");
    send(true);
  } else if (is_about_http(error)) {
    prepare(Status::bad_request, text_plain, "this is no HTTP: " + error.message() + "\n");
    send(true);
  } else if (error) {
    ended_();
  } else {
    answer_request();
  }
}

void Connection::answer_request() {
  const http::verb method = parser_.get().method();
  const auto target = parser_.get().target();
  const std::string_view path(target.data(), std::min(target.find('?'), target.size()));
  if (!is_for_this_machine(parser_.get())) {
    prepare(Status::misdirected_request, text_plain,
            "only requests to localhost, 127.0.0.1 or [::1] are answered: a proxy must send one of "
            "them as Host\n");
  } else if (method != http::verb::get && method != http::verb::head) {
    prepare(Status::method_not_allowed, text_plain, "only GET and HEAD are answered\n");
    response_.set(http::field::allow, "GET, HEAD");
  } else if (path == "/metrics") {
    try {
      prepare(Status::ok, exposition_text, metrics_());
    } catch (const std::exception& error) {
      prepare(Status::internal_server_error, text_plain, std::string(error.what()) + "\n");
    }
  } else if (path == "/") {
    prepare(Status::ok, "text/html; charset=utf-8", std::string(start_page));
  } else {
    prepare(Status::not_found, text_plain, "there is nothing here: see /metrics\n");
  }
  send(method != http::verb::head);
}

void Connection::prepare(Status status, std::string_view type, std::string body) {
  response_.result(status);
  response_.set(http::field::content_type, {type.data(), type.size()});
  response_.body() = std::move(body);
  response_.keep_alive(false);
  response_.prepare_payload();
}

void Connection::send(bool with_body) {
  serializer_.emplace(response_);
  auto sent = [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error) return self->ended_();
    error_code ignored;
    self->stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    self->linger();
  };
  if (with_body) {
    http::async_write(stream_, *serializer_, std::move(sent));
  } else {
    http::async_write_header(stream_, *serializer_, std::move(sent));
  }
}

// Closing while something of the request is unread would reset the connection, and the client might lose the answer.
void Connection::linger() {
  stream_.async_read_some(boost::asio::buffer(ignored_),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            if (error) return self->ended_();
                            self->linger();
                          });
}

}  // namespace headway::tools
