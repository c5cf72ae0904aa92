// SPDX-License-Identifier: MIT
#include "top/json.hpp"

#include <array>
#include <cstdint>

#include "display/format.hpp"
#include "display/json_line.hpp"

namespace headway::tools {

namespace {

using board::Statistic;

constexpr std::array<const char*, static_cast<std::size_t>(Statistic::count)> statistic_names = {
    "reports",
    "updates",
    "folds",
    "refused_invalid",
    "refused_aborted",
    "refused_closed",
    "ticks",
    "wakeups",
    "callbacks",
    "callback_exceptions",
    "late_deliveries",
    "longest_callback_nanoseconds",
    "longest_delay_nanoseconds",
    "lanes",
    "hot_lanes",
    "open_sessions",
    "subscriptions",
    "sessions"};

constexpr std::array merge_names = {"unset", "sum", "furthest", "latest"};

constexpr std::size_t exact_time = 9;

/// A list of JSON values.
class JsonList {
 public:
  void add(std::string_view json) { body_.append(body_.empty() ? "" : ",").append(json); }
  [[nodiscard]] std::string text() const { return "[" + body_ + "]"; }

 private:
  std::string body_;
};

JsonLine& add_time(JsonLine& line, std::string_view key, std::optional<WallTime> at) {
  return at ? line.add(key, format_time(*at, exact_time)) : line.raw(key, "null");
}

std::string histogram_object(const DurationHistogram& histogram) {
  JsonList bounds;
  for (const auto bound : DurationHistogram::bounds) bounds.add(std::to_string(bound.count()));
  JsonList counts;
  for (const std::uint64_t count : histogram.counts) counts.add(std::to_string(count));
  return JsonLine()
      .raw("bounds_nanoseconds", bounds.text())
      .raw("counts", counts.text())
      .raw("sum_nanoseconds", std::to_string(histogram.sum.count()))
      .object();
}

std::string value_object(const SessionRow& row, std::size_t key) {
  const LatestValue& value = row.info().values.at(key);
  const RateEstimator& rate = row.track->values.at(key).rate;
  return JsonLine()
      .add("role", to_string(role_of(key)))
      .add("stage", to_string(stage_of(key)))
      .add("unit", to_string(row.info().units.at(static_cast<std::size_t>(stage_of(key)))))
      .add("completed", value.completed)
      .add("total", value.total)
      .add("sequence", value.sequence)
      .add("fraction", row.fraction(key))
      .add("rate_mean", rate.mean())
      .add("rate_ewma", row.open() ? rate.ewma() : std::nullopt)
      .add("eta", row.eta(key))
      .object();
}

const char* state_of(const SessionView& session) {
  if (session.info.open()) return "open";
  return session.closing ? "closing" : "closed";
}

std::string session_object(const SessionRow& row, TimePoint now) {
  const SessionInfo& info = row.info();
  JsonList values;
  for (std::size_t key = 0; key < keys_per_session; ++key) {
    if (info.values[key].sequence != 0) values.add(value_object(row, key));
  }
  JsonLine object;
  object.add("id", info.id.value()).add("name", info.name).add("state", state_of(*row.session));
  if (info.outcome) {
    object.add("outcome", to_string(*info.outcome));
  } else {
    object.raw("outcome", "null");
  }
  object.add("canceled", info.canceled).add("stalled", row.stalled(now));
  add_time(object, "opened_at", row.session->opened_at);
  add_time(object, "closed_at", row.session->closed_at);
  return object.add("merge", merge_names.at(static_cast<std::size_t>(row.session->merge)))
      .add("note", info.note)
      .add("detail", info.detail)
      .raw("values", values.text())
      .object();
}

std::string service_object(const Model& model, const ServiceView& service, TimePoint now) {
  JsonLine statistics;
  for (std::size_t i = 0; i < statistic_names.size(); ++i) {
    statistics.add(statistic_names.at(i), service.statistics.at(i));
  }
  JsonList sessions;
  for (const SessionRow& row : model.rows()) {
    if (row.service == &service) sessions.add(session_object(row, now));
  }
  const ServiceTrack& track = model.track(service);
  JsonLine object;
  object.add("name", service.name)
      .add("process", service.process)
      .add("file", service.file)
      .add("library_version", service.headway_version);
  add_time(object, "made_at", service.made_at);
  add_time(object, "stopped_at", service.stopped_at);
  add_time(object, "statistics_at", service.statistics_at);
  return object.raw("statistics", statistics.object())
      .add("reports_per_second", track.reports.ewma())
      .add("updates_per_second", track.updates.ewma())
      .raw("callback_times", histogram_object(service.callback_times))
      .raw("delivery_delays", histogram_object(service.delivery_delays))
      .add("sessions_without_slot", service.sessions_without_slot)
      .raw("sessions", sessions.text())
      .object();
}

}  // namespace

std::string json_text(const Model& model, const std::vector<std::string>& problems, Moment moment) {
  JsonList services;
  for (const ServiceView& service : model.services()) {
    services.add(service_object(model, service, moment.now));
  }
  JsonList texts;
  for (const std::string& problem : problems) texts.add(JsonLine::quote(problem));
  JsonLine line("top");
  add_time(line, "time", moment.wall);
  return line.raw("services", services.text()).raw("problems", texts.text()).text();
}

}  // namespace headway::tools
