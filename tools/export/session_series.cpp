// SPDX-License-Identifier: MIT
#include "export/session_series.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>

#include "export/service_labels.hpp"

namespace headway::tools {

namespace {

struct Chosen {
  /// Position of its service.
  std::size_t service;
  const SessionView* session;

  [[nodiscard]] auto place() const { return std::tuple(service, session->info.id); }
  [[nodiscard]] auto rank() const {
    return std::tuple(!session->info.open(), session->opened_at, place());
  }
};

/// One key of one session that has been reported on.
struct Series {
  Labels labels;
  Unit unit;
  const LatestValue* value;
};

std::vector<Chosen> all_sessions(const std::vector<ServiceView>& services) {
  std::vector<Chosen> all;
  for (std::size_t i = 0; i < services.size(); ++i) {
    for (const SessionView& session : services[i].sessions) all.push_back({i, &session});
  }
  // A bus never uses an id twice, but any file may say that it has.
  std::stable_sort(all.begin(), all.end(),
                   [](const Chosen& a, const Chosen& b) { return a.place() < b.place(); });
  const auto end = std::unique(all.begin(), all.end(), [](const Chosen& a, const Chosen& b) {
    return a.place() == b.place();
  });
  all.erase(end, all.end());
  return all;
}

std::vector<Series> series_of(const std::vector<ServiceView>& services,
                              const std::vector<Chosen>& sessions) {
  std::vector<Series> series;
  for (const Chosen& chosen : sessions) {
    const SessionInfo& info = chosen.session->info;
    const Labels labels = labels_of(services[chosen.service])
                              .add("session_id", info.id.value())
                              .add("session", info.name);
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      const LatestValue& value = info.values.at(key);
      if (value.sequence == 0) continue;
      series.push_back({Labels(labels)
                            .add("role", to_string(role_of(key)))
                            .add("stage", to_string(stage_of(key))),
                        info.units.at(key % info.units.size()), &value});
    }
  }
  return series;
}

}  // namespace

std::size_t add_session_series(Exposition& out, const std::vector<ServiceView>& services,
                               std::size_t most) {
  std::vector<Chosen> sessions = all_sessions(services);
  const std::size_t kept = std::min(sessions.size(), most);
  const std::size_t cut = sessions.size() - kept;
  std::sort(sessions.begin(), sessions.end(),
            [](const Chosen& a, const Chosen& b) { return a.rank() < b.rank(); });
  sessions.erase(std::next(sessions.begin(), static_cast<std::ptrdiff_t>(kept)), sessions.end());
  std::sort(sessions.begin(), sessions.end(),
            [](const Chosen& a, const Chosen& b) { return a.place() < b.place(); });
  const std::vector<Series> series = series_of(services, sessions);

  for (const Unit unit : {Unit::items, Unit::bytes}) {
    out.family(std::string("headway_session_completed_") + to_string(unit), "gauge",
               "What the session has done; it may go back.");
    for (const Series& one : series) {
      if (one.unit == unit) out.add(one.labels, one.value->completed);
    }
    out.family(std::string("headway_session_total_") + to_string(unit), "gauge",
               "What the session has to do; absent while it does not know.");
    for (const Series& one : series) {
      if (one.unit == unit && one.value->total != 0) out.add(one.labels, one.value->total);
    }
  }
  out.family("headway_session_reports_total", "counter", "Reports on this key of the session.");
  for (const Series& one : series) out.add(one.labels, one.value->sequence);
  return cut;
}

}  // namespace headway::tools
