// SPDX-License-Identifier: MIT
//
// Who holds a reference to what and for how long, in each order in which things may end; and what a failing
// callback leads to.
#include <headway/winsync.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "laws/manual_bus.hpp"

namespace {

using namespace headway::winsync;
using namespace std::chrono_literals;
using headway::OnError;
using headway::RunOn;
using headway::Session;
using headway::Subscription;
using headway::laws::ManualBus;

/// Says when it is gone.
class Application : public Callback {
 public:
  explicit Application(bool& gone) : gone_(gone) {}
  HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE, SYNC_PROGRESS_STAGE, DWORD,
                                          DWORD) override {
    ++calls;
    if (unsubscribes != nullptr) unsubscribes->unsubscribe();
    return answer;
  }
  int calls = 0;
  HRESULT answer = S_OK;
  Subscription* unsubscribes = nullptr;

 private:
  ~Application() override { gone_ = true; }
  bool& gone_;
};

/// How many references there are.
template <class T>
ULONG references(const RefPtr<T>& object) {
  object->AddRef();
  return object->Release();
}

struct WinsyncReferences : testing::Test {
  bool gone = false;
  RefPtr<Application> application = make_ref<Application>(gone);
  std::optional<ManualBus> bus{std::in_place};
  Session session = (*bus)->open_session("photos");

  Subscription subscribed(headway::SubscriptionOptions options = {}) {
    return subscribe(**bus, application.get(), std::move(options));
  }
  HRESULT report(DWORD completed) {
    return SessionState(session).OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, completed, 10);
  }
};

TEST_F(WinsyncReferences, ARefPtrGivesBackWhatItTook) {
  EXPECT_EQ(references(application), ULONG{1});
  {
    const RefPtr<Application> copy = application;
    RefPtr<Application> other(application.get());
    EXPECT_EQ(references(application), ULONG{3});
    const RefPtr<Application> moved = std::move(other);
    EXPECT_EQ(references(application), ULONG{3});
    other = copy;
    EXPECT_EQ(references(application), ULONG{4});
    other = RefPtr<Application>();
    EXPECT_FALSE(other);
    EXPECT_EQ(references(application), ULONG{3});
  }
  EXPECT_EQ(references(application), ULONG{1});
  application = RefPtr<Application>();
  EXPECT_TRUE(gone);
}

TEST_F(WinsyncReferences, QueryFindsAFaceWithAReferenceOfItsOwnOrNothing) {
  const auto newer = query<ISyncCallback2>(application.get());
  EXPECT_TRUE(newer);
  EXPECT_EQ(references(application), ULONG{2});
  EXPECT_FALSE(query<ISyncSessionState>(application.get()));
  EXPECT_FALSE(query<ISyncCallback>(static_cast<Application*>(nullptr)));
  EXPECT_EQ(references(application), ULONG{2});
}

TEST_F(WinsyncReferences, ASubscriptionHoldsOneUntilItIsUnsubscribed) {
  auto subscription = subscribed();
  EXPECT_EQ(references(application), ULONG{2});
  EXPECT_EQ(report(1), S_OK);
  bus->settle();
  EXPECT_EQ(application->calls, 1);
  EXPECT_TRUE(subscription.unsubscribe());
  EXPECT_EQ(references(application), ULONG{1});
}

TEST_F(WinsyncReferences, TheSubscriptionMayHoldTheLastOne) {
  auto subscription = subscribed();
  application = RefPtr<Application>();
  EXPECT_FALSE(gone);
  EXPECT_EQ(report(1), S_OK);
  bus->settle();
  EXPECT_FALSE(gone);
  EXPECT_TRUE(subscription.unsubscribe());
  EXPECT_TRUE(gone);
}

TEST_F(WinsyncReferences, TheBusMayEndFirst) {
  {
    const auto subscription = subscribed();
    bus.reset();
  }
  EXPECT_EQ(references(application), ULONG{1});
}

TEST_F(WinsyncReferences, TheBusMayEndFirstAndUnsubscribingReleases) {
  auto subscription = subscribed();
  bus.reset();
  EXPECT_TRUE(subscription.unsubscribe());
  EXPECT_EQ(references(application), ULONG{1});
}

TEST_F(WinsyncReferences, ACallbackMayUnsubscribeItself) {
  for (const auto run_on : {RunOn::dispatcher, RunOn::caller}) {
    auto subscription = subscribed({.run_on = run_on});
    application->calls = 0;
    application->unsubscribes = &subscription;
    EXPECT_EQ(report(1), S_OK);
    bus->settle();
    subscription.poll();
    EXPECT_EQ(application->calls, 1);
    EXPECT_EQ(references(application), ULONG{1});
  }
}

TEST_F(WinsyncReferences, ACallbackThatUnsubscribesItselfMayHoldNoOtherReference) {
  auto subscription = subscribed();
  application->unsubscribes = &subscription;
  application = RefPtr<Application>();
  EXPECT_EQ(report(1), S_OK);
  bus->settle();
  EXPECT_TRUE(gone);
}

TEST_F(WinsyncReferences, EachSubscriptionHoldsItsOwn) {
  auto one = subscribed();
  auto other = subscribed({.filter = {.role = headway::Role::destination}});
  EXPECT_EQ(references(application), ULONG{3});
  EXPECT_EQ(report(1), S_OK);
  bus->settle();
  EXPECT_EQ(application->calls, 1);
  EXPECT_TRUE(one.unsubscribe());
  EXPECT_EQ(references(application), ULONG{2});
  EXPECT_TRUE(other.unsubscribe());
  EXPECT_EQ(references(application), ULONG{1});
}

TEST_F(WinsyncReferences, ARefusedSubscriptionHoldsNone) {
  EXPECT_THROW((void)subscribed({.interval = 0ns}), std::invalid_argument);
  EXPECT_EQ(references(application), ULONG{1});
  EXPECT_THROW((void)subscribe(**bus, static_cast<ISyncCallback*>(nullptr)), std::invalid_argument);
}

TEST_F(WinsyncReferences, OnAThreadOfItsOwnItIsReleasedToo) {
  headway::Bus threaded;
  auto subscription = subscribe(threaded, application.get(), {.run_on = RunOn::own_thread});
  auto other = threaded.open_session("photos");
  SessionState state(other);
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), S_OK);
  EXPECT_EQ(threaded.flush(headway::laws::watchdog), headway::FlushResult::ok);
  EXPECT_TRUE(subscription.unsubscribe());
  EXPECT_GE(application->calls, 1);
  EXPECT_EQ(references(application), ULONG{1});
}

TEST_F(WinsyncReferences, ManyThreadsMayCountAtOnce) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([mine = application] {
      for (int turn = 0; turn < 10'000; ++turn) {
        const RefPtr<Application> copy(mine.get());
      }
    });
  }
  application = RefPtr<Application>();
  for (auto& thread : threads) thread.join();
  threads.clear();
  EXPECT_TRUE(gone);
}

TEST_F(WinsyncReferences, ASessionStateOutlivesItsSessionAndItsBusWhileSomebodyHoldsIt) {
  auto state = make_ref<SessionState>(session);
  ISyncSessionState* provider = state.get();
  provider->AddRef();
  state = RefPtr<SessionState>();
  session = Session();
  EXPECT_EQ(provider->OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), SYNC_E_INVALID_OPERATION);
  bus.reset();
  EXPECT_EQ(provider->OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), SYNC_E_INVALID_OPERATION);
  EXPECT_EQ(provider->Release(), ULONG{0});
}

TEST_F(WinsyncReferences, ASessionStateThatIsReleasedGivesItsLanesBack) {
  auto state = make_ref<SessionState>(session);
  EXPECT_EQ(state->OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), S_OK);
  bus->settle();
  EXPECT_EQ((*bus)->statistics().lanes, 2U);  // its own and this thread's
  state = RefPtr<SessionState>();
  bus->settle();
  EXPECT_EQ((*bus)->statistics().lanes, 0U);
}

struct WinsyncFailure : WinsyncReferences {
  WinsyncFailure() { application->answer = SYNC_E_INTERNAL_ERROR; }
};

TEST_F(WinsyncFailure, IsCountedAndByDefaultTheCallbackIsRaisedAgain) {
  auto subscription = subscribed();
  EXPECT_EQ(report(1), S_OK);
  bus->settle();
  EXPECT_EQ(report(2), S_OK);
  bus->settle();
  EXPECT_EQ(application->calls, 2);
  EXPECT_EQ((*bus)->statistics().callback_exceptions, 2U);
}

TEST_F(WinsyncFailure, UnsubscribesAndReleasesWhereThePolicySaysSo) {
  auto subscription = subscribed({.on_error = OnError::unsubscribe});
  EXPECT_EQ(report(1), S_OK);
  bus->settle();
  EXPECT_EQ(references(application), ULONG{1});
  EXPECT_EQ(report(2), S_OK);
  bus->settle();
  EXPECT_EQ(application->calls, 1);
}

TEST_F(WinsyncFailure, CancelsTheSessionWhereThePolicySaysSo) {
  auto subscription = subscribed({.on_error = OnError::cancel_session});
  EXPECT_EQ(report(1), S_OK);
  bus->settle();
  EXPECT_EQ(report(2), E_ABORT);
  EXPECT_EQ(references(application), ULONG{2});
  EXPECT_TRUE(subscription.unsubscribe());
  EXPECT_EQ(references(application), ULONG{1});
}

TEST_F(WinsyncFailure, IsNoneIfTheAnswerIsAnotherSuccess) {
  application->answer = 1;  // S_FALSE
  auto subscription = subscribed({.on_error = OnError::cancel_session});
  EXPECT_EQ(report(1), S_OK);
  bus->settle();
  EXPECT_EQ(report(2), S_OK);
  EXPECT_EQ((*bus)->statistics().callback_exceptions, 0U);
}

}  // namespace
