// SPDX-License-Identifier: MIT
#include "top/keys.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include "display/escape.hpp"

namespace headway::tools {

namespace {

constexpr char escape = '\x1b';
/// Longer sequences are no keys.
constexpr std::size_t longest_sequence = 32;

Key function(unsigned number) { return {.code = KeyCode::function, .text = {}, .number = number}; }

Key plain(KeyCode code) { return {.code = code, .text = {}, .number = 0}; }

/// The last byte of ESC [ A, ESC O A and the like.
Key by_letter(char letter) {
  switch (letter) {
    case 'A': return plain(KeyCode::up);
    case 'B': return plain(KeyCode::down);
    case 'C': return plain(KeyCode::right);
    case 'D': return plain(KeyCode::left);
    case 'H': return plain(KeyCode::home);
    case 'F': return plain(KeyCode::end);
    case 'M': return plain(KeyCode::enter);
    default: break;
  }
  if (letter >= 'P' && letter <= 'S') return function(static_cast<unsigned>(letter - 'P') + 1);
  return {};
}

/// The number of ESC [ 5 ~. Function keys have gaps for what a terminal of 1983 had between them.
Key by_number(unsigned number) {
  switch (number) {
    case 1:
    case 7: return plain(KeyCode::home);
    case 4:
    case 8: return plain(KeyCode::end);
    case 5: return plain(KeyCode::page_up);
    case 6: return plain(KeyCode::page_down);
    default: break;
  }
  if (number >= 11 && number <= 15) return function(number - 10);
  if (number >= 17 && number <= 21) return function(number - 11);
  if (number >= 23 && number <= 24) return function(number - 12);
  return {};
}

struct Taken {
  Key key;
  std::size_t bytes = 0;
};

/// Of what begins with ESC [ or ESC O; nullopt if it is not complete.
std::optional<Taken> take_sequence(std::string_view bytes) {
  if (bytes[1] == 'O') {
    if (bytes.size() < 3) return std::nullopt;
    return Taken{by_letter(bytes[2]), 3};
  }
  if (bytes.size() > 2 && bytes[2] == '[') {  // the kernel's console: ESC [ [ A is F1
    if (bytes.size() < 4) return std::nullopt;
    const bool known = bytes[3] >= 'A' && bytes[3] <= 'E';
    return Taken{known ? function(static_cast<unsigned>(bytes[3] - 'A') + 1) : Key{}, 4};
  }
  const auto is_final = [](char c) { return c >= '@' && c <= '~'; };
  const auto end = std::find_if(bytes.begin() + 2, bytes.end(), is_final);
  if (end == bytes.end()) {
    if (bytes.size() > longest_sequence) return Taken{{}, bytes.size()};
    return std::nullopt;
  }
  const auto length = static_cast<std::size_t>(end - bytes.begin()) + 1;
  if (*end != '~') return Taken{by_letter(*end), length};
  // Modifiers follow a semicolon: Shift and Page Up are Page Up here.
  unsigned number = 0;
  std::from_chars(bytes.data() + 2, bytes.data() + length, number);
  return Taken{by_number(number), length};
}

Taken take_character(std::string_view bytes) {
  char32_t code = 0;
  const std::size_t length = std::max<std::size_t>(1, decode_utf8(bytes, code));
  switch (bytes[0]) {
    case '\r':
    case '\n': return {plain(KeyCode::enter), 1};
    case '\b':
    case '\x7f': return {plain(KeyCode::backspace), 1};
    case '\f': return {plain(KeyCode::redraw), 1};
    default: break;
  }
  if (bytes[0] >= 0 && bytes[0] < ' ') return {{}, 1};
  return {{.code = KeyCode::text, .text = std::string(bytes.substr(0, length)), .number = 0},
          length};
}

/// The beginning of a longer character of UTF-8.
bool is_cut_off(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
  return bytes.size() < length && std::all_of(bytes.begin() + 1, bytes.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
         });
}

}  // namespace

std::vector<Key> KeyDecoder::feed(std::string_view bytes) {
  pending_ += bytes;
  std::vector<Key> keys;
  std::string_view rest = pending_;
  while (!rest.empty()) {
    Taken taken;
    if (rest[0] != escape) {
      if (is_cut_off(rest)) break;
      taken = take_character(rest);
    } else if (rest.size() == 1) {
      break;
    } else if (rest[1] == '[' || rest[1] == 'O') {
      const auto sequence = take_sequence(rest);
      if (!sequence) break;
      taken = *sequence;
    } else {
      taken = {plain(KeyCode::escape), 1};
    }
    keys.push_back(std::move(taken.key));
    rest.remove_prefix(taken.bytes);
  }
  pending_.erase(0, pending_.size() - rest.size());
  return keys;
}

std::vector<Key> KeyDecoder::time_out() {
  std::vector<Key> keys;
  const std::string left = std::exchange(pending_, {});
  if (left.empty()) return keys;
  if (left[0] != escape) return {take_character(left).key};
  keys.push_back(plain(KeyCode::escape));
  // Escape, and then [ or O, which were keys of their own.
  for (const char c : std::string_view(left).substr(1)) keys.push_back(take_character({&c, 1}).key);
  return keys;
}

}  // namespace headway::tools
