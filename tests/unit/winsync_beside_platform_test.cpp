// SPDX-License-Identifier: MIT
//
// winsync.hpp included after a <winsync.h> that declares the enumerations but not the interfaces, as
// mingw-w64's does. Elsewhere than on Windows a few lines stand for it.
#if defined(_WIN32)
#include <windows.h>
#include <winsync.h>
#else
// NOLINTBEGIN(bugprone-reserved-identifier,modernize-use-using): as platforms write it.
#define __winsync_h__
typedef int BOOL;
typedef int HRESULT;
typedef unsigned int DWORD;
enum SYNC_PROVIDER_ROLE { SPR_SOURCE = 0, SPR_DESTINATION = 1 };
enum SYNC_PROGRESS_STAGE {
  SPS_CHANGE_DETECTION = 0,
  SPS_CHANGE_ENUMERATION = 1,
  SPS_CHANGE_APPLICATION = 2
};
enum SYNC_FULL_ENUMERATION_ACTION {
  SFEA_FULL_ENUMERATION = 0,
  SFEA_PARTIAL_SYNC = 1,
  SFEA_ABORT = 2
};
struct SYNC_RANGE {
  unsigned char* pbClosedLowerBound;
  unsigned char* pbClosedUpperBound;
};
#define __ISyncChange_FWD_DEFINED__
struct ISyncChange;
#define __IChangeConflict_FWD_DEFINED__
struct IChangeConflict;
#define S_OK ((HRESULT)0L)
#define E_POINTER ((HRESULT)0x80004003L)
#define E_INVALIDARG ((HRESULT)0x80070057L)
// NOLINTEND(bugprone-reserved-identifier,modernize-use-using)
#endif

#include <gtest/gtest.h>

#include <headway/winsync.hpp>

namespace {

using namespace headway::winsync;

/// Written against the names of the global namespace.
struct PlatformCallback : Callback {
  ::HRESULT HEADWAY_WINSYNC_CALL OnProgress(::SYNC_PROVIDER_ROLE provider, ::SYNC_PROGRESS_STAGE,
                                            ::DWORD dwCompletedWork, ::DWORD) override {
    last_provider = provider;
    last_completed = dwCompletedWork;
    return S_OK;
  }
  ::HRESULT HEADWAY_WINSYNC_CALL OnChange(::ISyncChange*) override { return S_OK; }
  ::HRESULT HEADWAY_WINSYNC_CALL OnConflict(::IChangeConflict*) override { return S_OK; }
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
  EXPECT_EQ(static_cast<unsigned>(E_ABORT),
            0x80004004U);  // defined by neither of these lines: ours
  SYNC_RANGE range{nullptr, nullptr};
  EXPECT_EQ(state.SetForgottenKnowledgeRecoveryRange(&range), E_NOTIMPL);
}

}  // namespace
