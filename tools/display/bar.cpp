// SPDX-License-Identifier: MIT
#include "display/bar.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace headway::tools {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::array eighths = {""sv, "▏"sv, "▎"sv, "▍"sv, "▌"sv, "▋"sv, "▊"sv, "▉"sv};
constexpr std::array levels = {"▁"sv, "▂"sv, "▃"sv, "▄"sv, "▅"sv, "▆"sv, "▇"sv, "█"sv};
constexpr std::array turns = {"⠋"sv, "⠙"sv, "⠹"sv, "⠸"sv, "⠼"sv, "⠴"sv, "⠦"sv, "⠧"sv, "⠇"sv, "⠏"sv};
constexpr std::string_view ascii_turns = "|/-\\";

std::string repeated(std::string_view piece, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

std::string_view track(bool unicode) { return unicode ? "░"sv : "."sv; }

}  // namespace

Bar bar(double fraction, std::size_t columns, bool unicode) {
  const std::size_t steps_each = unicode ? 8 : 1;
  const std::size_t all = columns * steps_each;
  const double clamped = std::clamp(fraction, 0.0, 1.0);
  std::size_t steps = static_cast<std::size_t>(clamped * static_cast<double>(all));
  if (fraction < 1.0 && all > 0) steps = std::min(steps, all - 1);
  const std::size_t whole = steps / steps_each;
  Bar result{repeated(unicode ? "█"sv : "#"sv, whole), {}};
  std::size_t used = whole;
  if (unicode && steps % 8 != 0) {
    result.done += eighths[steps % 8];
    ++used;
  }
  result.rest = repeated(track(unicode), columns - used);
  return result;
}

Wanderer wanderer(std::size_t step, std::size_t columns, bool unicode) {
  const std::size_t block = std::min<std::size_t>(columns, std::max<std::size_t>(1, columns / 4));
  const std::size_t way = columns - block;
  std::size_t at = 0;
  if (way > 0) {
    at = step % (2 * way);
    if (at > way) at = 2 * way - at;
  }
  return {repeated(track(unicode), at), repeated(unicode ? "█"sv : "#"sv, block),
          repeated(track(unicode), way - at)};
}

std::string spinner(std::size_t step, bool unicode) {
  if (unicode) return std::string(turns[step % turns.size()]);
  return std::string(1, ascii_turns[step % ascii_turns.size()]);
}

std::string level(double fraction, bool unicode) {
  const double clamped = std::clamp(fraction, 0.0, 1.0);
  if (unicode) return std::string(levels[static_cast<std::size_t>(clamped * 7.0)]);
  return clamped >= 1.0 ? "#"
                        : std::string(1, static_cast<char>('0' + static_cast<int>(clamped * 10.0)));
}

}  // namespace headway::tools
