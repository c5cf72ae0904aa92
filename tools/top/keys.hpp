// SPDX-License-Identifier: MIT
//
// KeyDecoder: bytes from a terminal, as the keys that were pressed.
//
//   for (const Key& key : decoder.feed(bytes)) press(key);
//   if (decoder.waiting()) ...  // no more for a moment: decoder.time_out()
//
// Knows what xterm, the kernel's console, rxvt, tmux and screen send. What it does not know is swallowed as a whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headway::tools {

enum class KeyCode : std::uint8_t {
  /// A character: Key::text.
  text,
  enter,
  escape,
  backspace,
  up,
  down,
  left,
  right,
  page_up,
  page_down,
  home,
  end,
  /// F1 and so on: Key::number.
  function,
  /// Ctrl-L: draw everything again.
  redraw,
  unknown
};

struct Key {
  KeyCode code = KeyCode::unknown;
  /// One character of UTF-8, or one byte that is none.
  std::string text;
  unsigned number = 0;

  friend bool operator==(const Key&, const Key&) = default;
};

class KeyDecoder {
 public:
  std::vector<Key> feed(std::string_view bytes);
  /// A sequence, or a character, has begun and not ended: perhaps Escape was pressed and no more.
  [[nodiscard]] bool waiting() const { return !pending_.empty(); }
  /// Nothing more came.
  std::vector<Key> time_out();

 private:
  std::string pending_;
};

}  // namespace headway::tools
