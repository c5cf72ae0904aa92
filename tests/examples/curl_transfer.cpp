// SPDX-License-Identifier: MIT
//
// Downloads by libcurl whose progress goes to a bus, and that a Cancel button stops.
//
// libcurl calls CURLOPT_XFERINFOFUNCTION as often as data comes in, on the thread that transfers. The
// callback reports and does nothing else; whoever wants to see something subscribes. The second download is
// of 1 TiB: nothing but the cancel ends it in time.
#include <headway/headway.hpp>

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "local_file_server.hpp"

// No exception leaves a report, so nothing can unwind through libcurl.
extern "C" int report_transfer(void* client, curl_off_t download_total, curl_off_t downloaded,
                               curl_off_t /*upload_total*/, curl_off_t /*uploaded*/) noexcept {
  auto& received = *static_cast<headway::Counter*>(client);
  // libcurl says 0 while it does not know the total: to Headway, too, that means "unknown".
  const auto status = received.report(static_cast<std::uint64_t>(downloaded),
                                      static_cast<std::uint64_t>(download_total));
  return headway::should_stop(status) ? 1 : 0;  // 1: CURLE_ABORTED_BY_CALLBACK
}

namespace {

CURLcode download(headway::Bus& bus, const std::string& url, std::FILE* to) {
  constexpr auto kBytes = headway::Unit::bytes;
  auto session = bus.open_session(url, {.units = {kBytes, kBytes, kBytes}});
  auto reporter = session.reporter();
  // What is read counts for the source; an upload's bytes would count for the destination.
  auto received = reporter.at(headway::Role::source, headway::Stage::change_application);

  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  if (curl == nullptr) return CURLE_FAILED_INIT;  // the session closes itself, as abandoned
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, to);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);  // without this there are no calls
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &report_transfer);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &received);

  const CURLcode result = curl_easy_perform(curl.get());
  if (result == CURLE_OK) {
    session.close(headway::Outcome::completed);
  } else if (result == CURLE_ABORTED_BY_CALLBACK) {
    session.close(headway::Outcome::canceled);
  } else {
    session.close(headway::Outcome::failed, curl_easy_strerror(result));
  }
  return result;
}

constexpr std::uint64_t kMiB = 1 << 20;

/// A display with a Cancel button, and a user who presses it when 4 MiB of something endless have come. It
/// knows the downloads by their sessions alone.
class Display : public headway::Subscriber {
 public:
  explicit Display(headway::Bus& bus) : bus_(bus) {}

  void on_opened(const headway::SessionInfo& /*session*/) override { completed = total = 0; }
  void on_progress(const headway::Update& update) override {
    std::printf("%llu of %llu bytes\n", static_cast<unsigned long long>(update.completed),
                static_cast<unsigned long long>(update.total));
    if (update.completed < completed) went_back = true;
    completed = update.completed;
    total = update.total;
    if (total > 1000 * kMiB && completed > 4 * kMiB) bus_.cancel(update.session);
  }
  void on_closed(headway::SessionId /*session*/, headway::Outcome how) override {
    std::printf("%s\n", headway::to_string(how));
    outcome = how;
  }

  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  headway::Outcome outcome = headway::Outcome::abandoned;
  bool went_back = false;

 private:
  headway::Bus& bus_;
};

using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

/// What a user would see go wrong, or null.
const char* what_went_wrong() {
  const LocalFileServer server;
  headway::Bus bus;
  Display display(bus);
  const auto subscription = bus.subscribe(display, {.interval = std::chrono::milliseconds(20)});

  constexpr std::uint64_t kSize = 8 * kMiB + 1;
  const File file(std::tmpfile(), &std::fclose);
  if (file == nullptr) return "no temporary file";
  if (download(bus, server.url(kSize), file.get()) != CURLE_OK) return "it did not arrive";
  bus.flush(std::chrono::seconds(30));  // all of it has been shown
  if (std::ftell(file.get()) != static_cast<long>(kSize)) return "it did not arrive whole";
  if (display.completed != kSize || display.total != kSize) return "the last update is wrong";
  if (display.outcome != headway::Outcome::completed) return "not shown as completed";

  constexpr std::uint64_t kEndless = kMiB * kMiB;
  const File nowhere(std::fopen("/dev/null", "wb"), &std::fclose);
  if (nowhere == nullptr) return "no /dev/null";
  if (download(bus, server.url(kEndless), nowhere.get()) != CURLE_ABORTED_BY_CALLBACK) {
    return "the cancel did not stop the transfer";
  }
  bus.flush(std::chrono::seconds(30));
  if (display.total != kEndless) return "the endless one was not shown";
  if (display.outcome != headway::Outcome::canceled) return "not shown as canceled";
  if (display.went_back) return "progress went back";
  return nullptr;
}

}  // namespace

int main() try {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) return 2;
  const char* const wrong = what_went_wrong();
  curl_global_cleanup();
  if (wrong != nullptr) std::fprintf(stderr, "%s\n", wrong);
  return wrong == nullptr ? 0 : 1;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 2;
}
