// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "display/escape.hpp"
#include "display/json_line.hpp"

namespace {

using namespace headway::tools;
using namespace std::string_literals;

TEST(Escape, PlainTextStaysAsItIs) {
  EXPECT_EQ(escaped("a file.txt", true), "a file.txt");
  EXPECT_EQ(escaped("ünïcödé 日本語 🎈", true), "ünïcödé 日本語 🎈");
  EXPECT_EQ(escaped("", true), "");
}

TEST(Escape, ControlCharactersBecomeVisible) {
  EXPECT_EQ(escaped("a\nb\tc\x1b[31m\x7f\r"s, true), "a\\nb\\tc\\x1b[31m\\x7f\\x0d");
  EXPECT_EQ(escaped("\0"s, true), "\\x00");
  EXPECT_EQ(escaped("\xc2\x9b"
                    "31m",
                    true),
            "\\xc2\\x9b31m");
}

TEST(Escape, ABackslashIsDoubledSoThatNothingIsAmbiguous) {
  EXPECT_EQ(escaped("\\n", true), "\\\\n");
}

TEST(Escape, WhatIsNoUtf8IsShownByteByByte) {
  EXPECT_EQ(escaped("\xff\xfe", true), "\\xff\\xfe");
  EXPECT_EQ(escaped("\xc3", true), "\\xc3");
  EXPECT_EQ(escaped("\xc0\xaf", true), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(escaped("\xe0\x80\xaf", true), "\\xe0\\x80\\xaf");           // overlong
  EXPECT_EQ(escaped("\xed\xa0\x80", true), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(escaped("\xf4\x90\x80\x80", true), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  EXPECT_EQ(escaped("\xe2\x82x", true), "\\xe2\\x82x");
}

TEST(Escape, CharactersThatReorderOrBreakLinesBecomeVisible) {
  EXPECT_EQ(escaped("\u202egpj.exe", true), "\\xe2\\x80\\xaegpj.exe");
  EXPECT_EQ(escaped("\u2028", true), "\\xe2\\x80\\xa8");
  EXPECT_EQ(escaped("\u2066", true), "\\xe2\\x81\\xa6");
}

TEST(Escape, OutsideOfUtf8LocalesOnlyAsciiStays) { EXPECT_EQ(escaped("aü", false), "a\\xc3\\xbc"); }

TEST(Escape, EveryPairOfBytesGivesValidPrintableText) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string bytes{static_cast<char>(a), static_cast<char>(b)};
      const std::string text = escaped(bytes, true);
      for (std::string_view rest = text; !rest.empty();) {
        char32_t code = 0;
        const std::size_t length = decode_utf8(rest, code);
        ASSERT_GT(length, 0U) << a << ' ' << b;
        ASSERT_GE(code, 0x20U);
        ASSERT_TRUE(code < 0x7F || code > 0x9F);
        rest.remove_prefix(length);
      }
      for (const char c : escaped(bytes, false)) ASSERT_TRUE(c >= 0x20 && c < 0x7F);
    }
  }
}

TEST(Json, AnObjectIsOneLine) {
  EXPECT_EQ(
      JsonLine("x").add("n", std::uint64_t{18446744073709551615U}).add("t", true).text(),
      "{\"message_type\":\"x\",\"schema_version\":1,\"n\":18446744073709551615,\"t\":true}\n");
}

TEST(Json, TextIsQuoted) {
  EXPECT_EQ(JsonLine().add("a", "\"\\\n\xff").object(), R"({"a":"\"\\\\\\n\\xff"})");
}

TEST(Json, WhatIsUnknownOrNoNumberIsNull) {
  EXPECT_EQ(JsonLine().add("a", std::optional<double>{}).add("b", 1.0 / 0.0).add("c", 0.5).object(),
            R"({"a":null,"b":null,"c":0.5})");
}

}  // namespace
