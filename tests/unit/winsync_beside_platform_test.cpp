// SPDX-License-Identifier: MIT
//
// winsync.hpp included after headers that declare the same names, as <windows.h> and <winsync.h> do.
#define __winsync_h__
#if defined(_WIN32)
#include <windows.h>
#else
typedef int BOOL;
typedef int HRESULT;
typedef unsigned int DWORD;
#define S_OK ((HRESULT)0L)
#define E_POINTER ((HRESULT)0x80004003L)
#define E_INVALIDARG ((HRESULT)0x80070057L)
#endif
enum SYNC_PROVIDER_ROLE { SPR_SOURCE = 0, SPR_DESTINATION = 1 };
enum SYNC_PROGRESS_STAGE {
  SPS_CHANGE_DETECTION = 0,
  SPS_CHANGE_ENUMERATION = 1,
  SPS_CHANGE_APPLICATION = 2
};

#include <gtest/gtest.h>

#include <headway/winsync.hpp>

namespace {

using namespace headway::winsync;

/// Written against the names of the global namespace.
struct PlatformCallback : ISyncCallback {
  ::HRESULT HEADWAY_WINSYNC_CALL OnProgress(::SYNC_PROVIDER_ROLE provider, ::SYNC_PROGRESS_STAGE,
                                            ::DWORD dwCompletedWork, ::DWORD) override {
    last_provider = provider;
    last_completed = dwCompletedWork;
    return S_OK;
  }
  ::SYNC_PROVIDER_ROLE last_provider = SPR_SOURCE;
  ::DWORD last_completed = 0;
};

TEST(WinsyncBesideThePlatformsHeaders, TheirNamesAreUsedAndNothingIsAmbiguous) {
  headway::Bus bus({.dispatch = headway::Dispatch::manual});
  PlatformCallback callback;
  const auto subscription = subscribe(bus, callback);
  auto session = bus.open_session("photos");
  SessionState state(session);
  HRESULT result = state.OnProgress(SPR_DESTINATION, SPS_CHANGE_DETECTION, 4, 5);
  EXPECT_EQ(result, S_OK);
  BOOL canceled = 1;
  result = state.IsCanceled(&canceled);
  EXPECT_EQ(result, S_OK);
  EXPECT_EQ(canceled, 0);
  bus.poll();
  EXPECT_EQ(callback.last_provider, SPR_DESTINATION);
  EXPECT_EQ(callback.last_completed, DWORD{4});
  EXPECT_EQ(static_cast<unsigned>(E_ABORT), 0x80004004U);  // not defined above: ours
}

}  // namespace
