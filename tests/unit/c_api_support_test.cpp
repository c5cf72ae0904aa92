// SPDX-License-Identifier: MIT
//
// What stands behind the C interface and is not exported: exceptions as statuses, structs of other versions. Not
// in a build of the shared library, which hides it.
#include "core/c_api.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

namespace headway {
namespace {

TEST(CApiSupport, EveryKindOfExceptionHasItsStatusAndItsText) {
  const auto status_of = [](auto exception) {
    return c_api::guarded([&]() -> headway_status { throw exception; });
  };
  EXPECT_EQ(status_of(std::bad_alloc()), HEADWAY_E_OUTOFMEMORY);
  EXPECT_STREQ(headway_last_error(), "headway: out of memory");
  EXPECT_EQ(status_of(std::length_error("no lane")), HEADWAY_E_NO_RESOURCES);
  EXPECT_STREQ(headway_last_error(), "no lane");
  EXPECT_EQ(status_of(std::system_error(std::make_error_code(std::errc::too_many_files_open))),
            HEADWAY_E_NO_RESOURCES);
  EXPECT_EQ(status_of(std::invalid_argument("bad")), HEADWAY_E_INVALIDARG);
  EXPECT_EQ(status_of(std::runtime_error("else")), HEADWAY_E_FAIL);
  EXPECT_STREQ(headway_last_error(), "else");
  EXPECT_EQ(status_of(1), HEADWAY_E_FAIL);
  EXPECT_STREQ(headway_last_error(), "headway: an unknown exception");
}

TEST(CApiSupport, ALastErrorThatIsTooLongEndsAfterAWholeCharacter) {
  const std::string fits(510, 'x');
  std::string too_long = fits;
  too_long += "\u00e9";
  c_api::fail(HEADWAY_E_FAIL, too_long.c_str());
  EXPECT_EQ(headway_last_error(), fits);
  c_api::fail(HEADWAY_E_FAIL, std::string(511, 'y').c_str());
  EXPECT_EQ(headway_last_error(), std::string(511, 'y'));
}

TEST(CApiSupport, AnyStructIsReadWhateverItsSize) {
  // Each length that an older header may have left it at, up to those that a newer may give it.
  std::array<std::byte, 2 * sizeof(headway_filter)> bytes{};
  headway_filter filter = HEADWAY_FILTER_INIT;
  filter.by = HEADWAY_FILTER_ROLE;
  filter.role = HEADWAY_ROLE_DESTINATION;
  headway_bus_options manual = HEADWAY_BUS_OPTIONS_INIT;
  manual.dispatch = HEADWAY_DISPATCH_MANUAL;
  headway_bus* bus = nullptr;
  ASSERT_EQ(headway_bus_create(&manual, &bus), HEADWAY_OK);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    filter.size = size;
    std::memcpy(bytes.data(), &filter, sizeof filter);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as a caller in C does
    const auto* const given = reinterpret_cast<const headway_filter*>(bytes.data());
    const headway_snapshot* snapshot = nullptr;
    const headway_status status = headway_bus_snapshot(bus, given, &snapshot);
    EXPECT_EQ(status, size < sizeof(std::size_t) ? HEADWAY_E_INVALIDARG : HEADWAY_OK) << size;
    if (size >= offsetof(headway_filter, reserved)) {
      EXPECT_EQ(c_api::read_filter(given).role, Role::destination) << size;
    } else if (size >= sizeof(std::size_t) && size <= offsetof(headway_filter, by)) {
      EXPECT_EQ(c_api::read_filter(given).role, std::nullopt) << size;
    }
    headway_snapshot_free(snapshot);
  }
  headway_bus_destroy(bus);
  bytes.back() = std::byte{1};
  EXPECT_THROW(
      static_cast<void>(c_api::read_filter(reinterpret_cast<const headway_filter*>(bytes.data()))),
      std::invalid_argument);
}

}  // namespace
}  // namespace headway
