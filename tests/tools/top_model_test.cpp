// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "top/model.hpp"
#include "top_views.hpp"

namespace {

using namespace headway;
using namespace headway::tools;
using namespace std::chrono_literals;

constexpr std::size_t apply = key_index(Role::destination, Stage::change_application);

/// One service with this session.
std::vector<ServiceView> with(const SessionView& session) {
  std::vector<ServiceView> services = {service_of("photos", 7)};
  services.front().sessions.push_back(session);
  return services;
}

TEST(Model, RatesAreKnownFromTheSecondLookOn) {
  Model model;
  SessionView session = session_of(1, "one");
  look(model, with(applied(session, 500, 1000)), 10s);
  EXPECT_EQ(model.rows().at(0).rate(apply), std::nullopt);
  look(model, with(applied(session, 600, 1000)), 12s);
  EXPECT_NEAR(model.rows().at(0).rate(apply).value(), 50.0, 1e-9);
  EXPECT_NEAR(model.rows().at(0).eta(apply).value(), 8.0, 1e-9);
}

TEST(Model, OneLookIsEnoughForTheMeansSinceTheBeginning) {
  Model model({}, RatesFrom::the_beginning);
  SessionView session = session_of(1, "one", 6s);
  std::vector<ServiceView> services = with(applied(session, 200, 1000));
  services[0].statistics[static_cast<std::size_t>(board::Statistic::reports)] = 1000;
  look(model, services, 10s);
  EXPECT_NEAR(model.rows().at(0).rate(apply).value(), 50.0, 1e-9);
  EXPECT_NEAR(model.track(model.services()[0]).reports.mean().value(), 100.0, 1e-9);
}

TEST(Model, ANewSessionCountsFromItsOpeningAndANewStageFromTheLookBefore) {
  Model model;
  look(model, with(session_of(1, "old")), 0s);
  SessionView session = session_of(2, "new", 1s);
  look(model, with(applied(session, 100, 1000)), 2s);
  EXPECT_NEAR(model.rows().at(0).rate(apply).value(), 100.0, 1e-9);
  value_of(session, Role::source, Stage::change_application) = {30, 90, 1};
  look(model, with(session), 5s);
  const std::size_t source = key_index(Role::source, Stage::change_application);
  EXPECT_NEAR(model.rows().at(0).rate(source).value(), 10.0, 1e-9);
}

TEST(Model, AClosedSessionKeepsTheRateOfItsTimeAndHasNoneLeft) {
  Model model;
  SessionView session = session_of(1, "one");
  close(applied(session, 300, 1000), Outcome::failed, "disk is full", 3s);
  look(model, with(session), 10s);
  look(model, with(session), 100s);
  EXPECT_NEAR(model.rows().at(0).rate(apply).value(), 100.0, 1e-9);
  EXPECT_EQ(model.rows().at(0).eta(apply), std::nullopt);
  EXPECT_FALSE(model.rows().at(0).stalled(moment(100s).now));
}

TEST(Model, StalledIsWhatIsOpenAndUnfinishedAndHasNotMovedForFiveSeconds) {
  Model model;
  SessionView session = session_of(1, "one");
  look(model, with(applied(session, 1, 10)), 0s);
  EXPECT_FALSE(model.rows().at(0).stalled(moment(4s).now));
  // A report that changes nothing is no movement.
  look(model, with(applied(session, 1, 10)), 5s);
  EXPECT_TRUE(model.rows().at(0).stalled(moment(5s).now));
  // Whatever moves will do.
  value_of(session, Role::source, Stage::change_detection) = {1, 0, 1};
  look(model, with(session), 6s);
  EXPECT_FALSE(model.rows().at(0).stalled(moment(6s).now));
  look(model, with(applied(session, 10, 10)), 20s);
  EXPECT_FALSE(model.rows().at(0).stalled(moment(40s).now));
}

TEST(Model, WithoutAReportNothingLeadsAndNothingIsStalled) {
  Model model;
  look(model, with(session_of(1, "one")));
  EXPECT_EQ(model.rows().at(0).leading(), std::nullopt);
  EXPECT_FALSE(model.rows().at(0).stalled(moment(100s).now));
}

TEST(Model, TheLatestStageLeadsAndThereTheDestination) {
  Model model;
  SessionView session = session_of(1, "one");
  const auto leading = [&] {
    look(model, with(session));
    return model.rows().at(0).leading();
  };
  value_of(session, Role::destination, Stage::change_detection) = {1, 1, 1};
  EXPECT_EQ(leading(), key_index(Role::destination, Stage::change_detection));
  value_of(session, Role::source, Stage::change_enumeration) = {1, 1, 1};
  EXPECT_EQ(leading(), key_index(Role::source, Stage::change_enumeration));
  value_of(session, Role::source, Stage::change_application) = {1, 1, 1};
  EXPECT_EQ(leading(), key_index(Role::source, Stage::change_application));
  applied(session, 0, 0);
  EXPECT_EQ(leading(), apply);
}

TEST(Model, ServicesAreWantedByPartOfTheirNameOrByProcess) {
  const std::vector<ServiceView> all = {service_of("Photo-Sync", 47), service_of("mail", 4711),
                                        service_of("photo\xff", 5)};
  const auto found = [&](const std::string& wanted) {
    Model model(wanted);
    look(model, all);
    std::vector<std::uint64_t> processes;
    for (const ServiceView& service : model.services()) processes.push_back(service.process);
    return processes;
  };
  using Processes = std::vector<std::uint64_t>;
  EXPECT_EQ(found(""), (Processes{47, 4711, 5}));
  EXPECT_EQ(found("photo"), (Processes{47, 5}));
  EXPECT_EQ(found("4711"), Processes{4711});
  EXPECT_EQ(found("47"), Processes{47});
  EXPECT_EQ(found("\xff"), Processes{5});
  EXPECT_EQ(found("nobody"), Processes{});
}

TEST(Model, WhatIsGoneIsForgottenAndComesBackAsNew) {
  Model model;
  SessionView session = session_of(1, "one");
  look(model, with(applied(session, 100, 1000)), 0s);
  look(model, with(applied(session, 200, 1000)), 1s);
  look(model, {}, 2s);
  EXPECT_TRUE(model.services().empty());
  EXPECT_TRUE(model.rows().empty());
  look(model, with(applied(session, 300, 1000)), 3s);
  EXPECT_NEAR(model.rows().at(0).rate(apply).value(), 100.0, 1e-9) << "since it was opened";
}

TEST(Model, AServiceWhoseProcessIsGoneIsNotShown) {
  Model model;
  std::vector<ServiceView> services = with(session_of(1, "one"));
  services[0].alive = false;
  look(model, services);
  EXPECT_TRUE(model.services().empty());
}

TEST(Model, CountsOpenAndClosedSessions) {
  Model model;
  std::vector<ServiceView> services = {service_of("a", 1), service_of("b", 2)};
  services[0].sessions = {session_of(1, "x"), session_of(2, "y")};
  services[1].sessions = {session_of(1, "z")};
  close(services[1].sessions[0], Outcome::completed);
  look(model, services);
  EXPECT_EQ(model.totals().open, 2U);
  EXPECT_EQ(model.totals().closed, 1U);
}

TEST(Contains, TakesLettersOfAsciiAsTheSameInBothCases) {
  EXPECT_TRUE(contains("Photos", "OTO"));
  EXPECT_TRUE(contains("x", ""));
  EXPECT_TRUE(contains("", ""));
  EXPECT_FALSE(contains("", "x"));
  EXPECT_FALSE(contains("Ü", "ü"));
  EXPECT_TRUE(contains("a\xff", "\xff"));
}

}  // namespace
