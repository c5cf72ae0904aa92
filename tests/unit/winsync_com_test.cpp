// SPDX-License-Identifier: MIT
//
// The interfaces as a foreign component sees them: through tables of functions, by place alone. On Windows this
// is COM's binary interface; elsewhere the compiler's tables have the same order.
#include <headway/winsync.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <type_traits>
#include <typeinfo>

namespace {

using namespace headway::winsync;

/// Function `place` of the object's table.
template <class... Arguments>
HRESULT call(void* object, std::size_t place, Arguments... arguments) {
  using Function = HRESULT(HEADWAY_WINSYNC_CALL*)(void*, Arguments...);
  void** const table = *static_cast<void***>(object);
  return reinterpret_cast<Function>(table[place])(object, arguments...);
}

struct ComSessionState : testing::Test {
  headway::Bus bus{{.dispatch = headway::Dispatch::manual}};
  headway::Session session = bus.open_session("photos");
  SessionState state{session};
  void* const object = static_cast<ISyncSessionState2*>(&state);

  [[nodiscard]] headway::LatestValue detected() const {
    return bus.snapshot().at(0).value(headway::Role::source, headway::Stage::change_detection);
  }
};

TEST(ComLayout, AnInterfaceIsOnePointerWithoutADestructorInItsTable) {
  EXPECT_EQ(sizeof(ISyncSessionState2), sizeof(void*));
  EXPECT_EQ(sizeof(ISyncCallback2), sizeof(void*));
  EXPECT_FALSE(std::has_virtual_destructor_v<ISyncSessionState2>);
  EXPECT_FALSE(std::has_virtual_destructor_v<ISyncCallback2>);
  EXPECT_EQ(sizeof(GUID), 16U);
}

TEST(ComLayout, TheIdsAreTheOriginals) {
  const auto text = [](const IID& iid) {
    std::array<char, 40> made{};
    std::snprintf(made.data(), made.size(), "%08lx-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                  static_cast<unsigned long>(iid.Data1), iid.Data2, iid.Data3, iid.Data4[0],
                  iid.Data4[1], iid.Data4[2], iid.Data4[3], iid.Data4[4], iid.Data4[5],
                  iid.Data4[6], iid.Data4[7]);
    return std::string(made.data());
  };
  EXPECT_EQ(text(IidOf<IUnknown>::value), "00000000-0000-0000-c000-000000000046");
  EXPECT_EQ(text(IID_ISyncSessionState), "b8a940fe-9f01-483b-9434-c37d361225d9");
  EXPECT_EQ(text(IID_ISyncSessionState2), "9e37cfa3-9e38-4c61-9ca3-ffe810b45ca2");
  EXPECT_EQ(text(IID_ISyncCallback), "0599797f-5ed9-485c-ae36-0c5d1bf2e7a5");
  EXPECT_EQ(text(IID_ISyncCallback2), "47ce84af-7442-4ead-8630-12015e030ad7");
}

TEST_F(ComSessionState, PlaceZeroIsQueryInterfaceOneAddRefTwoRelease) {
  void* found = nullptr;
  EXPECT_EQ(call(object, 0, &IidOf<ISyncSessionState2>::value, &found), S_OK);
  EXPECT_EQ(found, object);
  EXPECT_EQ(call(object, 1), 3);  // the creator's, QueryInterface's, this one
  EXPECT_EQ(call(object, 2), 2);
  EXPECT_EQ(call(object, 2), 1);
}

TEST_F(ComSessionState, PlaceThreeIsIsCanceled) {
  BOOL canceled = -1;
  EXPECT_EQ(call(object, 3, &canceled), S_OK);
  EXPECT_EQ(canceled, 0);
  session.cancel();
  EXPECT_EQ(call(object, 3, &canceled), S_OK);
  EXPECT_EQ(canceled, 1);
  EXPECT_EQ(call(object, 3, static_cast<BOOL*>(nullptr)), E_POINTER);
}

TEST_F(ComSessionState, PlacesFourToEightAreNotImplemented) {
  std::array<BYTE, 4> bytes{};
  DWORD size = 4;
  const SYNC_RANGE range{bytes.data(), bytes.data()};
  EXPECT_EQ(call(object, 4, bytes.data(), &size), E_NOTIMPL);
  EXPECT_EQ(call(object, 5, static_cast<const BYTE*>(bytes.data()), size), E_NOTIMPL);
  EXPECT_EQ(call(object, 6, bytes.data(), &size), E_NOTIMPL);
  EXPECT_EQ(call(object, 7, bytes.data(), &size), E_NOTIMPL);
  EXPECT_EQ(call(object, 8, &range), E_NOTIMPL);
  EXPECT_EQ(size, DWORD{4});
}

TEST_F(ComSessionState, WhatIsNotImplementedIsNamedSoByItsNameToo) {
  ISyncSessionState& face = state;
  EXPECT_EQ(face.GetInfoForChangeApplication(nullptr, nullptr), E_NOTIMPL);
  EXPECT_EQ(face.LoadInfoFromChangeApplication(nullptr, 0), E_NOTIMPL);
  EXPECT_EQ(face.GetForgottenKnowledgeRecoveryRangeStart(nullptr, nullptr), E_NOTIMPL);
  EXPECT_EQ(face.GetForgottenKnowledgeRecoveryRangeEnd(nullptr, nullptr), E_NOTIMPL);
  EXPECT_EQ(face.SetForgottenKnowledgeRecoveryRange(nullptr), E_NOTIMPL);
}

TEST_F(ComSessionState, PlaceNineIsOnProgress) {
  EXPECT_EQ(call(object, 9, SPR_SOURCE, SPS_CHANGE_DETECTION, DWORD{3}, DWORD{10}), S_OK);
  EXPECT_EQ(call(object, 9, 2, SPS_CHANGE_DETECTION, DWORD{4}, DWORD{10}), E_INVALIDARG);
  bus.poll();
  EXPECT_EQ(detected().completed, 3U);
  EXPECT_EQ(detected().total, 10U);
}

TEST_F(ComSessionState, PlacesTenAndElevenAreOfTheSecondInterface) {
  EXPECT_EQ(call(object, 10, BOOL{1}), S_OK);
  EXPECT_EQ(state.provider_with_error(), SPR_DESTINATION);
  HRESULT error = E_POINTER;
  EXPECT_EQ(call(object, 11, &error), S_OK);
  EXPECT_EQ(error, S_OK);
  EXPECT_EQ(call(object, 11, static_cast<HRESULT*>(nullptr)), E_POINTER);
}

struct Application : Callback {
  HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE, SYNC_PROGRESS_STAGE, DWORD,
                                          DWORD) override {
    return 3;
  }
  HRESULT HEADWAY_WINSYNC_CALL OnChange(ISyncChange*) override { return 4; }
  HRESULT HEADWAY_WINSYNC_CALL OnConflict(IChangeConflict*) override { return 5; }
  HRESULT HEADWAY_WINSYNC_CALL OnFullEnumerationNeeded(SYNC_FULL_ENUMERATION_ACTION*) override {
    return 6;
  }
  HRESULT HEADWAY_WINSYNC_CALL OnRecoverableError(IRecoverableError*) override { return 7; }
  HRESULT HEADWAY_WINSYNC_CALL OnChangeApplied(DWORD, DWORD) override { return 8; }
  HRESULT HEADWAY_WINSYNC_CALL OnChangeFailed(DWORD, DWORD) override { return 9; }
};

TEST(ComCallback, ItsMethodsHaveTheirPlaces) {
  Application application;
  void* const object = static_cast<ISyncCallback2*>(&application);
  EXPECT_EQ(call(object, 3, SPR_SOURCE, SPS_CHANGE_DETECTION, DWORD{1}, DWORD{2}), 3);
  for (std::size_t place = 4; place <= 7; ++place) {
    EXPECT_EQ(call(object, place, static_cast<void*>(nullptr)), static_cast<HRESULT>(place));
  }
  EXPECT_EQ(call(object, 8, DWORD{1}, DWORD{0}), 8);
  EXPECT_EQ(call(object, 9, DWORD{1}, DWORD{1}), 9);
}

TEST(ComCallback, WhatIsNotOverriddenIsNotedAndNoMore) {
  struct Silent : Callback {};
  Silent silent;
  SYNC_FULL_ENUMERATION_ACTION action = SFEA_PARTIAL_SYNC;
  EXPECT_EQ(silent.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), S_OK);
  EXPECT_EQ(silent.OnChange(nullptr), S_OK);
  EXPECT_EQ(silent.OnConflict(nullptr), S_OK);
  EXPECT_EQ(silent.OnFullEnumerationNeeded(&action), S_OK);
  EXPECT_EQ(action, SFEA_PARTIAL_SYNC);
  EXPECT_EQ(silent.OnRecoverableError(nullptr), S_OK);
  EXPECT_EQ(silent.OnChangeApplied(1, 0), S_OK);
  EXPECT_EQ(silent.OnChangeFailed(1, 1), S_OK);
}

/// The rules of IUnknown, for an object of two interfaces of which the second derives from the first.
template <class Newer, class Older>
void expect_identity(Newer* object) {
  const std::array<const IID*, 3> own = {&IidOf<IUnknown>::value, &IidOf<Older>::value,
                                         &IidOf<Newer>::value};
  void* const identity = query<IUnknown>(object).get();
  ASSERT_NE(identity, nullptr);
  for (const IID* from : own) {
    void* face = nullptr;
    ASSERT_EQ(object->QueryInterface(*from, &face), S_OK);
    // From each face each other is found (and so itself), and IUnknown is the same one.
    for (const IID* to : own) {
      void* found = nullptr;
      EXPECT_EQ(call(face, 0, to, &found), S_OK);
      ASSERT_NE(found, nullptr);
      if (to == own[0]) {
        EXPECT_EQ(found, identity);
      }
      call(found, 2);
    }
    call(face, 2);
  }
  EXPECT_EQ(object->AddRef(), ULONG{2});  // nothing was left behind
  EXPECT_EQ(object->Release(), ULONG{1});
}

TEST_F(ComSessionState, QueryInterfaceFindsEachFaceFromEachOther) {
  expect_identity<ISyncSessionState2, ISyncSessionState>(&state);
}
TEST(ComCallback, QueryInterfaceFindsEachFaceFromEachOther) {
  Application application;
  expect_identity<ISyncCallback2, ISyncCallback>(&application);
}

TEST_F(ComSessionState, AnUnknownIdGivesNullAndANullPointerIsRefused) {
  void* found = &state;
  EXPECT_EQ(state.QueryInterface(IidOf<ISyncCallback>::value, &found), E_NOINTERFACE);
  EXPECT_EQ(found, nullptr);
  EXPECT_EQ(state.QueryInterface(IidOf<IUnknown>::value, nullptr), E_POINTER);
  EXPECT_EQ(state.QueryInterface(IidOf<ISyncCallback>::value, nullptr), E_POINTER);
  EXPECT_EQ(state.AddRef(), ULONG{2});
  EXPECT_EQ(state.Release(), ULONG{1});
}

/// An ISyncCallback as C writes it, with nothing of ours in it.
struct ForeignCallback {
  /// What stands in front of a C++ table; sanitizers look there.
  struct Table {
    std::ptrdiff_t offset_to_top;
    const std::type_info* type;
    std::array<void*, 8> functions;
  };
  void* const* functions;
  ULONG references = 1;
  DWORD completed = 0;
  DWORD total = 0;
};

HRESULT HEADWAY_WINSYNC_CALL foreign_query(void*, const IID*, void** found) {
  *found = nullptr;
  return E_NOINTERFACE;
}
ULONG HEADWAY_WINSYNC_CALL foreign_add_ref(void* self) {
  return ++static_cast<ForeignCallback*>(self)->references;
}
ULONG HEADWAY_WINSYNC_CALL foreign_release(void* self) {
  return --static_cast<ForeignCallback*>(self)->references;
}
HRESULT HEADWAY_WINSYNC_CALL foreign_on_progress(void* self, SYNC_PROVIDER_ROLE,
                                                 SYNC_PROGRESS_STAGE, DWORD completed,
                                                 DWORD total) {
  static_cast<ForeignCallback*>(self)->completed = completed;
  static_cast<ForeignCallback*>(self)->total = total;
  return S_OK;
}

TEST(ComCallback, AForeignOneIsRegisteredRaisedAndReleased) {
  static const ForeignCallback::Table table = {
      0,
      &typeid(ISyncCallback),
      {reinterpret_cast<void*>(&foreign_query), reinterpret_cast<void*>(&foreign_add_ref),
       reinterpret_cast<void*>(&foreign_release), reinterpret_cast<void*>(&foreign_on_progress)}};
  ForeignCallback foreign{table.functions.data()};
  headway::Bus bus({.dispatch = headway::Dispatch::manual});
  auto subscription = subscribe(bus, reinterpret_cast<ISyncCallback*>(&foreign));
  EXPECT_EQ(foreign.references, ULONG{2});
  auto session = bus.open_session("photos");
  SessionState state(session);
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 3, 10), S_OK);
  bus.poll();
  EXPECT_EQ(foreign.completed, DWORD{3});
  EXPECT_EQ(foreign.total, DWORD{10});
  EXPECT_TRUE(subscription.unsubscribe());
  EXPECT_EQ(foreign.references, ULONG{1});
}

}  // namespace
