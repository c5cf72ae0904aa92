// SPDX-License-Identifier: MIT
//
// Uses one thing of each compiled part and says so, so that a missing symbol or header is noticed.
#include <headway/headway.hpp>
#include <headway/rate.hpp>
#include <headway/winsync.hpp>

#include <chrono>
#include <cstdio>

int main() {
  headway::Bus bus;
  std::uint64_t last = 0;
  auto subscription =
      bus.subscribe([&](const headway::Update& update) { last = update.completed; });
  auto session = bus.open_session("package");
  headway::winsync::SessionState state(session);
  using namespace headway::winsync;
  if (state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 41, 42) != S_OK) return 1;
  if (state.OnProgress(SPR_SOURCE, SPS_CHANGE_DETECTION, 42, 42) != S_OK) return 2;
  if (bus.flush(std::chrono::seconds(10)) != headway::FlushResult::ok) return 3;
  session.close();
  if (last != 42) return 4;
  std::printf("headway %s works\n", HEADWAY_VERSION);
  return 0;
}
