// SPDX-License-Identifier: MIT
//
// winsync: the progress path of Windows Sync under its original names, on a bus.
//
//   using namespace headway::winsync;
//   auto subscription = subscribe(bus, callback);         // an ISyncCallback of the application
//   auto session = bus.open_session("photos", {.merge = headway::Merge::latest});
//   SessionState state(session);                          // an ISyncSessionState for its providers
//   state.OnProgress(SPR_SOURCE, SPS_CHANGE_ENUMERATION, 3, 10);  // raises callback.OnProgress
//
// Enumerators, constants and the two calls keep the names, values and results that code written for
// Windows Sync knows. Everything is in namespace headway::winsync, and each name stands aside where the
// platform's own headers have declared it: include those first, and write the names unqualified, since
// the platform's S_OK is a macro. This is source compatibility; objects cannot cross a binary interface.
//
// Two differences to know. The callback runs on the thread that the subscription names, within the
// subscription's interval, and gets the newest values, not each call. And a DWORD holds 32 bits where
// the bus holds 64: see to_dwords().
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>

#include <headway/bus.hpp>
#include <headway/session.hpp>
#include <headway/shared_reporter.hpp>
#include <headway/status.hpp>
#include <headway/subscriber.hpp>
#include <headway/subscription.hpp>

/// The calling convention of the interfaces.
#if defined(_WIN32)
#define HEADWAY_WINSYNC_CALL __stdcall
#else
#define HEADWAY_WINSYNC_CALL
#endif

namespace headway::winsync {

// The same types as the platform's, so that both may be visible at once.
#if defined(_WIN32)
using DWORD = unsigned long;
using HRESULT = long;
#else
using DWORD = std::uint32_t;
using HRESULT = std::int32_t;
#endif
using BOOL = int;

#if defined(__winsync_h__)
using ::SPR_DESTINATION;
using ::SPR_SOURCE;
using ::SPS_CHANGE_APPLICATION;
using ::SPS_CHANGE_DETECTION;
using ::SPS_CHANGE_ENUMERATION;
using ::SYNC_PROGRESS_STAGE;
using ::SYNC_PROVIDER_ROLE;
#else
// The underlying type is fixed so that a bad value, such as 3, is a value that can be looked at and refused.
enum SYNC_PROVIDER_ROLE : int { SPR_SOURCE = 0, SPR_DESTINATION = 1 };
enum SYNC_PROGRESS_STAGE : int {
  SPS_CHANGE_DETECTION = 0,
  SPS_CHANGE_ENUMERATION = 1,
  SPS_CHANGE_APPLICATION = 2
};
#endif

#ifndef S_OK
inline constexpr HRESULT S_OK = 0;
#endif
#ifndef E_NOTIMPL
inline constexpr HRESULT E_NOTIMPL = static_cast<HRESULT>(0x80004001U);
#endif
#ifndef E_NOINTERFACE
inline constexpr HRESULT E_NOINTERFACE = static_cast<HRESULT>(0x80004002U);
#endif
#ifndef E_POINTER
inline constexpr HRESULT E_POINTER = static_cast<HRESULT>(0x80004003U);
#endif
#ifndef E_ABORT
inline constexpr HRESULT E_ABORT = static_cast<HRESULT>(0x80004004U);
#endif
#ifndef E_INVALIDARG
inline constexpr HRESULT E_INVALIDARG = static_cast<HRESULT>(0x80070057U);
#endif
#ifndef SYNC_E_INVALID_OPERATION
inline constexpr HRESULT SYNC_E_INVALID_OPERATION = static_cast<HRESULT>(0x80041001U);
#endif
#ifndef SYNC_E_INTERNAL_ERROR
inline constexpr HRESULT SYNC_E_INTERNAL_ERROR = static_cast<HRESULT>(0x8004101DU);
#endif

/// The values of Status are HRESULTs already.
[[nodiscard]] constexpr HRESULT to_hresult(Status status) noexcept {
  return static_cast<HRESULT>(status);
}

/// What a provider holds: where it reports to. Any thread.
class ISyncSessionState {
 public:
  /// S_OK, or E_POINTER for a null pointer.
  virtual HRESULT HEADWAY_WINSYNC_CALL IsCanceled(BOOL* pfIsCanceled) = 0;

  /// S_OK: the report will be delivered. E_INVALIDARG: `provider` or `syncStage` is none of the
  /// enumerators; nothing else is refused so, in particular not dwCompletedWork > dwTotalWork.
  /// E_ABORT: the session was canceled. SYNC_E_INVALID_OPERATION: it is closed, or the bus has stopped.
  virtual HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                                  SYNC_PROGRESS_STAGE syncStage,
                                                  DWORD dwCompletedWork, DWORD dwTotalWork) = 0;

  // Destructors come last: they take no place among the interface's methods.
  virtual ~ISyncSessionState() = default;
};

/// What an application implements to be told.
class ISyncCallback {
 public:
  /// Returns S_OK. A failure (a negative value) counts as an exception of the subscription and follows
  /// its on_error: ignore, unsubscribe, or cancel the session, after which providers get E_ABORT.
  virtual HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                                  SYNC_PROGRESS_STAGE syncStage,
                                                  DWORD dwCompletedWork, DWORD dwTotalWork) = 0;

  virtual ~ISyncCallback() = default;
};

/// A session's face for providers. Keeps no session open: the session's owner closes and cancels it.
///
/// Reports of several threads on one key merge as the session's `merge` says. Open the session with
/// Merge::latest if a provider may step back (completed falls while total stays); the default,
/// `furthest`, holds such a report back.
class SessionState final : public ISyncSessionState {
 public:
  /// Throws as Session::shared_reporter() does.
  explicit SessionState(Session& session, ReporterOptions options = {})
      : reporter_(session.shared_reporter(options)) {}

  HRESULT HEADWAY_WINSYNC_CALL IsCanceled(BOOL* pfIsCanceled) override {
    if (pfIsCanceled == nullptr) return E_POINTER;
    *pfIsCanceled = reporter_.canceled() ? 1 : 0;
    return S_OK;
  }

  HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                          SYNC_PROGRESS_STAGE syncStage, DWORD dwCompletedWork,
                                          DWORD dwTotalWork) override {
    return to_hresult(reporter_.report(static_cast<Role>(provider), static_cast<Stage>(syncStage),
                                       dwCompletedWork, dwTotalWork));
  }

 private:
  SharedReporter reporter_;
};

struct Work {
  DWORD completed = 0;
  DWORD total = 0;
  friend constexpr bool operator==(const Work&, const Work&) = default;
};

/// A 64-bit value as two DWORDs. What fits is passed on as it is. A larger total is halved until it
/// fits and `completed` with it, so that their ratio survives (to 2^-31), with three promises: complete
/// stays complete, incomplete stays incomplete, and with one total the result never steps back as
/// `completed` grows. `completed` saturates where it exceeds the total; a total of 0 (unknown) stays 0.
[[nodiscard]] constexpr Work to_dwords(std::uint64_t completed, std::uint64_t total) noexcept {
  constexpr std::uint64_t max = 0xFFFFFFFFU;
  const int width = static_cast<int>(std::bit_width(total));
  const int shift = width > 32 ? width - 32 : 0;
  const std::uint64_t scaled_total = total >> shift;
  std::uint64_t scaled = completed >> shift;
  // The halving may have made unequal values equal: that would claim 100 % early, or hide an overshoot.
  if (scaled == scaled_total && completed < total) --scaled;
  if (scaled == scaled_total && completed > total) ++scaled;
  if (scaled > max) scaled = max;
  return {static_cast<DWORD>(scaled), static_cast<DWORD>(scaled_total)};
}

/// What a failed ISyncCallback::OnProgress becomes, so that the bus treats it as any failing callback.
class CallbackFailed : public std::runtime_error {
 public:
  explicit CallbackFailed(HRESULT result)
      : std::runtime_error("ISyncCallback::OnProgress failed"), result_(result) {}
  [[nodiscard]] HRESULT result() const noexcept { return result_; }

 private:
  HRESULT result_;
};

/// An ISyncCallback as a Subscriber.
class CallbackSubscriber final : public Subscriber {
 public:
  /// The callback must live as long as this.
  explicit CallbackSubscriber(ISyncCallback& callback) noexcept : callback_(&callback) {}
  /// Throws std::invalid_argument for a null pointer.
  explicit CallbackSubscriber(std::shared_ptr<ISyncCallback> callback)
      : owned_(std::move(callback)), callback_(owned_.get()) {
    if (callback_ == nullptr) throw std::invalid_argument("headway::winsync: the callback is null");
  }

  void on_progress(const Update& update) override {
    const Work work = to_dwords(update.completed, update.total);
    const HRESULT result = callback_->OnProgress(static_cast<SYNC_PROVIDER_ROLE>(update.role),
                                                 static_cast<SYNC_PROGRESS_STAGE>(update.stage),
                                                 work.completed, work.total);
    if (result < 0) throw CallbackFailed(result);
  }

 private:
  std::shared_ptr<ISyncCallback> owned_;
  ISyncCallback* callback_;
};

/// Registers a callback. It must live until the subscription has ended; a shared one is kept alive by it.
/// Several callbacks may stand on one bus; options.filter limits one to a session. Throws as
/// Bus::subscribe() does.
[[nodiscard]] inline Subscription subscribe(Bus& bus, ISyncCallback& callback,
                                            SubscriptionOptions options = {}) {
  return bus.subscribe(std::make_shared<CallbackSubscriber>(callback), std::move(options));
}
[[nodiscard]] inline Subscription subscribe(Bus& bus, std::shared_ptr<ISyncCallback> callback,
                                            SubscriptionOptions options = {}) {
  return bus.subscribe(std::make_shared<CallbackSubscriber>(std::move(callback)),
                       std::move(options));
}

}  // namespace headway::winsync
