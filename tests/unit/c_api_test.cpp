// SPDX-License-Identifier: MIT
//
// What of headway/headway.h takes C++ or threads to be tested. The rest is in tests/c_abi.
#include <headway/headway.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headway {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr headway_role source = HEADWAY_ROLE_SOURCE;
constexpr headway_stage detection = HEADWAY_STAGE_CHANGE_DETECTION;

class CApi : public testing::Test {
 protected:
  explicit CApi(headway_dispatch dispatch = HEADWAY_DISPATCH_MANUAL) {
    headway_bus_options options = HEADWAY_BUS_OPTIONS_INIT;
    options.dispatch = dispatch;
    EXPECT_EQ(headway_bus_create(&options, &bus), HEADWAY_OK);
    headway_session_options any_number = HEADWAY_SESSION_OPTIONS_INIT;
    any_number.merge = HEADWAY_MERGE_LATEST;
    EXPECT_EQ(headway_session_open(bus, "photos", &any_number, &session), HEADWAY_OK);
    EXPECT_EQ(headway_reporter_create(session, nullptr, &reporter), HEADWAY_OK);
  }
  ~CApi() override {
    headway_reporter_destroy(reporter);
    headway_session_destroy(session);
    headway_subscription_destroy(subscription);
    headway_bus_destroy(bus);
  }

  [[nodiscard]] headway_status subscribe(const headway_callbacks& callbacks, void* user,
                                         headway_on_error on_error = HEADWAY_ON_ERROR_IGNORE,
                                         headway_run_on run_on = HEADWAY_RUN_ON_DISPATCHER) {
    headway_subscription_options options = HEADWAY_SUBSCRIPTION_OPTIONS_INIT;
    options.interval_ns = 1;
    options.on_error = on_error;
    options.run_on = run_on;
    return headway_subscribe(bus, &callbacks, user, &options, &subscription);
  }
  void report_and_poll() {
    ASSERT_EQ(headway_report(reporter, source, detection, ++reported, 100), HEADWAY_OK);
    ASSERT_EQ(headway_bus_poll(bus, nullptr), HEADWAY_OK);
  }
  [[nodiscard]] std::uint64_t callback_exceptions() const {
    const headway_statistics* statistics = nullptr;
    EXPECT_EQ(headway_bus_statistics(bus, &statistics), HEADWAY_OK);
    const std::uint64_t exceptions = statistics->callback_exceptions;
    headway_statistics_free(statistics);
    return exceptions;
  }

  headway_bus* bus = nullptr;
  headway_session* session = nullptr;
  headway_reporter* reporter = nullptr;
  headway_subscription* subscription = nullptr;
  std::uint64_t reported = 0;
};

class CApiWithAThread : public CApi {
 protected:
  CApiWithAThread() : CApi(HEADWAY_DISPATCH_PARK) {}
};

template <auto function>
constexpr headway_callbacks progress_by = {
    sizeof(headway_callbacks), function, nullptr, nullptr, nullptr, nullptr};

void throws(void* /*user*/, const headway_update* /*update*/) { throw std::runtime_error("mine"); }

TEST_F(CApi, WhatACallbackThrowsIsCountedAndIgnored) {
  ASSERT_EQ(subscribe(progress_by<throws>, nullptr), HEADWAY_OK);
  report_and_poll();
  report_and_poll();
  EXPECT_EQ(callback_exceptions(), 2U);
  EXPECT_EQ(headway_session_canceled(session), 0);
}

TEST_F(CApi, WhatACallbackThrowsCancelsTheSessionWhereThatIsAskedFor) {
  ASSERT_EQ(subscribe(progress_by<throws>, nullptr, HEADWAY_ON_ERROR_CANCEL_SESSION), HEADWAY_OK);
  report_and_poll();
  EXPECT_EQ(headway_report(reporter, source, detection, 2, 100), HEADWAY_E_ABORT);
}

TEST_F(CApi, WhatACallbackThrowsEndsItsSubscriptionWhereThatIsAskedFor) {
  struct {
    int released = 0;
  } user;
  headway_callbacks callbacks = progress_by<throws>;
  callbacks.released = [](void* given) { ++static_cast<decltype(user)*>(given)->released; };
  ASSERT_EQ(subscribe(callbacks, &user, HEADWAY_ON_ERROR_UNSUBSCRIBE), HEADWAY_OK);
  report_and_poll();
  EXPECT_EQ(user.released, 1);
  report_and_poll();
  EXPECT_EQ(callback_exceptions(), 1U);
}

TEST_F(CApi, EachThreadHasItsOwnLastError) {
  EXPECT_EQ(headway_bus_poll(nullptr, nullptr), HEADWAY_E_POINTER);
  std::string others = "not asked";
  std::thread([&] { others = headway_last_error(); }).join();
  EXPECT_EQ(others, "");
  EXPECT_THAT(headway_last_error(), HasSubstr("null pointer"));
}

TEST_F(CApi, ARefusedReportLeavesTheLastErrorAlone) {
  EXPECT_EQ(headway_bus_poll(nullptr, nullptr), HEADWAY_E_POINTER);
  const std::string before = headway_last_error();
  EXPECT_EQ(headway_report(reporter, 7, detection, 1, 2), HEADWAY_E_INVALIDARG);
  EXPECT_EQ(headway_last_error(), before);
}

TEST_F(CApi, TellsWhyASecondReporterIsRefused) {
  headway_session* one = nullptr;
  headway_reporter* first = nullptr;
  headway_reporter* second = nullptr;
  ASSERT_EQ(headway_session_open(bus, "one reporter", nullptr, &one), HEADWAY_OK);
  ASSERT_EQ(headway_reporter_create(one, nullptr, &first), HEADWAY_OK);
  EXPECT_EQ(headway_reporter_create(one, nullptr, &second), HEADWAY_E_INVALIDARG);
  EXPECT_EQ(second, nullptr);
  EXPECT_THAT(headway_last_error(), HasSubstr("\"one reporter\""));
  headway_reporter_destroy(first);
  headway_session_destroy(one);
}

TEST(CApiStructs, SayHowMuchOfThemThereIs) {
  headway_session_info info{};
  info.size = offsetof(headway_session_info, units);
  EXPECT_TRUE(HEADWAY_HAS(&info, size));
  EXPECT_TRUE(HEADWAY_HAS(&info, values));
  EXPECT_FALSE(HEADWAY_HAS(&info, units));
  EXPECT_FALSE(HEADWAY_HAS(&info, outcome));
}

TEST_F(CApi, NothingIsReleasedWhereSubscribingFailed) {
  int released = 0;
  headway_callbacks callbacks = progress_by<throws>;
  callbacks.released = [](void* user) { ++*static_cast<int*>(user); };
  EXPECT_EQ(subscribe(callbacks, &released, 3), HEADWAY_E_INVALIDARG);
  EXPECT_THAT(headway_last_error(),
              StartsWith("headway: headway_subscription_options.on_error is 3"));
  EXPECT_EQ(subscription, nullptr);
  EXPECT_EQ(released, 0);
}

TEST_F(CApi, ASubscriptionMayBeDestroyedInItsOwnCallback) {
  struct User {
    headway_subscription** own;
    int calls = 0;
    int released = 0;
  } user{&subscription};
  headway_callbacks callbacks = progress_by<[](void* given, const headway_update*) {
    auto& self = *static_cast<User*>(given);
    ++self.calls;
    headway_subscription_destroy(std::exchange(*self.own, nullptr));
    EXPECT_EQ(self.released, 0);
  }>;
  callbacks.released = [](void* given) { ++static_cast<User*>(given)->released; };
  ASSERT_EQ(subscribe(callbacks, &user), HEADWAY_OK);
  report_and_poll();
  report_and_poll();
  EXPECT_EQ(user.calls, 1);
  EXPECT_EQ(user.released, 1);
}

TEST_F(CApi, ACallbackCannotFlushItsBus) {
  struct User {
    headway_bus* bus;
    headway_status status = HEADWAY_OK;
  } user{bus};
  ASSERT_EQ(subscribe(progress_by<[](void* given, const headway_update*) {
                        auto& self = *static_cast<User*>(given);
                        self.status = headway_bus_flush(self.bus, HEADWAY_NO_DEADLINE);
                      }>,
                      &user),
            HEADWAY_OK);
  report_and_poll();
  EXPECT_EQ(user.status, HEADWAY_E_IN_CALLBACK);
}

TEST_F(CApiWithAThread, AFlushThatWaitsForACallbackTimesOutAndAStopNamesTheSubscription) {
  struct User {
    std::atomic<bool> inside{false};
    std::atomic<bool> leave{false};
  } user;
  ASSERT_EQ(subscribe(progress_by<[](void* given, const headway_update*) {
                        auto& self = *static_cast<User*>(given);
                        self.inside = true;
                        while (!self.leave) std::this_thread::yield();
                      }>,
                      &user),
            HEADWAY_OK);
  ASSERT_EQ(headway_report(reporter, source, detection, 1, 2), HEADWAY_OK);
  while (!user.inside) std::this_thread::yield();
  EXPECT_EQ(headway_bus_flush(bus, 1), HEADWAY_E_TIMEOUT);
  const headway_stop_report* report = nullptr;
  EXPECT_EQ(headway_bus_stop(bus, 1, &report), HEADWAY_S_FALSE);
  ASSERT_NE(report, nullptr);
  ASSERT_EQ(report->stuck_count, 1U);
  EXPECT_STREQ(report->stuck[0]->name, "subscription 1");
  EXPECT_EQ(report->stuck[0]->id, headway_subscription_id(subscription));
  headway_stop_report_free(report);
  user.leave = true;
  EXPECT_EQ(headway_unsubscribe(subscription), HEADWAY_OK);
}

TEST_F(CApiWithAThread, AnyNumberOfThreadsShareAReporter) {
  constexpr int threads = 4;
  constexpr int each = 1000;
  headway_shared_reporter* shared = nullptr;
  ASSERT_EQ(headway_shared_reporter_create(session, nullptr, &shared), HEADWAY_OK);
  std::atomic<std::uint64_t> last{0};
  ASSERT_EQ(subscribe(progress_by<[](void* user, const headway_update* update) {
                        static_cast<std::atomic<std::uint64_t>*>(user)->store(update->completed);
                      }>,
                      &last, HEADWAY_ON_ERROR_IGNORE, HEADWAY_RUN_ON_OWN_THREAD),
            HEADWAY_OK);
  std::vector<std::thread> providers;
  for (int i = 0; i < threads; ++i) {
    providers.emplace_back([&] {
      for (int n = 0; n < each; ++n) {
        EXPECT_EQ(headway_shared_advance(shared, source, detection, 1), HEADWAY_OK);
      }
    });
  }
  for (std::thread& provider : providers) provider.join();
  EXPECT_EQ(headway_bus_flush(bus, HEADWAY_NO_DEADLINE), HEADWAY_OK);
  EXPECT_EQ(last.load(), std::uint64_t{threads} * each);
  headway_shared_reporter_destroy(shared);
}

}  // namespace
}  // namespace headway
