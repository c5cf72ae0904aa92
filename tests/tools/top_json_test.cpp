// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "top/json.hpp"
#include "top_views.hpp"

namespace {

using namespace headway;
using namespace headway::tools;
using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string json_of(const std::vector<ServiceView>& services,
                    const std::vector<std::string>& problems = {}) {
  Model model;
  look(model, services, 2s);
  return json_text(model, problems, moment(2s));
}

TEST(TopJson, NoServicesAreAnEmptyList) {
  EXPECT_EQ(json_of({}),
            "{\"message_type\":\"top\",\"schema_version\":1,"
            "\"time\":\"2019-12-20T00:00:02.000000000Z\",\"services\":[],\"problems\":[]}\n");
}

TEST(TopJson, NumbersAreExact) {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  std::vector<ServiceView> services = {service_of("photos", largest)};
  services[0].statistics.fill(largest);
  services[0].sessions = {session_of(largest, "one")};
  value_of(services[0].sessions[0], Role::source, Stage::change_enumeration) = {
      largest - 1, largest, largest - 2};
  const std::string json = json_of(services);
  EXPECT_THAT(json, HasSubstr("\"process\":18446744073709551615"));
  EXPECT_THAT(json, HasSubstr("\"sessions\":18446744073709551615}"));
  EXPECT_THAT(json, HasSubstr("\"id\":18446744073709551615"));
  EXPECT_THAT(json, HasSubstr("\"completed\":18446744073709551614,\"total\":18446744073709551615,"
                              "\"sequence\":18446744073709551613"));
}

TEST(TopJson, IsOneHarmlessLineWhateverTheTextsAre) {
  std::vector<ServiceView> services = {service_of("\"\\\n\x1b", 1)};
  services[0].sessions = {session_of(1, "\xff\x01")};
  services[0].sessions[0].info.note = "line\nline";
  const std::string json = json_of(services, {"board '\x1b' is no\nregular file"});
  EXPECT_EQ(json.find('\n'), json.size() - 1);
  for (const char c : json) EXPECT_TRUE(c >= ' ' || c == '\n');
  EXPECT_THAT(json, HasSubstr(R"("name":"\"\\\\\\n\\x1b")"));
  EXPECT_THAT(json, HasSubstr(R"("name":"\\xff\\x01")"));
  EXPECT_THAT(json, EndsWith("\"problems\":[\"board '\\\\x1b' is no\\\\nregular file\"]}\n"));
}

TEST(TopJson, SaysHowASessionStands) {
  std::vector<ServiceView> services = {service_of("photos", 1)};
  services[0].sessions = {session_of(1, "a"), session_of(2, "b"), session_of(3, "c")};
  close(services[0].sessions[1], Outcome::failed, "disk is full").closing = true;
  close(services[0].sessions[2], Outcome::completed);
  const std::string json = json_of(services);
  EXPECT_THAT(json, HasSubstr(R"("name":"a","state":"open","outcome":null)"));
  EXPECT_THAT(json, HasSubstr(R"("name":"b","state":"closing","outcome":"failed")"));
  EXPECT_THAT(json, HasSubstr(R"("name":"c","state":"closed","outcome":"completed")"));
  EXPECT_THAT(json, HasSubstr(R"("detail":"disk is full")"));
}

}  // namespace
