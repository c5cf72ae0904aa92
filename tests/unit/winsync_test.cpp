// SPDX-License-Identifier: MIT
//
// The progress path of winsync.hpp as code written for Windows Sync uses it.
#include <headway/winsync.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <thread>
#include <tuple>
#include <vector>

namespace {

using namespace headway::winsync;
using namespace std::chrono_literals;
using headway::Bus;
using headway::Dispatch;
using headway::Merge;
using headway::Session;

constexpr DWORD kMaxDword = 0xFFFFFFFFU;

using Call = std::tuple<SYNC_PROVIDER_ROLE, SYNC_PROGRESS_STAGE, DWORD, DWORD>;

/// An application as it would stand in a Windows Sync program.
class Application : public Callback {
 public:
  HRESULT HEADWAY_WINSYNC_CALL OnProgress(SYNC_PROVIDER_ROLE provider,
                                          SYNC_PROGRESS_STAGE syncStage, DWORD dwCompletedWork,
                                          DWORD dwTotalWork) override {
    calls.emplace_back(provider, syncStage, dwCompletedWork, dwTotalWork);
    return answer;
  }
  std::vector<Call> calls;
  HRESULT answer = S_OK;
};

/// A provider as it would stand there: it knows the interface only.
HRESULT provide(ISyncSessionState* state, SYNC_PROVIDER_ROLE provider, SYNC_PROGRESS_STAGE stage,
                DWORD completed, DWORD total) {
  return state->OnProgress(provider, stage, completed, total);
}

struct Winsync : testing::Test {
  Bus bus{{.dispatch = Dispatch::manual}};
  Application application;
  Session session = bus.open_session("photos", {.merge = Merge::latest});
  SessionState state{session};
};

TEST_F(Winsync, AProviderCallsOnProgressAndTheApplicationsOnProgressIsRaised) {
  const auto subscription = subscribe(bus, application);
  EXPECT_EQ(provide(&state, SPR_DESTINATION, SPS_CHANGE_APPLICATION, 3, 10), S_OK);
  bus.poll();
  const std::vector<Call> expected{{SPR_DESTINATION, SPS_CHANGE_APPLICATION, 3U, 10U}};
  EXPECT_EQ(application.calls, expected);
}

TEST(WinsyncOnThreads, AProvidersThreadRaisesTheApplicationsOnProgress) {
  Application application;
  Bus bus;
  auto subscription = subscribe(bus, application);
  auto session = bus.open_session("photos");
  SessionState state(session);
  std::thread provider(
      [&] { EXPECT_EQ(provide(&state, SPR_SOURCE, SPS_CHANGE_DETECTION, 7, 7), S_OK); });
  provider.join();
  EXPECT_EQ(bus.flush(10s), headway::FlushResult::ok);
  ASSERT_TRUE(subscription.unsubscribe());
  ASSERT_FALSE(application.calls.empty());
  EXPECT_EQ(application.calls.back(), (Call{SPR_SOURCE, SPS_CHANGE_DETECTION, 7U, 7U}));
}

TEST(WinsyncOnThreads, ThreadsThatEndLeaveNoLanesBehind) {
  for (const auto accounting : {Accounting::absolute, Accounting::accumulate}) {
    Bus bus({.dispatch = Dispatch::manual});
    auto session = bus.open_session("photos");
    SessionState state(session, accounting);
    for (int thread = 0; thread < 20; ++thread) {
      std::thread([&] {
        EXPECT_EQ(provide(&state, SPR_SOURCE, SPS_CHANGE_APPLICATION, 1, 1), S_OK);
        EXPECT_EQ(provide(&state, SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 1), S_OK);
      }).join();
    }
    EXPECT_EQ(bus.flush(10s), headway::FlushResult::ok);
    // The state's own lane, for threads that are past having one.
    EXPECT_EQ(bus.statistics().lanes, 1U);
  }
}

TEST(WinsyncOnThreads, OneSessionStateServesSeveralProviderThreads) {
  constexpr DWORD kReports = 2000;
  Application application;
  Bus bus;
  auto subscription = subscribe(bus, application);
  auto session = bus.open_session("photos");
  SessionState state(session);
  const auto provider = [&](SYNC_PROVIDER_ROLE role, SYNC_PROGRESS_STAGE stage) {
    for (DWORD done = 1; done <= kReports; ++done) {
      ASSERT_EQ(provide(&state, role, stage, done, kReports), S_OK);
    }
  };
  std::vector<std::thread> providers;
  for (const auto role : {SPR_SOURCE, SPR_DESTINATION}) {
    for (const auto stage : {SPS_CHANGE_DETECTION, SPS_CHANGE_ENUMERATION}) {
      providers.emplace_back(provider, role, stage);
    }
  }
  for (auto& thread : providers) thread.join();
  session.close();
  EXPECT_EQ(bus.flush(10s), headway::FlushResult::ok);
  ASSERT_TRUE(subscription.unsubscribe());
  for (const auto role : {SPR_SOURCE, SPR_DESTINATION}) {
    for (const auto stage : {SPS_CHANGE_DETECTION, SPS_CHANGE_ENUMERATION}) {
      Call last{};
      for (const auto& call : application.calls) {
        if (std::get<0>(call) == role && std::get<1>(call) == stage) last = call;
      }
      EXPECT_EQ(last, (Call{role, stage, kReports, kReports}));
    }
  }
}

TEST_F(Winsync, EachRoleAndStageArrivesAsItWasReported) {
  const auto subscription = subscribe(bus, application);
  std::vector<Call> expected;
  for (const auto role : {SPR_SOURCE, SPR_DESTINATION}) {
    for (const auto stage :
         {SPS_CHANGE_DETECTION, SPS_CHANGE_ENUMERATION, SPS_CHANGE_APPLICATION}) {
      const auto completed = static_cast<DWORD>(expected.size());
      EXPECT_EQ(state.OnProgress(role, stage, completed, 6), S_OK);
      expected.emplace_back(role, stage, completed, 6U);
    }
  }
  bus.poll();
  EXPECT_EQ(application.calls, expected);
}

TEST_F(Winsync, ABadProviderOrStageIsAnInvalidArgumentAndRaisesNothing) {
  const auto subscription = subscribe(bus, application);
  for (const int bad : {2, 3, 4, 255, -1, std::numeric_limits<int>::min(),
                        std::numeric_limits<int>::max(), static_cast<int>(0xFFFFFFFFU)}) {
    EXPECT_EQ(state.OnProgress(static_cast<SYNC_PROVIDER_ROLE>(bad), SPS_CHANGE_DETECTION, 1, 2),
              E_INVALIDARG)
        << bad;
  }
  for (const int bad : {3, 4, 255, -1, std::numeric_limits<int>::min(),
                        std::numeric_limits<int>::max(), static_cast<int>(0xFFFFFFFFU)}) {
    EXPECT_EQ(state.OnProgress(SPR_SOURCE, static_cast<SYNC_PROGRESS_STAGE>(bad), 1, 2),
              E_INVALIDARG)
        << bad;
  }
  bus.poll();
  EXPECT_TRUE(application.calls.empty());
}

TEST_F(Winsync, NoPairOfNumbersIsAnInvalidArgument) {
  const auto subscription = subscribe(bus, application);
  constexpr DWORD kNumbers[] = {0, 1, 5, kMaxDword};
  for (const DWORD completed : kNumbers) {
    for (const DWORD total : kNumbers) {
      EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, completed, total), S_OK);
    }
  }
  bus.poll();
  ASSERT_FALSE(application.calls.empty());
  EXPECT_EQ(application.calls.back(),
            (Call{SPR_SOURCE, SPS_CHANGE_DETECTION, kMaxDword, kMaxDword}));
}

TEST_F(Winsync, AfterCancelOnProgressAbortsAndIsCanceledIsTrue) {
  BOOL canceled = -1;
  HRESULT error = E_POINTER;
  EXPECT_EQ(state.IsCanceled(&canceled), S_OK);
  EXPECT_EQ(canceled, 0);
  EXPECT_EQ(state.GetSessionErrorStatus(&error), S_OK);
  EXPECT_EQ(error, S_OK);
  session.cancel();
  EXPECT_EQ(state.GetSessionErrorStatus(&error), S_OK);
  EXPECT_EQ(error, E_ABORT);
  EXPECT_EQ(state.IsCanceled(&canceled), S_OK);
  EXPECT_EQ(canceled, 1);
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), E_ABORT);
}

TEST_F(Winsync, IsCanceledRefusesANullPointer) { EXPECT_EQ(state.IsCanceled(nullptr), E_POINTER); }

TEST_F(Winsync, TheProviderWithTheErrorIsTheOneThatTheDestinationNames) {
  EXPECT_FALSE(state.provider_with_error().has_value());
  EXPECT_EQ(state.SetProviderWithError(1), S_OK);
  EXPECT_EQ(state.provider_with_error(), SPR_DESTINATION);
  EXPECT_EQ(state.SetProviderWithError(0), S_OK);
  EXPECT_EQ(state.provider_with_error(), SPR_SOURCE);
}

TEST_F(Winsync, AfterCloseOnProgressIsAnInvalidOperation) {
  session.close();
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), SYNC_E_INVALID_OPERATION);
}

TEST(WinsyncLifetime, ASessionStateOutlivesItsSessionAndItsBus) {
  auto bus = std::make_unique<Bus>();
  auto session = std::make_unique<Session>(bus->open_session("photos"));
  SessionState state(*session);
  session.reset();
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), SYNC_E_INVALID_OPERATION);
  bus.reset();
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), SYNC_E_INVALID_OPERATION);
}

TEST_F(Winsync, AReporterOfTheLibraryRaisesTheCallbackScaledToDwords) {
  const auto subscription = subscribe(bus, application);
  auto large = bus.open_session("a tebibyte");
  auto reporter = large.reporter();
  // 2^39 of 2^40 bytes: nine bits too many, so 2^30 of 2^31.
  EXPECT_EQ(reporter.report(headway::Role::source, headway::Stage::change_application,
                            std::uint64_t{1} << 39, std::uint64_t{1} << 40),
            headway::Status::ok);
  bus.poll();
  const std::vector<Call> expected{{SPR_SOURCE, SPS_CHANGE_APPLICATION, 1U << 30, 1U << 31}};
  EXPECT_EQ(application.calls, expected);
}

TEST(WinsyncValues, EnumeratorsAndResultsHaveTheirOriginalValues) {
  EXPECT_EQ(static_cast<int>(SPR_SOURCE), 0);
  EXPECT_EQ(static_cast<int>(SPR_DESTINATION), 1);
  EXPECT_EQ(static_cast<int>(SPS_CHANGE_DETECTION), 0);
  EXPECT_EQ(static_cast<int>(SPS_CHANGE_ENUMERATION), 1);
  EXPECT_EQ(static_cast<int>(SPS_CHANGE_APPLICATION), 2);
  EXPECT_EQ(static_cast<std::uint32_t>(S_OK), 0U);
  EXPECT_EQ(static_cast<std::uint32_t>(E_NOTIMPL), 0x80004001U);
  EXPECT_EQ(static_cast<std::uint32_t>(E_NOINTERFACE), 0x80004002U);
  EXPECT_EQ(static_cast<std::uint32_t>(E_POINTER), 0x80004003U);
  EXPECT_EQ(static_cast<std::uint32_t>(E_ABORT), 0x80004004U);
  EXPECT_EQ(static_cast<std::uint32_t>(E_INVALIDARG), 0x80070057U);
  EXPECT_EQ(static_cast<std::uint32_t>(SYNC_E_INVALID_OPERATION), 0x80041001U);
  EXPECT_EQ(static_cast<std::uint32_t>(SYNC_E_INTERNAL_ERROR), 0x8004101DU);
}

}  // namespace
