// SPDX-License-Identifier: MIT
#include "top/model.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace headway::tools {

namespace {

constexpr std::chrono::seconds stalled_after{5};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_wanted(const ServiceView& service, const std::string& wanted) {
  return contains(service.name, wanted) || std::to_string(service.process) == wanted;
}

}  // namespace

bool contains(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() ||
         part.empty();
}

std::optional<std::size_t> SessionRow::leading() const {
  for (const Stage stage :
       {Stage::change_application, Stage::change_enumeration, Stage::change_detection}) {
    for (const Role role : {Role::destination, Role::source}) {
      if (info().value(role, stage).sequence != 0) return key_index(role, stage);
    }
  }
  return std::nullopt;
}

std::optional<double> SessionRow::fraction(std::size_t key) const {
  return info().fraction(role_of(key), stage_of(key));
}

std::optional<double> SessionRow::rate(std::size_t key) const {
  const RateEstimator& rate = track->values[key].rate;
  return open() ? rate.ewma() : rate.mean();
}

std::optional<double> SessionRow::eta(std::size_t key) const {
  if (!open() || fraction(key) == 1.0) return std::nullopt;
  const auto left = track->values[key].rate.eta();
  return left ? std::optional(left->count()) : std::nullopt;
}

bool SessionRow::stalled(TimePoint now) const {
  const auto key = leading();
  return open() && key && fraction(*key) != 1.0 && now - track->moved >= stalled_after;
}

void Model::look(std::vector<ServiceView> services, WallTime wall, TimePoint now) {
  std::erase_if(services, [this](const ServiceView& service) {
    return !service.alive || !is_wanted(service, wanted_);
  });
  services_ = std::move(services);
  tracks_.follow(services_, wall, now);
  rows_.clear();
  totals_ = {};
  std::set<std::string_view> names;
  for (const ServiceView& service : services_) names.insert(service.name);
  namesakes_ = names.size() < services_.size();
  for (const ServiceView& service : services_) {
    const ServiceTrack& track = tracks_.of(service);
    for (const SessionView& session : service.sessions) {
      rows_.push_back({&service, &session, &track.sessions.at(session.info.id.value())});
      ++(session.info.open() ? totals_.open : totals_.closed);
    }
  }
}

}  // namespace headway::tools
