// SPDX-License-Identifier: MIT
#include "export/exposition.hpp"

#include <utility>

#include "display/escape.hpp"

namespace headway::tools {

Labels& Labels::add(std::string_view name, std::string_view value) {
  if (!text_.empty()) text_ += ',';
  text_.append(name).append("=\"");
  // escaped() leaves no line feed to be escaped here.
  for (const char c : escaped(value, true)) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
  return *this;
}

std::string seconds_text(std::uint64_t nanoseconds) {
  constexpr std::uint64_t second = 1'000'000'000;
  std::string text = std::to_string(nanoseconds / second);
  if (nanoseconds % second == 0) return text;
  // A 1 in front keeps the zeros that follow the point.
  std::string fraction = std::to_string(second + nanoseconds % second);
  fraction.front() = '.';
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text.append(fraction);
}

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  heading_.assign("# HELP ").append(name).append(" ").append(help);
  heading_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void Exposition::add(const Labels& labels, std::uint64_t value) {
  sample("", labels, std::to_string(value));
}

void Exposition::add_seconds(const Labels& labels, std::uint64_t nanoseconds) {
  sample("", labels, seconds_text(nanoseconds));
}

void Exposition::add_histogram(const Labels& labels, const DurationHistogram& histogram) {
  const auto bucket = [&](std::string_view bound, std::uint64_t count) {
    sample("_bucket", Labels(labels).add("le", bound), std::to_string(count));
  };
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < DurationHistogram::bounds.size(); ++i) {
    count += histogram.counts[i];
    bucket(seconds_text(static_cast<std::uint64_t>(DurationHistogram::bounds[i].count())), count);
  }
  count += histogram.counts.back();
  bucket("+Inf", count);
  sample("_sum", labels, seconds_text(static_cast<std::uint64_t>(histogram.sum.count())));
  sample("_count", labels, std::to_string(count));
}

void Exposition::sample(std::string_view suffix, const Labels& labels, std::string_view value) {
  text_.append(std::exchange(heading_, {})).append(name_).append(suffix);
  if (!labels.text().empty()) text_.append("{").append(labels.text()).append("}");
  text_.append(" ").append(value).append("\n");
}

}  // namespace headway::tools
