// SPDX-License-Identifier: MIT
//
// What the interfaces of Windows Sync are made of: the calling convention, the integer types, GUID, IUnknown
// and the HRESULTs. On Windows the platform's own, elsewhere ours under the same names.
//
// On Windows this includes <unknwn.h>, and <windows.h> with it.
#pragma once

#include <cstdint>

#include <headway/status.hpp>

#if defined(_WIN32)
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <unknwn.h>
#endif

/// The calling convention of the interfaces.
#if defined(_WIN32)
#define HEADWAY_WINSYNC_CALL __stdcall
#else
#define HEADWAY_WINSYNC_CALL
#endif

/// 1: the platform's <winsync.h> was included before this and has declared the enumerations. The Windows SDK's
/// has; mingw-w64's has if asked for Windows 7 or later.
#if defined(__winsync_h__)
#define HEADWAY_WINSYNC_PLATFORM_ENUMS 1
#elif defined(__WINSYNC_H__) && defined(_WIN32_WINNT)
#if _WIN32_WINNT >= 0x0601
#define HEADWAY_WINSYNC_PLATFORM_ENUMS 1
#endif
#endif

/// Whose names stand behind headway::winsync's. They are part of the linked names, so that a file that saw
/// the platform's <winsync.h> and one that did not cannot be mistaken for one another by the linker.
#if defined(__ISyncCallback_INTERFACE_DEFINED__)
#define HEADWAY_WINSYNC_NAMES with_platform_interfaces
#elif defined(HEADWAY_WINSYNC_PLATFORM_ENUMS)
#define HEADWAY_WINSYNC_NAMES with_platform_enums
#else
#define HEADWAY_WINSYNC_NAMES with_own_names
#endif

namespace headway::winsync {
inline namespace HEADWAY_WINSYNC_NAMES {

// The same types as the platform's, so that both may be visible at once.
#if defined(_WIN32)
using DWORD = unsigned long;
using ULONG = unsigned long;
using HRESULT = long;
#else
using DWORD = std::uint32_t;
using ULONG = std::uint32_t;
using HRESULT = std::int32_t;
#endif
using BOOL = int;
using BYTE = unsigned char;
static_assert(sizeof(DWORD) == 4 && sizeof(ULONG) == 4 && sizeof(HRESULT) == 4);

#if defined(GUID_DEFINED)
using ::GUID;
using ::IID;
#else
struct GUID {
  std::uint32_t Data1;
  std::uint16_t Data2;
  std::uint16_t Data3;
  BYTE Data4[8];
  friend constexpr bool operator==(const GUID&, const GUID&) = default;
};
using IID = GUID;
#endif
static_assert(sizeof(GUID) == 16);
#ifndef REFIID
using REFIID = const IID&;
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

#if defined(__IUnknown_INTERFACE_DEFINED__)
using ::IUnknown;
#else
/// COM's root: identity, what else an object can do, and how long it lives. Any thread.
///
/// No interface has a virtual destructor, which would take places in its table of functions: objects end
/// themselves at the last Release(). Counted (counted.hpp) does that for those who derive from it.
struct IUnknown {
  /// S_OK: `*ppvObject` is the interface, with a reference. E_NOINTERFACE: it is null. E_POINTER:
  /// `ppvObject` is. Of one object the answer for IUnknown is always the same pointer.
  virtual HRESULT HEADWAY_WINSYNC_CALL QueryInterface(REFIID riid, void** ppvObject) = 0;
  /// Both return the new count, good for tests alone.
  virtual ULONG HEADWAY_WINSYNC_CALL AddRef() = 0;
  virtual ULONG HEADWAY_WINSYNC_CALL Release() = 0;

 protected:
  ~IUnknown() = default;
};
#endif

}  // namespace HEADWAY_WINSYNC_NAMES
}  // namespace headway::winsync
