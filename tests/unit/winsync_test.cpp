// SPDX-License-Identifier: MIT
#include <headway/winsync.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <vector>

namespace {

using namespace headway::winsync;
using namespace std::chrono_literals;
using headway::Bus;
using headway::Dispatch;
using headway::Merge;
using headway::OnError;
using headway::Outcome;
using headway::Session;

constexpr DWORD kMaxDword = 0xFFFFFFFFU;
constexpr std::uint64_t kTwoTo32 = 0x1'0000'0000U;
constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();

using Call = std::tuple<SYNC_PROVIDER_ROLE, SYNC_PROGRESS_STAGE, DWORD, DWORD>;

/// An application as it would stand in a Windows Sync program.
class Application : public ISyncCallback {
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
  EXPECT_EQ(state.IsCanceled(&canceled), S_OK);
  EXPECT_EQ(canceled, 0);
  session.cancel();
  EXPECT_EQ(state.IsCanceled(&canceled), S_OK);
  EXPECT_EQ(canceled, 1);
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), E_ABORT);
}

TEST_F(Winsync, IsCanceledRefusesANullPointer) { EXPECT_EQ(state.IsCanceled(nullptr), E_POINTER); }

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

TEST_F(Winsync, AFailedCallbackIsCountedAndByDefaultCalledAgain) {
  application.answer = SYNC_E_INTERNAL_ERROR;
  const auto subscription = subscribe(bus, application, {.interval = 1ns});
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), S_OK);
  bus.poll();
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 2, 2), S_OK);
  std::this_thread::sleep_for(1ms);
  bus.poll();
  EXPECT_EQ(application.calls.size(), 2U);
  EXPECT_EQ(bus.statistics().callback_exceptions, 2U);
}

TEST_F(Winsync, AFailedCallbackCancelsTheSessionWhereThePolicySaysSo) {
  application.answer = E_ABORT;
  const auto subscription = subscribe(bus, application, {.on_error = OnError::cancel_session});
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), S_OK);
  bus.poll();
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 2, 2), E_ABORT);
}

TEST_F(Winsync, ASuccessCodeOtherThanOkIsNoFailure) {
  application.answer = 1;  // S_FALSE
  const auto subscription = subscribe(bus, application);
  EXPECT_EQ(state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 1, 2), S_OK);
  bus.poll();
  EXPECT_EQ(application.calls.size(), 1U);
  EXPECT_EQ(bus.statistics().callback_exceptions, 0U);
}

TEST_F(Winsync, ASharedCallbackLivesAsLongAsItsSubscription) {
  auto callback = std::make_shared<Application>();
  const std::weak_ptr<Application> watch = callback;
  auto subscription = subscribe(bus, std::move(callback));
  EXPECT_FALSE(watch.expired());
  EXPECT_TRUE(subscription.unsubscribe());
  bus.poll();
  EXPECT_TRUE(watch.expired());
}

TEST_F(Winsync, ANullCallbackIsRefused) {
  EXPECT_THROW((void)subscribe(bus, std::shared_ptr<ISyncCallback>()), std::invalid_argument);
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

TEST(WinsyncDwords, WhatFitsIsPassedOnAsItIs) {
  for (const std::uint64_t completed : {0ULL, 1ULL, 41ULL, 0xFFFFFFFEULL, 0xFFFFFFFFULL}) {
    for (const std::uint64_t total : {0ULL, 1ULL, 42ULL, 0xFFFFFFFEULL, 0xFFFFFFFFULL}) {
      EXPECT_EQ(to_dwords(completed, total),
                (Work{static_cast<DWORD>(completed), static_cast<DWORD>(total)}));
    }
  }
}

TEST(WinsyncDwords, AnUnknownTotalStaysUnknown) {
  EXPECT_EQ(to_dwords(0, 0), (Work{0, 0}));
  EXPECT_EQ(to_dwords(kTwoTo32, 0), (Work{kMaxDword, 0}));
  EXPECT_EQ(to_dwords(kMax64, 0), (Work{kMaxDword, 0}));
}

TEST(WinsyncDwords, ALargeTotalIsHalvedUntilItFitsAndTheFractionSurvives) {
  EXPECT_EQ(to_dwords(kTwoTo32 / 2, kTwoTo32), (Work{1U << 30, 1U << 31}));
  // 10^12 has 40 bits: both are divided by 2^8.
  EXPECT_EQ(to_dwords(500'000'000'000, 1'000'000'000'000), (Work{1'953'125'000, 3'906'250'000}));
  EXPECT_EQ(to_dwords(250'000'000'000, 1'000'000'000'000), (Work{976'562'500, 3'906'250'000}));
  EXPECT_EQ(to_dwords(kMax64 / 2, kMax64), (Work{0x7FFFFFFFU, kMaxDword}));
  EXPECT_EQ(to_dwords(0, kMax64), (Work{0, kMaxDword}));
}

TEST(WinsyncDwords, CompleteStaysComplete) {
  EXPECT_EQ(to_dwords(kTwoTo32, kTwoTo32), (Work{1U << 31, 1U << 31}));
  EXPECT_EQ(to_dwords(kTwoTo32 + 1, kTwoTo32 + 1), (Work{1U << 31, 1U << 31}));
  EXPECT_EQ(to_dwords(kMax64, kMax64), (Work{kMaxDword, kMaxDword}));
}

TEST(WinsyncDwords, OneShortOfCompleteIsNeverShownAsComplete) {
  // (2^32 - 1) / 2 = 2^31 - 1 by itself; 2^32 / 2 would equal (2^32 + 1) / 2.
  EXPECT_EQ(to_dwords(kTwoTo32 - 1, kTwoTo32), (Work{(1U << 31) - 1, 1U << 31}));
  EXPECT_EQ(to_dwords(kTwoTo32, kTwoTo32 + 1), (Work{(1U << 31) - 1, 1U << 31}));
  EXPECT_EQ(to_dwords(kMax64 - 1, kMax64), (Work{kMaxDword - 1, kMaxDword}));
}

TEST(WinsyncDwords, MoreThanTheTotalStaysMoreOrSaturates) {
  EXPECT_EQ(to_dwords(kTwoTo32 + 1, kTwoTo32), (Work{(1U << 31) + 1, 1U << 31}));
  EXPECT_EQ(to_dwords(kTwoTo32, 10), (Work{kMaxDword, 10}));
  EXPECT_EQ(to_dwords(kMax64, 10), (Work{kMaxDword, 10}));
  EXPECT_EQ(to_dwords(kMax64, kTwoTo32), (Work{kMaxDword, 1U << 31}));
  // 2^33 - 2 is 2^32 - 1 when halved: there is no room above it.
  EXPECT_EQ(to_dwords(2 * kTwoTo32 - 1, 2 * kTwoTo32 - 2), (Work{kMaxDword, kMaxDword}));
}

TEST(WinsyncDwords, WithOneTotalTheValueNeverStepsBack) {
  for (const std::uint64_t total : {kTwoTo32 - 1, kTwoTo32, kTwoTo32 + 1, 3 * kTwoTo32 + 5}) {
    DWORD last = to_dwords(total - 40, total).completed;
    for (std::uint64_t completed = total - 40; completed <= total + 40; ++completed) {
      const DWORD now = to_dwords(completed, total).completed;
      EXPECT_GE(now, last) << completed << " of " << total;
      last = now;
    }
  }
}

}  // namespace
