// SPDX-License-Identifier: MIT
//
// The interfaces of Windows Sync's progress path, with their original names, ids and order of methods, and
// the values they speak of. Each name stands aside where the platform's <winsync.h> has declared it: include
// that first.
//
// On Windows they are binary compatible: a pointer may come from, or go to, any COM object that implements
// them. Elsewhere they are source compatible.
#pragma once

#include <headway/winsync/platform.hpp>

namespace headway::winsync {
inline namespace HEADWAY_WINSYNC_NAMES {

#if defined(HEADWAY_WINSYNC_PLATFORM_ENUMS)
using ::SFEA_ABORT;
using ::SFEA_FULL_ENUMERATION;
using ::SFEA_PARTIAL_SYNC;
using ::SPR_DESTINATION;
using ::SPR_SOURCE;
using ::SPS_CHANGE_APPLICATION;
using ::SPS_CHANGE_DETECTION;
using ::SPS_CHANGE_ENUMERATION;
using ::SYNC_FULL_ENUMERATION_ACTION;
using ::SYNC_PROGRESS_STAGE;
using ::SYNC_PROVIDER_ROLE;
using ::SYNC_RANGE;
#else
// The underlying type is fixed so that a bad value, such as 3, is a value that can be looked at and refused.
enum SYNC_PROVIDER_ROLE : int { SPR_SOURCE = 0, SPR_DESTINATION = 1 };
enum SYNC_PROGRESS_STAGE : int {
  SPS_CHANGE_DETECTION = 0,
  SPS_CHANGE_ENUMERATION = 1,
  SPS_CHANGE_APPLICATION = 2
};
enum SYNC_FULL_ENUMERATION_ACTION : int {
  SFEA_FULL_ENUMERATION = 0,
  SFEA_PARTIAL_SYNC = 1,
  SFEA_ABORT = 2
};
struct SYNC_RANGE {
  BYTE* pbClosedLowerBound;
  BYTE* pbClosedUpperBound;
};
#endif
static_assert(sizeof(SYNC_PROVIDER_ROLE) == 4 && sizeof(SYNC_PROGRESS_STAGE) == 4 &&
              sizeof(SYNC_FULL_ENUMERATION_ACTION) == 4);

// Interfaces that are only passed through.
#if defined(__ISyncChange_FWD_DEFINED__)
using ::ISyncChange;
#else
struct ISyncChange;
#endif
#if defined(__IChangeConflict_FWD_DEFINED__)
using ::IChangeConflict;
#else
struct IChangeConflict;
#endif
#if defined(__IRecoverableError_FWD_DEFINED__)
using ::IRecoverableError;
#else
struct IRecoverableError;
#endif

#if defined(__ISyncSessionState_INTERFACE_DEFINED__)
using ::ISyncSessionState;
#else
/// What a provider holds: where it reports to. See SessionState for what the bus makes of each.
struct ISyncSessionState : IUnknown {
  virtual HRESULT HEADWAY_WINSYNC_CALL IsCanceled(BOOL* pfIsCanceled) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL GetInfoForChangeApplication(BYTE* pbChangeApplierInfo,
                                                                   DWORD* pcbChangeApplierInfo) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL
  LoadInfoFromChangeApplication(const BYTE* pbChangeApplierInfo, DWORD cbChangeApplierInfo) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL
  GetForgottenKnowledgeRecoveryRangeStart(BYTE* pbRangeStart, DWORD* pcbRangeStart) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL
  GetForgottenKnowledgeRecoveryRangeEnd(BYTE* pbRangeEnd, DWORD* pcbRangeEnd) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL
  SetForgottenKnowledgeRecoveryRange(const SYNC_RANGE* pRange) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                                  SYNC_PROGRESS_STAGE syncStage,
                                                  DWORD dwCompletedWork, DWORD dwTotalWork) = 0;

 protected:
  ~ISyncSessionState() = default;
};
#endif

#if defined(__ISyncSessionState2_INTERFACE_DEFINED__)
using ::ISyncSessionState2;
#else
/// Found by QueryInterface on an ISyncSessionState, from which it derives in the platform's metadata.
struct ISyncSessionState2 : ISyncSessionState {
  virtual HRESULT HEADWAY_WINSYNC_CALL SetProviderWithError(BOOL fSelf) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL GetSessionErrorStatus(HRESULT* phrSessionError) = 0;

 protected:
  ~ISyncSessionState2() = default;
};
#endif

#if defined(__ISyncCallback_INTERFACE_DEFINED__)
using ::ISyncCallback;
#else
/// What an application implements to be told. The bus raises OnProgress alone: it knows of progress only.
struct ISyncCallback : IUnknown {
  virtual HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                                  SYNC_PROGRESS_STAGE syncStage,
                                                  DWORD dwCompletedWork, DWORD dwTotalWork) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL OnChange(ISyncChange* pSyncChange) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL OnConflict(IChangeConflict* pConflict) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL
  OnFullEnumerationNeeded(SYNC_FULL_ENUMERATION_ACTION* pFullEnumerationAction) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL OnRecoverableError(IRecoverableError* pRecoverableError) = 0;

 protected:
  ~ISyncCallback() = default;
};
#endif

#if defined(__ISyncCallback2_INTERFACE_DEFINED__)
using ::ISyncCallback2;
#else
/// Derives from ISyncCallback in the platform's metadata. The bus never raises its two methods: they count
/// changes applied and failed, while progress counts work, in units that are the provider's own.
struct ISyncCallback2 : ISyncCallback {
  /// Both numbers are of the whole session so far.
  virtual HRESULT HEADWAY_WINSYNC_CALL OnChangeApplied(DWORD dwChangesApplied,
                                                       DWORD dwChangesFailed) = 0;
  virtual HRESULT HEADWAY_WINSYNC_CALL OnChangeFailed(DWORD dwChangesApplied,
                                                      DWORD dwChangesFailed) = 0;

 protected:
  ~ISyncCallback2() = default;
};
#endif

/// An interface's id. The platform's own constants need its uuid library; these need none.
template <class Interface>
struct IidOf;
template <>
struct IidOf<IUnknown> {
  static constexpr IID value{0x00000000, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
};
template <>
struct IidOf<ISyncSessionState> {
  static constexpr IID value{
      0xB8A940FE, 0x9F01, 0x483B, {0x94, 0x34, 0xC3, 0x7D, 0x36, 0x12, 0x25, 0xD9}};
};
template <>
struct IidOf<ISyncSessionState2> {
  static constexpr IID value{
      0x9E37CFA3, 0x9E38, 0x4C61, {0x9C, 0xA3, 0xFF, 0xE8, 0x10, 0xB4, 0x5C, 0xA2}};
};
template <>
struct IidOf<ISyncCallback> {
  static constexpr IID value{
      0x0599797F, 0x5ED9, 0x485C, {0xAE, 0x36, 0x0C, 0x5D, 0x1B, 0xF2, 0xE7, 0xA5}};
};
template <>
struct IidOf<ISyncCallback2> {
  static constexpr IID value{
      0x47CE84AF, 0x7442, 0x4EAD, {0x86, 0x30, 0x12, 0x01, 0x5E, 0x03, 0x0A, 0xD7}};
};

// The same by their original names.
#if defined(__IUnknown_INTERFACE_DEFINED__)
using ::IID_IUnknown;
#else
inline constexpr const IID& IID_IUnknown = IidOf<IUnknown>::value;
#endif
#if defined(__ISyncSessionState_INTERFACE_DEFINED__)
using ::IID_ISyncSessionState;
#else
inline constexpr const IID& IID_ISyncSessionState = IidOf<ISyncSessionState>::value;
#endif
#if defined(__ISyncSessionState2_INTERFACE_DEFINED__)
using ::IID_ISyncSessionState2;
#else
inline constexpr const IID& IID_ISyncSessionState2 = IidOf<ISyncSessionState2>::value;
#endif
#if defined(__ISyncCallback_INTERFACE_DEFINED__)
using ::IID_ISyncCallback;
#else
inline constexpr const IID& IID_ISyncCallback = IidOf<ISyncCallback>::value;
#endif
#if defined(__ISyncCallback2_INTERFACE_DEFINED__)
using ::IID_ISyncCallback2;
#else
inline constexpr const IID& IID_ISyncCallback2 = IidOf<ISyncCallback2>::value;
#endif

}  // namespace HEADWAY_WINSYNC_NAMES
}  // namespace headway::winsync
