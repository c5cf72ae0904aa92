// SPDX-License-Identifier: MIT
//
// A board that another process has written: a good one of one session, with bytes changed and its end cut off. It is read
// or refused; whatever is read keeps its bounds.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <headway/headway.hpp>

#include "boards/boards.hpp"
#include "boards/reader.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace headway;
using headway::fuzz::Input;

/// A folder of its own, which goes with the process.
class Place {
 public:
  Place() {
    std::string name = "/tmp/headway-fuzz-XXXXXX";
    HOLDS(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    ::setenv("HEADWAY_BOARD_FOLDER", folder_.c_str(), 1);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

std::string good_board(const std::filesystem::path& folder) {
  Bus bus({.dispatch = Dispatch::manual, .board = BoardUse::shown, .board_sessions = 2});
  auto session = bus.open_session("photos", {.units = {Unit::items, Unit::bytes, Unit::bytes}});
  auto reporter = session.reporter();
  reporter.report(Role::source, Stage::change_detection, 3, 7);
  session.note("photos/1.jpg");
  bus.poll();
  std::ifstream file(std::filesystem::directory_iterator(folder)->path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void check(const tools::ServiceView& service) {
  HOLDS(service.sessions.size() <= 2);
  HOLDS(service.name.size() < sizeof(board::HeaderFacts::name) + 1);
  for (const auto& session : service.sessions) {
    HOLDS(session.info.id != SessionId());
    for (const auto* text : {&session.info.name, &session.info.note, &session.info.detail}) {
      HOLDS(text->size() <= board::text_bytes);
    }
    for (const Unit unit : session.info.units) HOLDS(unit <= Unit::bytes);
    HOLDS(!session.info.outcome || *session.info.outcome <= Outcome::abandoned);
    HOLDS(session.merge <= Merge::latest);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Place place;
  static const std::string good = good_board(place.folder());
  static const std::filesystem::path file = place.folder() / "headway.1.1";
  std::string bytes = good;
  Input input(data, size);
  if (input.flag()) bytes.resize(input.number<std::uint16_t>() % (good.size() + 1));
  while (!input.empty() && !bytes.empty()) {
    const std::size_t at = input.number<std::uint16_t>() % bytes.size();
    const auto word = input.number<std::uint64_t>();
    std::memcpy(bytes.data() + at, &word, std::min(sizeof word, bytes.size() - at));
  }
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  HOLDS(fd >= 0 && ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  ::close(fd);
  try {
    tools::BoardReader reader(file);
    check(reader.read());
    check(reader.read());
  } catch (const tools::BoardError& error) {
    HOLDS(std::string(error.what()).find("headway.1.1") != std::string::npos);
  }
  return 0;
}
