// SPDX-License-Identifier: MIT
//
// winsync: the progress path of Windows Sync under its original names, on a bus.
//
//   using namespace headway::winsync;
//   struct Application : Callback { ... };                 // an ISyncCallback: override OnProgress
//   Application application;
//   auto subscription = subscribe(bus, application);
//   auto session = bus.open_session("photos", {.merge = headway::Merge::latest});
//   SessionState state(session);                           // an ISyncSessionState for its providers
//   state.OnProgress(SPR_SOURCE, SPS_CHANGE_ENUMERATION, 3, 10);  // raises application.OnProgress
//
// Interfaces, enumerators, constants and methods keep the names, ids, values and results that code written for
// Windows Sync knows. On Windows the interfaces are COM's, binary compatible; elsewhere code that is written
// against them compiles and runs. Everything is in namespace headway::winsync, and each name stands aside where
// the platform's own headers have declared it: include <winsync.h> first if you do, in every file, and write the
// names unqualified, since the platform's S_OK is a macro.
//
// Two differences to know. The callback runs on the thread that the subscription names, within the
// subscription's interval, and gets the newest values, not each call. And a DWORD holds 32 bits where
// the bus holds 64: see to_dwords().
#pragma once

#include <headway/winsync/callback.hpp>
#include <headway/winsync/counted.hpp>
#include <headway/winsync/dwords.hpp>
#include <headway/winsync/interfaces.hpp>
#include <headway/winsync/platform.hpp>
#include <headway/winsync/ref_ptr.hpp>
#include <headway/winsync/session_state.hpp>
#include <headway/winsync/subscribe.hpp>
