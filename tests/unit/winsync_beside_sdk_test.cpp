// SPDX-License-Identifier: MIT
//
// winsync.hpp included after a <winsync.h> that declares everything, as the Windows SDK's does. That header is
// found on Windows only, and there not with mingw-w64: some lines with the same names and the same guards stand
// for it here.
#include <gtest/gtest.h>

#if !defined(_WIN32)

#include <algorithm>
#include <cstdint>

// NOLINTBEGIN(bugprone-reserved-identifier,modernize-use-using): as platforms write it.
#define GUID_DEFINED
struct GUID {
  std::uint32_t Data1;
  std::uint16_t Data2, Data3;
  unsigned char Data4[8];
};
using IID = GUID;
inline bool operator==(const GUID& one, const GUID& other) {
  return one.Data1 == other.Data1 && one.Data2 == other.Data2 && one.Data3 == other.Data3 &&
         std::equal(one.Data4, one.Data4 + 8, other.Data4);
}
#define REFIID const IID&
typedef int BOOL;
typedef int HRESULT;
typedef unsigned int DWORD;
typedef unsigned int ULONG;
typedef unsigned char BYTE;
#define S_OK ((HRESULT)0L)
#define E_NOTIMPL ((HRESULT)0x80004001L)

#define __IUnknown_INTERFACE_DEFINED__
extern "C" const IID IID_IUnknown;
struct IUnknown {
  virtual HRESULT QueryInterface(REFIID riid, void** ppvObject) = 0;
  virtual ULONG AddRef() = 0;
  virtual ULONG Release() = 0;
};

#define __winsync_h__
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
  BYTE* pbClosedLowerBound;
  BYTE* pbClosedUpperBound;
};
#define __ISyncChange_FWD_DEFINED__
struct ISyncChange;
#define __IChangeConflict_FWD_DEFINED__
struct IChangeConflict;
#define __IRecoverableError_FWD_DEFINED__
struct IRecoverableError;

#define __ISyncSessionState_INTERFACE_DEFINED__
extern "C" const IID IID_ISyncSessionState;
struct ISyncSessionState : IUnknown {
  virtual HRESULT IsCanceled(BOOL*) = 0;
  virtual HRESULT GetInfoForChangeApplication(BYTE*, DWORD*) = 0;
  virtual HRESULT LoadInfoFromChangeApplication(const BYTE*, DWORD) = 0;
  virtual HRESULT GetForgottenKnowledgeRecoveryRangeStart(BYTE*, DWORD*) = 0;
  virtual HRESULT GetForgottenKnowledgeRecoveryRangeEnd(BYTE*, DWORD*) = 0;
  virtual HRESULT SetForgottenKnowledgeRecoveryRange(const SYNC_RANGE*) = 0;
  virtual HRESULT OnProgress(SYNC_PROVIDER_ROLE, SYNC_PROGRESS_STAGE, DWORD, DWORD) = 0;
};
#define __ISyncSessionState2_INTERFACE_DEFINED__
extern "C" const IID IID_ISyncSessionState2;
struct ISyncSessionState2 : ISyncSessionState {
  virtual HRESULT SetProviderWithError(BOOL) = 0;
  virtual HRESULT GetSessionErrorStatus(HRESULT*) = 0;
};
#define __ISyncCallback_INTERFACE_DEFINED__
extern "C" const IID IID_ISyncCallback;
struct ISyncCallback : IUnknown {
  virtual HRESULT OnProgress(SYNC_PROVIDER_ROLE, SYNC_PROGRESS_STAGE, DWORD, DWORD) = 0;
  virtual HRESULT OnChange(ISyncChange*) = 0;
  virtual HRESULT OnConflict(IChangeConflict*) = 0;
  virtual HRESULT OnFullEnumerationNeeded(SYNC_FULL_ENUMERATION_ACTION*) = 0;
  virtual HRESULT OnRecoverableError(IRecoverableError*) = 0;
};
#define __ISyncCallback2_INTERFACE_DEFINED__
extern "C" const IID IID_ISyncCallback2;
struct ISyncCallback2 : ISyncCallback {
  virtual HRESULT OnChangeApplied(DWORD, DWORD) = 0;
  virtual HRESULT OnChangeFailed(DWORD, DWORD) = 0;
};
// NOLINTEND(bugprone-reserved-identifier,modernize-use-using)

#include <headway/winsync.hpp>

#include <type_traits>

namespace {

using namespace headway::winsync;

/// Written against the platform's names, without ours.
struct PlatformApplication final : ::ISyncCallback {
  ::HRESULT QueryInterface(REFIID, void**) override { return E_NOTIMPL; }
  ::ULONG AddRef() override { return ++references; }
  ::ULONG Release() override { return --references; }
  ::HRESULT OnProgress(::SYNC_PROVIDER_ROLE, ::SYNC_PROGRESS_STAGE, ::DWORD completed,
                       ::DWORD) override {
    last_completed = completed;
    return S_OK;
  }
  ::HRESULT OnChange(::ISyncChange*) override { return E_NOTIMPL; }
  ::HRESULT OnConflict(::IChangeConflict*) override { return E_NOTIMPL; }
  ::HRESULT OnFullEnumerationNeeded(::SYNC_FULL_ENUMERATION_ACTION*) override { return E_NOTIMPL; }
  ::HRESULT OnRecoverableError(::IRecoverableError*) override { return E_NOTIMPL; }
  ::ULONG references = 1;
  ::DWORD last_completed = 0;
};

TEST(WinsyncBesideTheSdksHeader, ThePlatformsInterfacesAreImplementedAndTaken) {
  static_assert(std::is_base_of_v<::ISyncSessionState2, SessionState>);
  static_assert(std::is_base_of_v<::ISyncCallback2, Callback>);
  headway::Bus bus({.dispatch = headway::Dispatch::manual});
  PlatformApplication application;
  auto subscription = subscribe(bus, application);
  EXPECT_EQ(application.references, ULONG{2});
  auto session = bus.open_session("photos");
  SessionState state(session);
  ::ISyncSessionState* const provider = &state;
  EXPECT_EQ(provider->OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 4, 5), S_OK);
  bus.poll();
  EXPECT_EQ(application.last_completed, DWORD{4});
  EXPECT_TRUE(subscription.unsubscribe());
  EXPECT_EQ(application.references, ULONG{1});
  EXPECT_TRUE(query<ISyncSessionState2>(provider));
}

}  // namespace

#endif
