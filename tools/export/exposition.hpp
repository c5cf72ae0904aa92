// SPDX-License-Identifier: MIT
//
// Exposition: Prometheus's text format, version 0.0.4.
//
//   Exposition out;
//   out.family("headway_lanes", "gauge", "Lanes in use.");
//   out.add(Labels().add("service", "photos"), 3);
//
// Values are whole numbers or times, and are written exactly; nothing goes through a double.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <headway/statistics.hpp>

namespace headway::tools {

/// The labels of a series, in the order in which they are added.
class Labels {
 public:
  /// `value` is any bytes. It is shown as everywhere (display/escape.hpp), so that it is one line of valid UTF-8
  /// and two different values never look alike, and then escaped by the rules of the format.
  Labels& add(std::string_view name, std::string_view value);
  Labels& add(std::string_view name, std::uint64_t value) {
    return add(name, std::to_string(value));
  }

  /// `a="1",b="2"`
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

/// "1.5", "0.000001", "10": a time in seconds, without zeros at the end.
std::string seconds_text(std::uint64_t nanoseconds);

class Exposition {
 public:
  /// What is added next belongs to this family, until there is another. A family without a sample leaves no trace.
  void family(std::string_view name, std::string_view type, std::string_view help);

  void add(const Labels& labels, std::uint64_t value);
  void add_seconds(const Labels& labels, std::uint64_t nanoseconds);
  /// As buckets that are added up, their sum and their count.
  void add_histogram(const Labels& labels, const DurationHistogram& histogram);

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  void sample(std::string_view suffix, const Labels& labels, std::string_view value);

  std::string text_;
  std::string name_;
  /// HELP and TYPE of a family that has no sample yet.
  std::string heading_;
};

}  // namespace headway::tools
