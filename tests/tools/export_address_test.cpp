// SPDX-License-Identifier: MIT
#include "export/address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace {

using namespace headway::tools;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal(const std::string& text) {
  try {
    parse_address(text);
    return "accepted";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(Address, ThisMachineByAnyOfItsNames) {
  EXPECT_EQ(parse_address("127.0.0.1:9464").host, "127.0.0.1");
  EXPECT_EQ(parse_address("127.0.0.1:9464").port, 9464);
  EXPECT_EQ(parse_address("localhost:80").host, "127.0.0.1");
  EXPECT_EQ(parse_address("127.8.9.10:1").host, "127.8.9.10");
  EXPECT_EQ(parse_address("[::1]:65535").host, "[::1]");
  EXPECT_EQ(parse_address("[::1]:65535").number(), "::1");
  EXPECT_TRUE(parse_address("[::1]:65535").is_ipv6());
  EXPECT_EQ(parse_address("127.0.0.1:0").port, 0);
}

TEST(Address, OtherMachinesAreRefusedAndToldWhy) {
  for (const char* text : {"0.0.0.0:9464", "192.168.0.1:9464", "[::]:9464", "[fe80::1]:9464",
                           "[::ffff:192.168.0.1]:1", "128.0.0.1:1"}) {
    EXPECT_THAT(refusal(text), StartsWith("'" + std::string(text) + "' "));
    EXPECT_THAT(refusal(text), HasSubstr("neither a password nor encryption")) << text;
  }
}

TEST(Address, AHostIsThisMachineOrNot) {
  for (const char* host :
       {"localhost", "LOCALHOST:80", "127.0.0.1", "127.1.2.3:1", "[::1]", "[::1]:9464"}) {
    EXPECT_TRUE(names_this_machine(host)) << host;
  }
  for (const char* host :
       {"", ":80", "example.com", "localhost.example.com", "127.0.0.1.example.com:80", "10.0.0.1",
        "[::2]:80", "::1", "[::1", "[]", "localhost:80:80"}) {
    EXPECT_FALSE(names_this_machine(host)) << host;
  }
}

TEST(Address, WhatIsNoAddressIsNamed) {
  for (const char* text :
       {"", "9464", ":9464", "localhost", "127.0.0.1", "::1:9464", "[::1:9464", "example.org:9464",
        "127.1:9464", "[127.0.0.1]:80", "[]:80", " 127.0.0.1:80", "http://127.0.0.1:80"}) {
    EXPECT_THAT(refusal(text), StartsWith("'" + std::string(text) + "' "));
    EXPECT_THAT(refusal(text), HasSubstr("127.0.0.1:9464")) << text;
  }
}

TEST(Address, APortIsANumberOfSixteenBits) {
  for (const char* text : {"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x",
                           "127.0.0.1:http", "[::1]", "127.0.0.1:+80"}) {
    EXPECT_THAT(refusal(text), HasSubstr("no port from 0 to 65535")) << text;
  }
}

}  // namespace
