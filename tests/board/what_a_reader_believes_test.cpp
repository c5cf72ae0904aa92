// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

#include "board_folder.hpp"
#include "laws/manual_bus.hpp"

namespace headway::boards_test {
namespace {

using laws::ManualBus;
using tools::BoardError;
using tools::BoardReader;
using tools::Boards;

class AReader : public ::testing::Test {
 protected:
  /// The bytes of a board with one session.
  std::string some_board() {
    ManualBus bus(shown());
    auto session = bus->open_session("photos");
    auto reporter = session.reporter();
    reporter.report(Role::source, Stage::change_detection, 3, 7);
    bus.settle();
    std::ifstream file(folder.only_file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& bytes) {
    std::ofstream(folder.some_file(), std::ios::binary | std::ios::trunc) << bytes;
    ::chmod(folder.some_file().c_str(), S_IRUSR | S_IWUSR);
  }
  /// Why the file cannot be read; empty if it can.
  std::string complaint() {
    try {
      BoardReader reader(folder.some_file());
      (void)reader.read();
    } catch (const BoardError& error) {
      return error.what();
    }
    return {};
  }

  BoardFolder folder;
};

template <class Number>
void put(std::string& bytes, std::size_t at, Number number) {
  std::memcpy(bytes.data() + at, &number, sizeof number);
}

TEST_F(AReader, ReadsWhatItWrote) {
  write(some_board());
  EXPECT_EQ(complaint(), "");
}

TEST_F(AReader, NamesWhatIsWrongWithAHeader) {
  const std::string good = some_board();
  const auto refused = [&](std::size_t at, auto number, const char* because) {
    std::string bytes = good;
    put(bytes, at, number);
    write(bytes);
    EXPECT_THAT(complaint(), ::testing::AllOf(::testing::HasSubstr("headway.1.1"),
                                              ::testing::HasSubstr(because)));
  };
  refused(0, 'H', "does not begin as a board does");
  refused(8, std::uint32_t{0x04030201}, "byte order");
  refused(12, std::uint16_t{2}, "has version 2.0; this command reads version 1");
  refused(16, std::uint32_t{0}, "its header has 0 bytes");
  refused(16, std::uint32_t{4100}, "its header has 4100 bytes");
  refused(16, ~std::uint32_t{0}, "its header has 4294967295 bytes");
  refused(20, std::uint32_t{1016}, "a slot has 1016 bytes");
  refused(20, std::uint32_t{1025}, "a slot has 1025 bytes");
  refused(256, std::uint64_t{65}, "says that it has 65 slots, and has room for 64");
  refused(256, ~std::uint64_t{0}, "slots, and has room for 64");
}

TEST_F(AReader, TakesALaterMinorVersionWithMoreInIt) {
  std::string bytes = some_board();
  put(bytes, 14, std::uint16_t{9});
  // A longer header moves the slots.
  bytes.insert(4096, 64, '\0');
  put(bytes, 16, std::uint32_t{4160});
  write(bytes);
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(BoardReader(folder.some_file()).read().sessions.at(0).info.name, "photos");
}

TEST_F(AReader, NamesWhatIsTooShort) {
  const std::string good = some_board();
  for (const std::size_t size : {0U, 1U, 4095U}) {
    write(good.substr(0, size));
    EXPECT_THAT(complaint(), ::testing::HasSubstr("has " + std::to_string(size) + " bytes"));
  }
  for (const std::size_t size : {4096U, 5000U, 73'727U}) {
    write(good.substr(0, size));
    EXPECT_THAT(complaint(), ::testing::HasSubstr("slots, and has room for"));
  }
}

TEST_F(AReader, MakesTheBestOfASlotThatCannotBe) {
  const std::string good = some_board();
  constexpr std::size_t slot = 4096;
  std::string bytes = good;
  put(bytes, slot, std::uint64_t{1});  // for ever being changed
  write(bytes);
  EXPECT_EQ(complaint(), "");
  EXPECT_TRUE(BoardReader(folder.some_file()).read().sessions.empty());

  bytes = good;
  put(bytes, slot + 32, ~std::uint64_t{0});  // no such state, outcome, unit, merge
  put(bytes, slot + 40, ~std::uint64_t{0});  // texts longer than there is room for
  put(bytes, slot + 64, ~std::uint64_t{0});  // a value for ever being written
  write(bytes);
  EXPECT_EQ(complaint(), "");
  for (const auto& session : BoardReader(folder.some_file()).read().sessions) {
    EXPECT_LE(session.info.name.size(), 256U);
    EXPECT_EQ(session.info.values[0].sequence, 0U);
  }
}

TEST_F(AReader, OpensNothingButARegularFileThatIsItsUsersAlone) {
  const std::string good = some_board();
  write(good);
  ::chmod(folder.some_file().c_str(), 0640);
  EXPECT_THAT(complaint(), ::testing::HasSubstr("its mode must be 0600"));

  const auto elsewhere = folder.path() / "elsewhere";
  std::filesystem::rename(folder.some_file(), elsewhere);
  ::chmod(elsewhere.c_str(), 0600);
  std::filesystem::create_symlink(elsewhere, folder.some_file());
  EXPECT_THAT(complaint(), ::testing::HasSubstr("symbolic link"));

  std::filesystem::remove(folder.some_file());
  ASSERT_EQ(::mkfifo(folder.some_file().c_str(), 0600), 0);
  EXPECT_THAT(complaint(), ::testing::HasSubstr("no regular file"));

  std::filesystem::remove(folder.some_file());
  std::filesystem::create_directory(folder.some_file());
  EXPECT_THAT(complaint(), ::testing::HasSubstr("no regular file"));

  std::filesystem::remove(folder.some_file());
  EXPECT_THAT(complaint(), ::testing::HasSubstr("No such file"));
}

TEST_F(AReader, LeavesOtherUsersBoardsAlone) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  write(some_board());
  ASSERT_EQ(::chown(folder.some_file().c_str(), 65534, 65534), 0);
  EXPECT_THAT(complaint(), ::testing::HasSubstr("belongs to another user"));
  Boards boards(folder.path());
  EXPECT_TRUE(boards.look().empty());
  EXPECT_TRUE(boards.problems().empty());
  EXPECT_EQ(folder.files().size(), 1U);
}

TEST_F(AReader, SurvivesAFileThatShrinksAndGrowsWhileItIsRead) {
  const std::string good = some_board();
  write(good);
  std::atomic<bool> over{false};
  std::thread vandal([&] {
    const int fd = ::open(folder.some_file().c_str(), O_RDWR | O_CLOEXEC);
    for (int i = 0; !over.load(std::memory_order_relaxed); ++i) {
      (void)!::ftruncate(fd, i % 3 == 0 ? 0 : 4096 + i % 5 * 1024);
      (void)!::pwrite(fd, good.data(), good.size(), 0);
    }
    ::close(fd);
  });
  int read = 0;
  int refused = 0;
  for (int i = 0; i < 20'000 && (read == 0 || refused == 0 || i < 2000); ++i) {
    try {
      BoardReader reader(folder.some_file());
      for (int again = 0; again < 4; ++again) (void)reader.read();
      ++read;
    } catch (const BoardError&) {
      ++refused;
    }
  }
  over = true;
  vandal.join();
  EXPECT_GT(refused, 0);
}

TEST_F(AReader, IgnoresFilesThatAreNotNamedAsBoards) {
  for (const char* name : {"headway", "headway.", "headway.1", "headway.1.", "headway.x.1",
                           "headway.1.1.1", "other"}) {
    std::ofstream(folder.path() / name) << "nothing";
  }
  Boards boards(folder.path());
  EXPECT_TRUE(boards.look().empty());
  EXPECT_TRUE(boards.problems().empty());
  EXPECT_EQ(folder.files().size(), 7U);
}

TEST_F(AReader, NamesAFileThatIsNoBoardAndLeavesItThere) {
  write("nothing");
  Boards boards(folder.path());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(boards.look().empty());
    EXPECT_THAT(boards.problems(), ::testing::ElementsAre(::testing::HasSubstr("headway.1.1")));
  }
  EXPECT_EQ(folder.files().size(), 1U);
}

TEST_F(AReader, TakesAFolderThatIsNotThereForAnEmptyOne) {
  Boards boards(folder.path() / "nowhere");
  EXPECT_TRUE(boards.look().empty());
  EXPECT_TRUE(boards.problems().empty());
}

TEST_F(AReader, SeesNothingTornWhileTheBusWrites) {
  Bus bus(shown());
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (std::uint64_t i = 1; !over.load(std::memory_order_relaxed); ++i) {
      auto session = bus.open_session(std::string(1 + i % 250, static_cast<char>('a' + i % 26)));
      auto reporter = session.reporter({.ring_capacity = 0});
      for (std::uint64_t done = 1; done <= 50; ++done) {
        reporter.report(Role::destination, Stage::change_application, done, done * 3);
        session.note(std::string(1 + done % 250, static_cast<char>('A' + done % 26)));
      }
      session.close(Outcome::failed, std::string(100, '.'));
    }
  });
  const auto alike = [](const std::string& text) {
    return text.find_first_not_of(text.substr(0, 1)) == std::string::npos;
  };
  BoardReader reader(folder.only_file());
  for (int i = 0; i < 2000; ++i) {
    for (const auto& [info, merge, opened_at, closed_at, closing] : reader.read().sessions) {
      const LatestValue& value = info.value(Role::destination, Stage::change_application);
      EXPECT_EQ(value.total, value.completed * 3);
      EXPECT_LE(value.completed, value.sequence);
      EXPECT_TRUE(alike(info.name)) << info.name;
      EXPECT_TRUE(alike(info.note)) << info.note;
      EXPECT_TRUE(info.detail.empty() || info.detail == std::string(100, '.'));
    }
  }
  over = true;
  writer.join();
}

}  // namespace
}  // namespace headway::boards_test
