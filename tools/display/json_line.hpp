// SPDX-License-Identifier: MIT
//
// JsonLine: writes one JSON object on one line.
//
//   out.write(JsonLine("status").add("elapsed_seconds", 1.5).text());
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "display/escape.hpp"

namespace headway::tools {

class JsonLine {
 public:
  /// An object that is a line: starts with its type and the version of the schema.
  explicit JsonLine(std::string_view message_type) {
    add("message_type", message_type);
    add("schema_version", std::uint64_t{1});
  }
  /// An object inside of another, or in a list.
  JsonLine() = default;

  JsonLine& add(std::string_view key, std::string_view value) { return raw(key, quote(value)); }
  JsonLine& add(std::string_view key, const char* value) {
    return add(key, std::string_view(value));
  }
  JsonLine& add(std::string_view key, std::uint64_t value) {
    return raw(key, std::to_string(value));
  }
  JsonLine& add(std::string_view key, std::same_as<bool> auto value) {
    return raw(key, value ? "true" : "false");
  }
  JsonLine& add(std::string_view key, double value) {
    std::array<char, 32> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return raw(key, std::isfinite(value) && end.ec == std::errc{}
                        ? std::string(buffer.data(), end.ptr)
                        : "null");
  }
  /// null if there is none.
  JsonLine& add(std::string_view key, std::optional<double> value) {
    return value ? add(key, *value) : raw(key, "null");
  }
  /// `json` is JSON already.
  JsonLine& raw(std::string_view key, std::string_view json) {
    if (!body_.empty()) body_ += ',';
    body_.append(quote(key)).append(":").append(json);
    return *this;
  }

  [[nodiscard]] std::string object() const { return "{" + body_ + "}"; }
  [[nodiscard]] std::string text() const { return object() + "\n"; }

  /// A text as JSON. What is not a valid character is shown as \xHH, as everywhere; that backslash is then escaped.
  static std::string quote(std::string_view text) {
    std::string out = "\"";
    for (const char c : escaped(text, true)) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  }

 private:
  std::string body_;
};

}  // namespace headway::tools
