// SPDX-License-Identifier: MIT
//
// Callback: an application's ISyncCallback without the parts it does not need.
//
//   struct Application : headway::winsync::Callback {
//     HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider, SYNC_PROGRESS_STAGE syncStage,
//                                             DWORD dwCompletedWork, DWORD dwTotalWork) override;
//   };
//
// It is on the stack or on the heap, as counted.hpp says.
#pragma once

#include <headway/winsync/counted.hpp>

namespace headway::winsync {
inline namespace HEADWAY_WINSYNC_NAMES {

/// Each method answers S_OK and does nothing: the event is noted, and its defaults stand.
class Callback : public Counted<ISyncCallback2, ISyncCallback> {
 public:
  HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE, SYNC_PROGRESS_STAGE, DWORD,
                                          DWORD) override {
    return S_OK;
  }
  HRESULT HEADWAY_WINSYNC_CALL OnChange(ISyncChange*) override { return S_OK; }
  HRESULT HEADWAY_WINSYNC_CALL OnConflict(IChangeConflict*) override { return S_OK; }
  HRESULT HEADWAY_WINSYNC_CALL OnFullEnumerationNeeded(SYNC_FULL_ENUMERATION_ACTION*) override {
    return S_OK;
  }
  HRESULT HEADWAY_WINSYNC_CALL OnRecoverableError(IRecoverableError*) override { return S_OK; }
  HRESULT HEADWAY_WINSYNC_CALL OnChangeApplied(DWORD, DWORD) override { return S_OK; }
  HRESULT HEADWAY_WINSYNC_CALL OnChangeFailed(DWORD, DWORD) override { return S_OK; }

 protected:
  Callback() = default;
  ~Callback() override = default;
};

}  // namespace HEADWAY_WINSYNC_NAMES
}  // namespace headway::winsync
