// SPDX-License-Identifier: MIT
#include "display/format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace headway::tools {

namespace {

constexpr std::array<std::string_view, 7> byte_units = {"B",   "KiB", "MiB", "GiB",
                                                        "TiB", "PiB", "EiB"};

// Fixed notation, cut off rather than rounded: a bar never claims more than is done.
std::string fixed(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  std::array<char, 64> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::floor(value * scale) / scale,
                    std::chars_format::fixed, decimals);
  return end.ec == std::errc{} ? std::string(buffer.data(), end.ptr) : "?";
}

// The unit in which `bytes` has one to three digits before the point (1023 B would be four, so 1.00 KiB
// starts at 1000).
std::size_t unit_of(double bytes) {
  std::size_t unit = 0;
  while (bytes >= 1000.0 && unit + 1 < byte_units.size()) {
    bytes /= 1024.0;
    ++unit;
  }
  return unit;
}

std::string in_unit(double bytes, std::size_t unit, int decimals) {
  return fixed(bytes / std::pow(1024.0, static_cast<double>(unit)), unit == 0 ? 0 : decimals);
}

int decimals_of(double bytes, std::size_t unit) {
  const double value = bytes / std::pow(1024.0, static_cast<double>(unit));
  return value < 10.0 ? 2 : value < 100.0 ? 1 : 0;
}

std::string bytes_text(double bytes) {
  const std::size_t unit = unit_of(bytes);
  return in_unit(bytes, unit, decimals_of(bytes, unit)) + " " + std::string(byte_units[unit]);
}

std::string two_digits(std::uint64_t value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

}  // namespace

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string format_bytes(std::uint64_t bytes) { return bytes_text(static_cast<double>(bytes)); }

std::string format_progress(Unit unit, std::uint64_t completed, std::uint64_t total) {
  if (unit == Unit::items) {
    return total == 0 ? format_count(completed)
                      : format_count(completed) + "/" + format_count(total);
  }
  if (total == 0) return format_bytes(completed);
  const auto largest = static_cast<double>(std::max(completed, total));
  const std::size_t scale = unit_of(largest);
  const int decimals = decimals_of(largest, scale);
  return in_unit(static_cast<double>(completed), scale, decimals) + "/" +
         in_unit(static_cast<double>(total), scale, decimals) + " " +
         std::string(byte_units[scale]);
}

std::string format_rate(Unit unit, double per_second) {
  if (unit == Unit::bytes) return bytes_text(per_second) + "/s";
  if (per_second < 10.0) return fixed(per_second, per_second < 1.0 ? 2 : 1) + "/s";
  return format_count(static_cast<std::uint64_t>(std::min(per_second, 1e18))) + "/s";
}

std::string format_duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 1e12));
  const std::uint64_t hours = whole / 3600;
  const std::uint64_t minutes = whole / 60 % 60;
  if (hours >= 48) return format_count(hours / 24) + "d " + two_digits(hours % 24) + "h";
  if (hours > 0)
    return std::to_string(hours) + ":" + two_digits(minutes) + ":" + two_digits(whole % 60);
  return std::to_string(minutes) + ":" + two_digits(whole % 60);
}

std::string format_elapsed(double seconds) {
  return seconds < 10.0 ? fixed(std::max(0.0, seconds), 2) + " s" : format_duration(seconds);
}

std::string format_delay(std::chrono::nanoseconds delay) {
  const auto us = static_cast<double>(std::max<std::int64_t>(0, delay.count())) / 1e3;
  if (us < 1e3) return fixed(us, 0) + " us";
  const auto decimals = [](double value) { return value < 10.0 ? 1 : 0; };
  if (us < 1e6) return fixed(us / 1e3, decimals(us / 1e3)) + " ms";
  return fixed(us / 1e6, decimals(us / 1e6)) + " s";
}

std::string format_time(std::chrono::sys_time<std::chrono::nanoseconds> at, std::size_t decimals) {
  using namespace std::chrono;
  at = std::max(at, sys_time<nanoseconds>::min() + days(1));  // the day has a beginning
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  std::string text = std::to_string(static_cast<int>(date.year())) + "-" +
                     two_digits(static_cast<unsigned>(date.month())) + "-" +
                     two_digits(static_cast<unsigned>(date.day())) + "T" +
                     two_digits(static_cast<std::uint64_t>(time.hours().count())) + ":" +
                     two_digits(static_cast<std::uint64_t>(time.minutes().count())) + ":" +
                     two_digits(static_cast<std::uint64_t>(time.seconds().count()));
  if (decimals > 0) {
    const std::string digits = std::to_string(time.subseconds().count());
    text += "." + (std::string(9 - digits.size(), '0') + digits).substr(0, decimals);
  }
  return text + "Z";
}

std::string format_percent(std::optional<double> fraction) {
  if (!fraction) return "?";
  return std::to_string(static_cast<int>(std::clamp(*fraction, 0.0, 1.0) * 100.0)) + "%";
}

}  // namespace headway::tools
