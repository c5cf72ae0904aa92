// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "top/keys.hpp"

namespace {

using namespace headway::tools;

Key key(KeyCode code) { return {.code = code, .text = {}, .number = 0}; }
Key function(unsigned number) { return {.code = KeyCode::function, .text = {}, .number = number}; }
Key character(std::string text) {
  return {.code = KeyCode::text, .text = std::move(text), .number = 0};
}

std::vector<Key> decoded(std::string_view bytes) {
  KeyDecoder decoder;
  std::vector<Key> keys = decoder.feed(bytes);
  for (const Key& last : decoder.time_out()) keys.push_back(last);
  return keys;
}

TEST(KeyDecoder, KnowsWhatTerminalsSendForTheSameKey) {
  using Bytes = std::vector<std::string_view>;
  for (const auto& [expected, all] : std::vector<std::pair<Key, Bytes>>{
           {key(KeyCode::up), {"\x1b[A", "\x1bOA", "\x1b[1;5A"}},
           {key(KeyCode::down), {"\x1b[B", "\x1bOB"}},
           {key(KeyCode::right), {"\x1b[C", "\x1bOC"}},
           {key(KeyCode::left), {"\x1b[D", "\x1bOD"}},
           {key(KeyCode::page_up), {"\x1b[5~", "\x1b[5;2~"}},
           {key(KeyCode::page_down), {"\x1b[6~"}},
           {key(KeyCode::home), {"\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~"}},
           {key(KeyCode::end), {"\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~"}},
           {function(1), {"\x1bOP", "\x1b[11~", "\x1b[[A", "\x1b[1;2P"}},
           {function(4), {"\x1bOS", "\x1b[14~", "\x1b[[D"}},
           {function(6), {"\x1b[17~"}},
           {function(10), {"\x1b[21~"}},
           {function(12), {"\x1b[24~"}},
           {key(KeyCode::enter), {"\r", "\n", "\x1bOM"}},
           {key(KeyCode::backspace), {"\x7f", "\b"}},
           {key(KeyCode::redraw), {"\f"}},
           {key(KeyCode::escape), {"\x1b"}},
           {key(KeyCode::unknown), {"\x01", "\x1b[2~", "\x1b[200;1;1u", "\x1bOz", "\x1b[[Z"}}}) {
    for (const std::string_view bytes : all) {
      EXPECT_EQ(decoded(bytes), std::vector<Key>{expected}) << bytes.substr(1);
    }
  }
}

TEST(KeyDecoder, CharactersAreWholeOnesOfUtf8OrSingleBytes) {
  EXPECT_EQ(decoded("aü日\xff"),
            (std::vector<Key>{character("a"), character("ü"), character("日"), character("\xff")}));
  EXPECT_EQ(decoded("\xc3"), std::vector<Key>{character("\xc3")});
  EXPECT_EQ(decoded("\xc3z"), (std::vector<Key>{character("\xc3"), character("z")}));
}

TEST(KeyDecoder, EscapeIsAKeyOnceNothingElseCame) {
  KeyDecoder decoder;
  EXPECT_TRUE(decoder.feed("\x1b").empty());
  EXPECT_TRUE(decoder.waiting());
  EXPECT_EQ(decoder.time_out(), std::vector<Key>{key(KeyCode::escape)});
  EXPECT_FALSE(decoder.waiting());
  EXPECT_TRUE(decoder.time_out().empty());
}

TEST(KeyDecoder, EscapeBeforeAnotherKeyIsBoth) {
  EXPECT_EQ(decoded("\x1bq"), (std::vector<Key>{key(KeyCode::escape), character("q")}));
  EXPECT_EQ(decoded("\x1b\x1b[A"), (std::vector<Key>{key(KeyCode::escape), key(KeyCode::up)}));
  EXPECT_EQ(decoded("\x1b["), (std::vector<Key>{key(KeyCode::escape), character("[")}));
}

TEST(KeyDecoder, ASequenceMayComeInPieces) {
  const std::string_view bytes = "\x1b[5~ü\x1bOPq\x1b[1;5A";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    KeyDecoder decoder;
    std::vector<Key> keys = decoder.feed(bytes.substr(0, cut));
    for (const Key& more : decoder.feed(bytes.substr(cut))) keys.push_back(more);
    EXPECT_EQ(keys, decoded(bytes)) << cut;
    EXPECT_FALSE(decoder.waiting());
  }
}

TEST(KeyDecoder, AnyBytesAreDecodedAndNothingIsKeptForEver) {
  std::mt19937 random(1);
  const std::string_view likely = "\x1b[O;0123456789~ABCPqü\x9b\xff\n";
  for (int round = 0; round < 2000; ++round) {
    KeyDecoder decoder;
    for (int i = 0; i < 20; ++i) {
      std::string bytes;
      for (auto length = random() % 9; length > 0; --length) {
        bytes += random() % 4 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
      }
      (void)decoder.feed(bytes);
    }
    (void)decoder.feed(std::string(40, '0'));
    (void)decoder.time_out();
    ASSERT_FALSE(decoder.waiting());
  }
}

}  // namespace
