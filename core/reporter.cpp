// SPDX-License-Identifier: MIT
#include <headway/reporter.hpp>

#include <stdexcept>
#include <string>
#include <utility>

#include <headway/shared_reporter.hpp>
#include "core/bus_state.hpp"

namespace headway {

namespace {

void check_key(Role role, Stage stage) {
  if (is_valid(role, stage)) return;
  throw std::invalid_argument(
      "headway: role " + std::to_string(static_cast<std::uint32_t>(role)) + ", stage " +
      std::to_string(static_cast<std::uint32_t>(stage)) +
      "; a role is 0 (source) or 1 (destination), a stage 0 (change_detection), "
      "1 (change_enumeration) or 2 (change_application)");
}

/// What empty shared handles refer to.
detail::SharedGroup& closed_group() noexcept {
  // Never destroyed: handles may be used while static objects are destroyed.
  static union Holder {
    Holder() : group() {}
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    ~Holder() {}  // NOLINT(modernize-use-equals-default): that would delete it
    detail::GroupState group;
  } holder;
  return holder.group;
}

}  // namespace

namespace detail {

Status refuse_key(const BusLane& lane) noexcept {
  if (BusIntake* const intake = lane.intake()) {
    intake->refused_invalid.fetch_add(1, std::memory_order_relaxed);
  }
  return Status::invalid_argument;
}

}  // namespace detail

Reporter::Reporter(std::shared_ptr<detail::SessionState> session, detail::BusLane& lane) noexcept
    : lane_(&lane), session_(std::move(session)) {}

Reporter::Reporter(Reporter&& other) noexcept
    : lane_(std::exchange(other.lane_, &detail::inert_lane)), session_(std::move(other.session_)) {}

Reporter& Reporter::operator=(Reporter&& other) noexcept {
  if (this != &other) {
    end();
    lane_ = std::exchange(other.lane_, &detail::inert_lane);
    session_ = std::move(other.session_);
  }
  return *this;
}

Reporter::~Reporter() { end(); }

void Reporter::end() noexcept {
  if (!session_) return;
  detail::BusState& bus = *session_->bus;
  if (!bus.inert()) bus.end_reporter(*session_, *lane_);
}

Counter Reporter::at(Role role, Stage stage) {
  check_key(role, stage);
  return {*lane_, key(role, stage)};
}

SharedReporter::SharedReporter() noexcept : group_(&closed_group()) {}

SharedReporter::SharedReporter(std::shared_ptr<detail::SharedGroup> group) noexcept
    : group_(group.get()), owner_(std::move(group)) {}

SharedReporter::SharedReporter(SharedReporter&& other) noexcept
    : group_(std::exchange(other.group_, &closed_group())), owner_(std::move(other.owner_)) {}

SharedReporter& SharedReporter::operator=(SharedReporter&& other) noexcept {
  if (this != &other) {
    end();
    group_ = std::exchange(other.group_, &closed_group());
    owner_ = std::move(other.owner_);
  }
  return *this;
}

SharedReporter::~SharedReporter() { end(); }

void SharedReporter::end() noexcept {
  if (!owner_) return;
  auto& group = static_cast<detail::GroupState&>(*owner_);
  detail::BusState& bus = *group.session->bus;
  if (!bus.inert()) bus.end_group(group);
}

SharedCounter SharedReporter::at(Role role, Stage stage) {
  check_key(role, stage);
  return {group_, key(role, stage)};
}

}  // namespace headway
