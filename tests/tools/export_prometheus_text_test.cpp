// SPDX-License-Identifier: MIT
#include "export/prometheus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/tools/export_services.hpp"

namespace {

using namespace headway;
using namespace headway::tools;
using namespace headway::tools::testing;
using board::Statistic;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(PrometheusText, WithoutServicesItSaysThatNothingWentWrong) {
  EXPECT_EQ(
      prometheus_text({}, 0),
      "# HELP headway_export_services_cut Services that are left out, since there are too many.\n"
      "# TYPE headway_export_services_cut gauge\n"
      "headway_export_services_cut 0\n"
      "# HELP headway_export_problems Boards that could not be read.\n"
      "# TYPE headway_export_problems gauge\n"
      "headway_export_problems 0\n");
}

TEST(PrometheusText, BoardsThatCouldNotBeReadAreCounted) {
  EXPECT_THAT(samples(prometheus_text({}, 3), "headway_export_problems"),
              ElementsAre("headway_export_problems 3"));
}

TEST(PrometheusText, EachStatisticHasItsMetric) {
  ServiceView view = service("photos", 7, "headway.7.1");
  for (std::size_t i = 0; i < view.statistics.size(); ++i) view.statistics[i] = 1000 + i;
  set(view, Statistic::longest_callback, 1'500'000'000);
  set(view, Statistic::longest_delay, 20'000'000);
  view.sessions_without_slot = 5;
  const std::string text = prometheus_text({view}, 0);
  const auto value = [&](const std::string& metric, Statistic which) {
    EXPECT_THAT(text,
                HasSubstr("\n" + metric + "{service=\"photos\",pid=\"7\",bus=\"headway.7.1\"} " +
                          std::to_string(1000 + static_cast<std::size_t>(which)) + "\n"));
  };
  value("headway_reports_total", Statistic::reports);
  value("headway_updates_total", Statistic::updates);
  value("headway_folds_total", Statistic::folds);
  value("headway_ticks_total", Statistic::ticks);
  value("headway_wakeups_total", Statistic::wakeups);
  value("headway_callback_exceptions_total", Statistic::callback_exceptions);
  value("headway_late_deliveries_total", Statistic::late_deliveries);
  value("headway_lanes", Statistic::lanes);
  value("headway_hot_lanes", Statistic::hot_lanes);
  value("headway_sessions", Statistic::open_sessions);
  value("headway_sessions_opened_total", Statistic::sessions);
  value("headway_subscriptions", Statistic::subscriptions);
  const std::string labels = R"({service="photos",pid="7",bus="headway.7.1"})";
  EXPECT_THAT(text, HasSubstr("\nheadway_longest_callback_seconds" + labels + " 1.5\n"));
  EXPECT_THAT(text, HasSubstr("\nheadway_longest_delay_seconds" + labels + " 0.02\n"));
  EXPECT_THAT(text, HasSubstr("\nheadway_sessions_unlisted_total" + labels + " 5\n"));
  EXPECT_THAT(text, HasSubstr("\nheadway_start_time_seconds" + labels + " 1700000000\n"));
}

TEST(PrometheusText, RefusedReportsAreOneMetricWithAReason) {
  ServiceView view = service("s", 7, "f");
  set(view, Statistic::refused_invalid, 1);
  set(view, Statistic::refused_aborted, 2);
  set(view, Statistic::refused_closed, 3);
  EXPECT_THAT(
      samples(prometheus_text({view}, 0), "headway_refused_total"),
      ElementsAre(R"(headway_refused_total{service="s",pid="7",bus="f",reason="invalid"} 1)",
                  R"(headway_refused_total{service="s",pid="7",bus="f",reason="aborted"} 2)",
                  R"(headway_refused_total{service="s",pid="7",bus="f",reason="closed"} 3)"));
}

TEST(PrometheusText, TheVersionIsALabelOfAMetricThatIsOne) {
  EXPECT_THAT(samples(prometheus_text({service("s", 7, "f")}, 0), "headway_build_info"),
              ElementsAre(R"(headway_build_info{service="s",pid="7",bus="f",version="0.1.0"} 1)"));
}

TEST(PrometheusText, HistogramsAreThoseOfTheService) {
  ServiceView view = service("s", 7, "f");
  view.callback_times.counts.front() = 4;
  view.callback_times.sum = std::chrono::nanoseconds(2000);
  view.delivery_delays.counts.back() = 6;
  view.delivery_delays.sum = std::chrono::seconds(90);
  const std::string text = prometheus_text({view}, 0);
  const std::string labels = R"({service="s",pid="7",bus="f"})";
  EXPECT_THAT(text, HasSubstr("\nheadway_callback_seconds_sum" + labels + " 0.000002\n"));
  EXPECT_THAT(text, HasSubstr("\nheadway_callback_seconds_count" + labels + " 4\n"));
  EXPECT_THAT(text, HasSubstr("\nheadway_delivery_delay_seconds_sum" + labels + " 90\n"));
  EXPECT_THAT(text, HasSubstr("\nheadway_delivery_delay_seconds_count" + labels + " 6\n"));
  EXPECT_THAT(samples(text, "headway_callback_seconds_bucket"),
              SizeIs(DurationHistogram::bounds.size() + 1));
}

TEST(PrometheusText, ASumThatNoServiceWouldWriteStaysANumber) {
  ServiceView view = service("s", 7, "f");
  view.callback_times.sum = std::chrono::nanoseconds(-1);  // all bits of the board's word
  EXPECT_THAT(samples(prometheus_text({view}, 0), "headway_callback_seconds_sum"),
              ElementsAre(HasSubstr(" 18446744073.709551615")));
}

TEST(PrometheusText, TheOrderOfTheServicesDoesNotShow) {
  std::vector<ServiceView> services = {service("b", 9, "headway.9.2"),
                                       service("a", 9, "headway.9.1"),
                                       service("c", 7, "headway.7.1")};
  const std::string text = prometheus_text(services, 0);
  EXPECT_THAT(
      samples(text, "headway_lanes"),
      ElementsAre(HasSubstr("pid=\"7\""), HasSubstr("headway.9.1"), HasSubstr("headway.9.2")));
  std::reverse(services.begin(), services.end());
  EXPECT_EQ(prometheus_text(services, 0), text);
}

TEST(PrometheusText, BusesOfOneProcessAndOneNameAreDifferentSeries) {
  const std::string text =
      prometheus_text({service("same", 7, "headway.7.1"), service("same", 7, "headway.7.2")}, 0);
  std::set<std::string> series;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with('#')) continue;
    EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
  EXPECT_THAT(samples(text, "headway_lanes"), SizeIs(2));
}

TEST(PrometheusText, EachFamilyIsHeadedOnceAndItsSamplesStandTogether) {
  ServiceView first = service("a", 7, "f");
  first.sessions = {session(1, "s")};
  report(first.sessions[0], Role::source, Stage::change_detection, {1, 2, 3});
  const std::string text =
      prometheus_text({first, service("b", 8, "g")}, 0, {.sessions = std::size_t{10}});
  std::set<std::string> headed;
  std::string family;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(headed.insert(family).second) << line;
    } else if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(line.starts_with("# TYPE " + family + " ")) << line;
    } else {
      EXPECT_TRUE(line.starts_with(family)) << line;
    }
  }
}

TEST(PrometheusText, AServiceThatDiedIsLeftOut) {
  ServiceView dead = service("dead", 7, "f");
  dead.alive = false;
  EXPECT_EQ(prometheus_text({dead}, 0), prometheus_text({}, 0));
}

TEST(PrometheusText, AStoppedBusIsStillShown) {
  ServiceView stopped = service("s", 7, "f");
  stopped.stopped_at = stopped.made_at;
  EXPECT_THAT(samples(prometheus_text({stopped}, 0), "headway_lanes"), SizeIs(1));
}

TEST(PrometheusText, ServicesBeyondTheLimitAreCounted) {
  std::vector<ServiceView> services;
  for (std::uint64_t i = 0; i < 5; ++i) services.push_back(service("s", i, std::to_string(i)));
  const std::string text = prometheus_text(services, 0, {.services = 3, .sessions = {}});
  EXPECT_THAT(samples(text, "headway_lanes"), SizeIs(3));
  EXPECT_THAT(samples(text, "headway_export_services_cut"),
              ElementsAre("headway_export_services_cut 2"));
}

TEST(PrometheusText, NamesThatTryToEndTheirLabelDoNot) {
  const std::string text =
      prometheus_text({service("a\"} 1\nheadway_lanes{service=\"b", 7, "f")}, 0);
  EXPECT_THAT(samples(text, "headway_lanes"),
              ElementsAre("headway_lanes{service=\"a\\\"} 1\\\\nheadway_lanes{service=\\\"b\","
                          "pid=\"7\",bus=\"f\"} 0"));
}

TEST(PrometheusText, NoSessionHasSeriesUnlessAskedFor) {
  ServiceView view = service("s", 7, "f");
  view.sessions = {session(1, "secret")};
  report(view.sessions[0], Role::source, Stage::change_detection, {1, 2, 3});
  const std::string text = prometheus_text({view}, 0);
  EXPECT_THAT(text, Not(HasSubstr("secret")));
  EXPECT_THAT(samples(text, "headway_export_sessions_cut"), IsEmpty());
}

}  // namespace
