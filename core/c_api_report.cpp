// SPDX-License-Identifier: MIT
//
// The reporting functions of headway/headway.h. They cost a call more than the C++ ones, and nothing else: a
// report throws nothing and its statuses are the same numbers, so there is nothing to catch or to translate.
#include "core/c_api.hpp"

namespace {

using headway::Role;
using headway::Stage;

headway_status to_c(headway::Status status) noexcept { return static_cast<headway_status>(status); }

template <class Handle>
headway_status report(Handle* handle, headway_role role, headway_stage stage,
                      std::uint64_t completed, std::uint64_t total) noexcept {
  if (handle == nullptr) [[unlikely]]
    return HEADWAY_E_POINTER;
  return to_c(handle->reporter.report(Role{role}, Stage{stage}, completed, total));
}

template <class Handle>
headway_status advance(Handle* handle, headway_role role, headway_stage stage,
                       std::int64_t completed) noexcept {
  if (handle == nullptr) [[unlikely]]
    return HEADWAY_E_POINTER;
  return to_c(handle->reporter.advance(Role{role}, Stage{stage}, completed));
}

template <class Handle>
headway_status add_total(Handle* handle, headway_role role, headway_stage stage,
                         std::int64_t more) noexcept {
  if (handle == nullptr) [[unlikely]]
    return HEADWAY_E_POINTER;
  return to_c(handle->reporter.add_total(Role{role}, Stage{stage}, more));
}

template <class Handle>
std::int32_t canceled(const Handle* handle) noexcept {
  return handle != nullptr && handle->reporter.canceled() ? 1 : 0;
}

}  // namespace

headway_status headway_report(headway_reporter* reporter, headway_role role, headway_stage stage,
                              uint64_t completed, uint64_t total) noexcept {
  return report(reporter, role, stage, completed, total);
}

headway_status headway_advance(headway_reporter* reporter, headway_role role, headway_stage stage,
                               int64_t completed) noexcept {
  return advance(reporter, role, stage, completed);
}

headway_status headway_add_total(headway_reporter* reporter, headway_role role, headway_stage stage,
                                 int64_t more) noexcept {
  return add_total(reporter, role, stage, more);
}

int32_t headway_reporter_canceled(const headway_reporter* reporter) noexcept {
  return canceled(reporter);
}

headway_status headway_shared_report(headway_shared_reporter* reporter, headway_role role,
                                     headway_stage stage, uint64_t completed,
                                     uint64_t total) noexcept {
  return report(reporter, role, stage, completed, total);
}

headway_status headway_shared_advance(headway_shared_reporter* reporter, headway_role role,
                                      headway_stage stage, int64_t completed) noexcept {
  return advance(reporter, role, stage, completed);
}

headway_status headway_shared_add_total(headway_shared_reporter* reporter, headway_role role,
                                        headway_stage stage, int64_t more) noexcept {
  return add_total(reporter, role, stage, more);
}

int32_t headway_shared_reporter_canceled(const headway_shared_reporter* reporter) noexcept {
  return canceled(reporter);
}
