// SPDX-License-Identifier: MIT
#include "export/prometheus.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "export/exposition.hpp"
#include "export/service_labels.hpp"
#include "export/session_series.hpp"

namespace headway::tools {

namespace {

using board::Statistic;

struct Plain {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  Statistic statistic;
  bool is_time = false;
};

// Statistic::callbacks is not among them: headway_callback_seconds_count says it.
constexpr std::array plain_metrics = {
    Plain{"headway_reports_total", "counter", "Reports taken in by the dispatcher.",
          Statistic::reports},
    Plain{"headway_updates_total", "counter", "Updates handed to subscribers.", Statistic::updates},
    Plain{"headway_folds_total", "counter",
          "Reports that were folded into their cell instead of going through a ring.",
          Statistic::folds},
    Plain{"headway_ticks_total", "counter", "Ticks of the dispatcher.", Statistic::ticks},
    Plain{"headway_wakeups_total", "counter", "Times the dispatcher woke from sleep.",
          Statistic::wakeups},
    Plain{"headway_callback_exceptions_total", "counter", "Callbacks that threw.",
          Statistic::callback_exceptions},
    Plain{"headway_late_deliveries_total", "counter",
          "Deliveries that came more than their subscription's interval after the report.",
          Statistic::late_deliveries},
    Plain{"headway_longest_callback_seconds", "gauge", "Longest callback so far.",
          Statistic::longest_callback, true},
    Plain{"headway_longest_delay_seconds", "gauge",
          "Longest time so far from a report to its callback, an upper bound.",
          Statistic::longest_delay, true},
    Plain{"headway_lanes", "gauge", "Lanes in use.", Statistic::lanes},
    Plain{"headway_hot_lanes", "gauge", "Lanes that the dispatcher reads every tick.",
          Statistic::hot_lanes},
    Plain{"headway_subscriptions", "gauge", "Subscriptions that stand.", Statistic::subscriptions},
    Plain{"headway_sessions", "gauge", "Open sessions.", Statistic::open_sessions},
    Plain{"headway_sessions_opened_total", "counter", "Sessions opened so far.",
          Statistic::sessions},
};

constexpr std::array<std::pair<std::string_view, Statistic>, 3> refusals = {{
    {"invalid", Statistic::refused_invalid},
    {"aborted", Statistic::refused_aborted},
    {"closed", Statistic::refused_closed},
}};

using Services = std::vector<ServiceView>;

// In order, without what is dead; returns how many were cut.
std::size_t select_services(Services& services, std::size_t most) {
  std::erase_if(services, [](const ServiceView& service) { return !service.alive; });
  std::sort(services.begin(), services.end(), [](const ServiceView& a, const ServiceView& b) {
    return std::tie(a.process, a.file) < std::tie(b.process, b.file);
  });
  const std::size_t kept = std::min(services.size(), most);
  const std::size_t cut = services.size() - kept;
  services.resize(kept);
  return cut;
}

void add_services(Exposition& out, const Services& services) {
  out.family("headway_build_info", "gauge", "The library's version; always 1.");
  for (const ServiceView& service : services)
    out.add(labels_of(service).add("version", service.headway_version), 1);
  out.family("headway_start_time_seconds", "gauge",
             "When the bus was made, in seconds since 1970.");
  for (const ServiceView& service : services) {
    out.add_seconds(labels_of(service),
                    static_cast<std::uint64_t>(service.made_at.time_since_epoch().count()));
  }
  for (const Plain& metric : plain_metrics) {
    out.family(metric.name, metric.type, metric.help);
    for (const ServiceView& service : services) {
      const std::uint64_t value = service.statistic(metric.statistic);
      if (metric.is_time) {
        out.add_seconds(labels_of(service), value);
      } else {
        out.add(labels_of(service), value);
      }
    }
  }
  out.family("headway_sessions_unlisted_total", "counter",
             "Sessions that were opened while the board had no room for them.");
  for (const ServiceView& service : services)
    out.add(labels_of(service), service.sessions_without_slot);
  out.family("headway_refused_total", "counter", "Reports that were refused.");
  for (const ServiceView& service : services) {
    for (const auto& [reason, statistic] : refusals)
      out.add(labels_of(service).add("reason", reason), service.statistic(statistic));
  }
  out.family("headway_callback_seconds", "histogram", "How long callbacks took.");
  for (const ServiceView& service : services)
    out.add_histogram(labels_of(service), service.callback_times);
  out.family("headway_delivery_delay_seconds", "histogram",
             "Time from a report to its callback, an upper bound of each delivery.");
  for (const ServiceView& service : services)
    out.add_histogram(labels_of(service), service.delivery_delays);
}

}  // namespace

std::string prometheus_text(std::vector<ServiceView> services, std::size_t problems,
                            const ExportLimits& limits) {
  const std::size_t services_cut = select_services(services, limits.services);
  Exposition out;
  add_services(out, services);
  if (limits.sessions) {
    const std::size_t sessions_cut = add_session_series(out, services, *limits.sessions);
    out.family("headway_export_sessions_cut", "gauge",
               "Sessions without series of their own, since --sessions allows no more.");
    out.add({}, sessions_cut);
  }
  out.family("headway_export_services_cut", "gauge",
             "Services that are left out, since there are too many.");
  out.add({}, services_cut);
  out.family("headway_export_problems", "gauge", "Boards that could not be read.");
  out.add({}, problems);
  return std::move(out).take();
}

}  // namespace headway::tools
