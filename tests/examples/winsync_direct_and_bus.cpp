// SPDX-License-Identifier: MIT
//
// A provider and an application written for Windows Sync, first calling each other directly, then with the
// bus between them. Neither is changed for it, and both ways they end in the same state.
//
// Directly, each OnProgress of the provider runs the application's OnProgress on the spot: on the provider's
// thread, for as long as the application likes. With the bus between them the provider leaves a value behind
// and goes on, and the application is told the newest values ten times a second, on another thread.
#include <headway/winsync.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>
#include <utility>

namespace {

using namespace headway::winsync;

/// The source's part of a session, as a provider makes it: it detects changes, enumerates them, and sends them.
class Provider {
 public:
  HRESULT BeginSession(SYNC_PROVIDER_ROLE role, ISyncSessionState* pSessionState) {
    role_ = role;
    state_ = RefPtr<ISyncSessionState>(pSessionState);  // kept until EndSession, with a reference
    return S_OK;
  }

  HRESULT Synchronize() {
    constexpr DWORD kChanges = 20'000;
    for (DWORD item = 1; item <= 2 * kChanges; ++item) {
      const HRESULT result = state_->OnProgress(role_, SPS_CHANGE_DETECTION, item, 2 * kChanges);
      if (result < 0) return result;
    }
    for (const auto stage : {SPS_CHANGE_ENUMERATION, SPS_CHANGE_APPLICATION}) {
      for (DWORD change = 1; change <= kChanges; ++change) {
        const HRESULT result = state_->OnProgress(role_, stage, change, kChanges);
        if (result < 0) return result;
      }
    }
    return S_OK;
  }

  HRESULT EndSession(ISyncSessionState*) {
    state_ = RefPtr<ISyncSessionState>();
    return S_OK;
  }

 private:
  SYNC_PROVIDER_ROLE role_ = SPR_SOURCE;
  RefPtr<ISyncSessionState> state_;
};

/// Remembers how far each stage of each side has come, as a window with six bars would.
class Application : public Callback {
 public:
  using Bar = std::pair<DWORD, DWORD>;
  using Bars = std::map<std::pair<SYNC_PROVIDER_ROLE, SYNC_PROGRESS_STAGE>, Bar>;

  HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                          SYNC_PROGRESS_STAGE syncStage, DWORD dwCompletedWork,
                                          DWORD dwTotalWork) override {
    bars[{provider, syncStage}] = {dwCompletedWork, dwTotalWork};
    ++calls;
    return S_OK;
  }

  Bars bars;
  unsigned long calls = 0;
};

/// A session without the bus: a call of the provider's is a call of the application's.
class DirectSessionState : public Counted<ISyncSessionState> {
 public:
  explicit DirectSessionState(ISyncCallback* callback) : callback_(callback) {}

  HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                          SYNC_PROGRESS_STAGE syncStage, DWORD dwCompletedWork,
                                          DWORD dwTotalWork) override {
    return callback_->OnProgress(provider, syncStage, dwCompletedWork, dwTotalWork);
  }
  HRESULT HEADWAY_WINSYNC_CALL IsCanceled(BOOL* pfIsCanceled) override {
    if (pfIsCanceled == nullptr) return E_POINTER;
    *pfIsCanceled = 0;
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

 private:
  ~DirectSessionState() override = default;
  RefPtr<ISyncCallback> callback_;
};

/// The session as the provider lives it.
bool run_session(ISyncSessionState* state) {
  Provider provider;
  return provider.BeginSession(SPR_SOURCE, state) == S_OK && provider.Synchronize() == S_OK &&
         provider.EndSession(state) == S_OK;
}

RefPtr<Application> directly() {
  auto application = make_ref<Application>();
  const auto state = make_ref<DirectSessionState>(application.get());
  return run_session(state.get()) ? application : RefPtr<Application>();
}

RefPtr<Application> with_the_bus_between() {
  auto application = make_ref<Application>();
  headway::Bus bus;
  const auto subscription = subscribe(bus, application.get());
  auto session = bus.open_session("photos", {.merge = headway::Merge::latest});
  const auto state = make_ref<SessionState>(session);
  // The provider may be on any thread.
  bool done = false;
  std::thread([&] { done = run_session(state.get()); }).join();
  session.close();
  // Not needed to be told everything, only to be told before the comparison.
  const auto told = bus.flush(std::chrono::seconds(30));
  return done && told == headway::FlushResult::ok ? application : RefPtr<Application>();
}

void print(const char* how, const Application& application) {
  static constexpr const char* kStages[] = {"detection", "enumeration", "application"};
  std::printf("%s, after %lu calls of OnProgress:\n", how, application.calls);
  for (const auto& [key, bar] : application.bars) {
    std::printf("  change %-11s %6lu of %6lu\n", kStages[key.second],
                static_cast<unsigned long>(bar.first), static_cast<unsigned long>(bar.second));
  }
}

}  // namespace

int main() {
  const auto direct = directly();
  const auto bus = with_the_bus_between();
  if (!direct || !bus) {
    std::puts("a provider's call was refused, or the bus was late");
    return EXIT_FAILURE;
  }
  print("directly", *direct);
  print("with the bus between", *bus);
  if (direct->bars.size() != 3 || direct->bars != bus->bars) {
    std::puts("the two differ");
    return EXIT_FAILURE;
  }
  std::puts("the same final state");
  return EXIT_SUCCESS;
}
