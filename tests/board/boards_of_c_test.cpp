// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <headway/headway.h>

#include "board_folder.hpp"

namespace headway::boards_test {
namespace {

TEST(ABoardOfC, IsThatOfCPlusPlus) {
  const BoardFolder folder;
  headway_bus_options options = HEADWAY_BUS_OPTIONS_INIT;
  options.dispatch = HEADWAY_DISPATCH_MANUAL;
  options.board = HEADWAY_BOARD_SHOWN;
  options.board_sessions = 1;
  options.board_name = "backup";
  headway_bus* bus = nullptr;
  ASSERT_EQ(headway_bus_create(&options, &bus), HEADWAY_OK);
  headway_session* session = nullptr;
  ASSERT_EQ(headway_session_open(bus, "photos", nullptr, &session), HEADWAY_OK);
  headway_session* unlisted = nullptr;
  ASSERT_EQ(headway_session_open(bus, "unlisted", nullptr, &unlisted), HEADWAY_OK);
  const tools::ServiceView service = the_service(folder);
  EXPECT_EQ(service.name, "backup");
  ASSERT_EQ(service.sessions.size(), 1U);
  EXPECT_EQ(service.sessions[0].info.name, "photos");
  EXPECT_EQ(service.sessions_without_slot, 1U);
  headway_session_destroy(unlisted);
  headway_session_destroy(session);
  headway_bus_destroy(bus);
}

TEST(ABoardOfC, ThatCannotBeMadeIsAFailureWithAReason) {
  const BoardFolder folder;
  ::setenv("HEADWAY_BOARD_FOLDER", "/nowhere/at/all", 1);
  headway_bus_options options = HEADWAY_BUS_OPTIONS_INIT;
  options.board = HEADWAY_BOARD_SHOWN;
  headway_bus* bus = nullptr;
  EXPECT_LT(headway_bus_create(&options, &bus), 0);
  EXPECT_EQ(bus, nullptr);
  EXPECT_NE(std::string(headway_last_error()).find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace headway::boards_test
