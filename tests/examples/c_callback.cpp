// SPDX-License-Identifier: MIT
//
// Progress out of a C library that takes a callback and a `void*`, as libcurl does with
// CURLOPT_XFERINFOFUNCTION. The callback reports and returns nonzero to stop once the session was
// canceled, here by the Cancel button of a display that knows only the session's id.
#include <headway/headway.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <thread>

// The C library, as far as this example needs one: it transfers in pieces and asks after each.
extern "C" {
using transfer_info_callback = int (*)(void* client, std::int64_t download_total,
                                       std::int64_t downloaded, std::int64_t upload_total,
                                       std::int64_t uploaded);
}

namespace {

enum class Result { ok, aborted_by_callback };

Result transfer(std::int64_t bytes, transfer_info_callback info, void* client) {
  constexpr std::int64_t kPiece = 256 * 1024;
  for (std::int64_t done = 0; done < bytes;) {
    done = done + kPiece < bytes ? done + kPiece : bytes;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // the network
    if (info(client, bytes, done, 0, 0) != 0) return Result::aborted_by_callback;
  }
  return Result::ok;
}

}  // namespace

// No exception leaves a report, so nothing can unwind through the C library.
extern "C" int report_transfer(void* client, std::int64_t download_total, std::int64_t downloaded,
                               std::int64_t /*upload_total*/, std::int64_t /*uploaded*/) noexcept {
  auto& download = *static_cast<headway::Counter*>(client);
  // The library says 0 while it does not know the total: to Headway, too, that means "unknown".
  const auto status = download.report(static_cast<std::uint64_t>(downloaded),
                                      static_cast<std::uint64_t>(download_total));
  return headway::should_stop(status) ? 1 : 0;
}

int main() {
  headway::Bus bus;
  auto subscription = bus.subscribe(
      [&](const headway::Update& update) {
        std::printf("%3.0f %% of %.*s\n", 100 * update.fraction().value_or(0),
                    static_cast<int>(update.session_name.size()), update.session_name.data());
        // The user loses patience with the second file half-way.
        if (update.session_name == "large.iso" && update.fraction() > 0.5) {
          bus.cancel(update.session);
        }
      },
      {.interval = std::chrono::milliseconds(20)});

  const auto download = [&](const char* name, std::int64_t bytes) {
    auto session = bus.open_session(
        name, {.units = {headway::Unit::items, headway::Unit::items, headway::Unit::bytes}});
    auto reporter = session.reporter();
    auto counter = reporter.at(headway::Role::source, headway::Stage::change_application);
    const Result result = transfer(bytes, &report_transfer, &counter);
    session.close(result == Result::ok ? headway::Outcome::completed : headway::Outcome::canceled);
    return result;
  };
  const bool small_arrived = download("small.txt", 100'000) == Result::ok;
  const bool large_was_stopped = download("large.iso", 100'000'000) == Result::aborted_by_callback;
  return small_arrived && large_was_stopped ? 0 : 1;
}
