// SPDX-License-Identifier: MIT
#include <array>
#include <charconv>

#include "display/format.hpp"
#include "display/view.hpp"

namespace headway::tools {

namespace {

std::string decimal(double value, int digits) {
  std::array<char, 64> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, digits);
  return end.ec == std::errc{} ? std::string(buffer.data(), end.ptr) : "?";
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return format_count(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

std::string summary_text(const Summary& summary) {
  std::string text;
  if (summary.dry_run) {
    text = "dry run, nothing was changed";
  } else if (summary.items == 0) {
    text =
        summary.outcome == Outcome::completed ? "already up to date" : "nothing was synchronized";
  } else {
    text = "synchronized " + counted(summary.items, "item") + ", " + format_bytes(summary.bytes);
  }
  text += " in " + decimal(summary.seconds, 2) + " s";
  if (summary.bytes > 0 && summary.seconds > 0.0) {
    text +=
        " (" + format_rate(Unit::bytes, static_cast<double>(summary.bytes) / summary.seconds) + ")";
  }
  if (summary.errors > 0) text += ", " + counted(summary.errors, "error");
  if (summary.outcome == Outcome::canceled) text += ", canceled";
  const double delay = std::chrono::duration<double, std::milli>(summary.longest_delay).count();
  const double ratio = summary.reports_per_update();
  text += "\n" + counted(summary.reports, "report") + " made, " +
          counted(summary.updates, "update") + " delivered (" +
          (ratio < 100.0 ? decimal(ratio, 1) : format_count(static_cast<std::uint64_t>(ratio))) +
          " to 1), longest delay " + decimal(delay, delay < 10.0 ? 1 : 0) + " ms";
  return text;
}

}  // namespace headway::tools
