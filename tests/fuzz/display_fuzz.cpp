// SPDX-License-Identifier: MIT
//
// Names on their way to the terminal: whatever bytes they are, nothing but harmless text comes out, no wider
// than there is room, and JSON stays one line that gives the text back.
#include <clocale>

#include "display/escape.hpp"
#include "display/json_line.hpp"
#include "display/layout.hpp"
#include "display/text.hpp"
#include "tests/fuzz/harmless.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace headway::tools;
using headway::fuzz::Input;
using headway::fuzz::is_harmless;

/// The colours that are wanted, and nothing else that begins with ESC.
std::string without_colors(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      plain += text[i];
      continue;
    }
    const std::size_t end = text.find('m', i);
    HOLDS(end != std::string_view::npos && text.substr(i, 2) == "\x1b[");
    HOLDS(text.substr(i + 2, end - i - 2).find_first_not_of("0123456789") ==
          std::string_view::npos);
    i = end;
  }
  return plain;
}

/// Undoes escaped(): it must lose nothing.
std::string unescaped(std::string_view text) {
  std::string raw;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      raw += text[i];
      continue;
    }
    HOLDS(++i < text.size());
    if (text[i] == 'n') {
      raw += '\n';
    } else if (text[i] == 't') {
      raw += '\t';
    } else if (text[i] == '\\') {
      raw += '\\';
    } else {
      HOLDS(text[i] == 'x' && i + 2 < text.size());
      raw += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return raw;
}

void check_escaping(std::string_view raw, bool utf8) {
  const std::string shown = escaped(raw, utf8);
  HOLDS(is_harmless(shown, utf8));
  HOLDS(unescaped(shown) == raw);
  HOLDS(quoted(raw, utf8) == "'" + shown + "'");
}

void check_width(std::string_view raw, std::size_t columns, bool utf8) {
  const std::string shown = escaped(raw, utf8);
  const std::string_view ellipsis = utf8 ? "…" : "~";
  const std::string cut = shortened(shown, columns, ellipsis);
  HOLDS(columns_of(cut) <= columns);
  HOLDS(is_harmless(cut, utf8));
  if (columns_of(shown) <= columns) HOLDS(cut == shown);
  HOLDS(columns_of(shortened(raw, columns, ellipsis)) <= columns);
  HOLDS(columns_of(padded_left(cut, columns)) == columns);
  HOLDS(columns_of(padded_right(cut, columns)) == columns);
}

void check_footer(std::string_view raw, std::size_t columns, bool unicode, bool color) {
  const Line line = Layout({.unicode = unicode, .color = color}).footer(raw, columns);
  const std::string plain = without_colors(line.text);
  HOLDS(color || plain == line.text);
  HOLDS(is_harmless(plain, unicode));
  HOLDS(columns_of(plain) == line.columns && line.columns <= columns);
}

void check_json(std::string_view raw) {
  const std::string line = JsonLine("message").add("text", raw).text();
  constexpr std::string_view head = R"({"message_type":"message","schema_version":1,"text":")";
  HOLDS(line.starts_with(head) && line.ends_with("\"}\n"));
  HOLDS(is_harmless(std::string_view(line).substr(0, line.size() - 1), true));
  std::string value;
  for (std::size_t i = head.size(); i < line.size() - 3; ++i) {
    HOLDS(line[i] != '"');
    if (line[i] == '\\') HOLDS(line[++i] == '"' || line[i] == '\\');
    value += line[i];
  }
  HOLDS(unescaped(value) == raw);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  HOLDS(std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::size_t columns = input.number<std::uint8_t>();
  const bool utf8 = input.flag();
  const bool color = input.flag();
  const std::string_view raw = input.all();
  check_escaping(raw, utf8);
  check_width(raw, columns, utf8);
  check_footer(raw, columns, utf8, color);
  check_json(raw);
  return 0;
}
