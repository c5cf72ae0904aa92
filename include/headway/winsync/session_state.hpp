// SPDX-License-Identifier: MIT
//
// SessionState: a session's ISyncSessionState, for providers written for Windows Sync.
//
//   SessionState state(session);                                          // on the stack
//   auto state = make_ref<SessionState>(session, Accounting::accumulate);  // for providers that keep it
//   provider->BeginSession(SPR_SOURCE, state.get());
//
// One serves both providers of a session, and any number of threads.
//
// Under Accounting::accumulate each call for SPS_CHANGE_APPLICATION says how much was done since the call before
// and how much remains, whoever made that call; source and destination count apart. This is what then holds:
//
// - `completed` is the sum of the calls that were answered S_OK, at any moment and from any number of threads. It
//   is 64 bits wide (to 2^63 - 1), never steps back, and has nothing of a call that was refused.
// - `total` is that sum plus what the last call said remains. Among calls that overlap one is the last. While
//   calls are under way on other threads the total may lag behind by what they change, as may the last word of a
//   session that was canceled or closed in the middle of a call.
//
// No lock is taken and no thread waits for another: the bus adds up what each thread has done.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <headway/options.hpp>
#include <headway/session.hpp>
#include <headway/shared_reporter.hpp>
#include <headway/status.hpp>
#include <headway/vocabulary.hpp>
#include <headway/winsync/counted.hpp>

namespace headway::winsync {
inline namespace HEADWAY_WINSYNC_NAMES {

/// What dwCompletedWork and dwTotalWork of a provider's OnProgress mean.
enum class Accounting : std::uint8_t {
  /// The work done so far and all the work there is, in each stage, as Windows 7 documents it.
  absolute,
  /// For SPS_CHANGE_APPLICATION, the work done since the last call and the work that remains, as Sync
  /// Framework documents it; the callback gets (sum, sum + remaining). Other stages are absolute.
  accumulate
};

/// Keeps no session open: the session's owner closes and cancels it, and may end it and the bus first.
///
/// Absolute reports of several threads on one key merge as the session's `merge` says. Open the session with
/// Merge::latest if a provider may step back (completed falls while total stays); the default holds such a
/// report back.
///
/// E_NOTIMPL is the answer of what knows of changes and knowledge, which the bus does not:
/// GetInfoForChangeApplication, LoadInfoFromChangeApplication, GetForgottenKnowledgeRecoveryRangeStart,
/// GetForgottenKnowledgeRecoveryRangeEnd, SetForgottenKnowledgeRecoveryRange.
class SessionState final : public Counted<ISyncSessionState2, ISyncSessionState> {
 public:
  /// Both throw as Session::shared_reporter() does.
  explicit SessionState(Session& session, ReporterOptions options = {})
      : SessionState(session, Accounting::absolute, options) {}
  SessionState(Session& session, Accounting accounting, ReporterOptions options = {})
      : accounting_(accounting), reporter_(session.shared_reporter(options)) {}

  /// S_OK, or E_POINTER for a null pointer. Any thread.
  HRESULT HEADWAY_WINSYNC_CALL IsCanceled(BOOL* pfIsCanceled) override {
    if (pfIsCanceled == nullptr) return E_POINTER;
    *pfIsCanceled = reporter_.canceled() ? 1 : 0;
    return S_OK;
  }

  HRESULT HEADWAY_WINSYNC_CALL GetInfoForChangeApplication(BYTE*, DWORD*) override {
    return E_NOTIMPL;
  }
  HRESULT HEADWAY_WINSYNC_CALL LoadInfoFromChangeApplication(const BYTE*, DWORD) override {
    return E_NOTIMPL;
  }
  HRESULT HEADWAY_WINSYNC_CALL GetForgottenKnowledgeRecoveryRangeStart(BYTE*, DWORD*) override {
    return E_NOTIMPL;
  }
  HRESULT HEADWAY_WINSYNC_CALL GetForgottenKnowledgeRecoveryRangeEnd(BYTE*, DWORD*) override {
    return E_NOTIMPL;
  }
  HRESULT HEADWAY_WINSYNC_CALL SetForgottenKnowledgeRecoveryRange(const SYNC_RANGE*) override {
    return E_NOTIMPL;
  }

  /// S_OK: the report will be delivered. E_INVALIDARG: `provider` or `syncStage` is none of the
  /// enumerators; nothing else is refused so, in particular not dwCompletedWork > dwTotalWork.
  /// E_ABORT: the session was canceled. SYNC_E_INVALID_OPERATION: it is closed, or the bus has stopped.
  /// Any thread; costs and allocates as a SharedReporter does.
  HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                          SYNC_PROGRESS_STAGE syncStage, DWORD dwCompletedWork,
                                          DWORD dwTotalWork) override {
    const auto role = static_cast<Role>(provider);
    const auto stage = static_cast<Stage>(syncStage);
    if (accounting_ == Accounting::accumulate && stage == Stage::change_application &&
        is_valid(role, stage)) {
      return to_hresult(accumulate(role, dwCompletedWork, dwTotalWork));
    }
    return to_hresult(reporter_.report(role, stage, dwCompletedWork, dwTotalWork));
  }

  /// The destination provider says who made the synchronization fail: itself (nonzero) or the source. Kept for
  /// provider_with_error(); the bus does nothing with it. Always S_OK. Any thread.
  HRESULT HEADWAY_WINSYNC_CALL SetProviderWithError(BOOL fSelf) override {
    provider_with_error_.store(fSelf != 0 ? SPR_DESTINATION : SPR_SOURCE,
                               std::memory_order_relaxed);
    return S_OK;
  }

  /// `*phrSessionError`: E_ABORT once the session was canceled, S_OK until then, since a session of the bus
  /// knows no other failure. (What the original reports here is not known to us.) S_OK, or E_POINTER for a
  /// null pointer. Any thread.
  HRESULT HEADWAY_WINSYNC_CALL GetSessionErrorStatus(HRESULT* phrSessionError) override {
    if (phrSessionError == nullptr) return E_POINTER;
    *phrSessionError = reporter_.canceled() ? E_ABORT : S_OK;
    return S_OK;
  }

  /// What the last SetProviderWithError said, if any. Any thread.
  [[nodiscard]] std::optional<SYNC_PROVIDER_ROLE> provider_with_error() const noexcept {
    const int role = provider_with_error_.load(std::memory_order_relaxed);
    if (role == nobody) return std::nullopt;
    return static_cast<SYNC_PROVIDER_ROLE>(role);
  }

 private:
  static constexpr int nobody = -1;

  Status accumulate(Role role, DWORD completed, DWORD remaining) noexcept {
    // Total = completed + remaining. What one call changes of it depends on what the call before said, so the
    // calls are put into an order here; the changes themselves add up in any order. Relaxed: nothing else is
    // read on the strength of it.
    const DWORD before =
        remaining_[static_cast<std::size_t>(role)].exchange(remaining, std::memory_order_relaxed);
    const std::int64_t more = std::int64_t{completed} + remaining - before;
    return reporter_.advance(role, Stage::change_application, completed, more);
  }

  const Accounting accounting_;
  std::atomic<int> provider_with_error_{nobody};
  /// By role: what the last call said remains.
  std::array<std::atomic<DWORD>, 2> remaining_{};
  SharedReporter reporter_;
};

}  // namespace HEADWAY_WINSYNC_NAMES
}  // namespace headway::winsync
