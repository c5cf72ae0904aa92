// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <system_error>

#include "board_folder.hpp"
#include "laws/child_process.hpp"
#include "laws/manual_bus.hpp"

namespace headway::boards_test {
namespace {

using laws::in_a_child;
using laws::ManualBus;
using tools::Boards;

class TheLifeOfABoard : public ::testing::Test {
 protected:
  BoardFolder folder;
};

TEST_F(TheLifeOfABoard, IsThatOfItsBus) {
  {
    const ManualBus bus(shown());
    struct stat status {};
    ASSERT_EQ(::stat(folder.only_file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode, mode_t{S_IFREG | S_IRUSR | S_IWUSR});
    EXPECT_EQ(status.st_uid, ::geteuid());
  }
  EXPECT_TRUE(folder.files().empty());
}

TEST_F(TheLifeOfABoard, DoesNotLastForTheSakeOfHandles) {
  auto bus = std::make_unique<ManualBus>(shown());
  auto session = (*bus)->open_session("photos");
  auto reporter = session.reporter();
  tools::BoardReader open(folder.only_file());
  bus.reset();
  EXPECT_TRUE(folder.files().empty());
  EXPECT_FALSE(open.linked());
  // They are still there, and write where nobody looks.
  EXPECT_EQ(reporter.report(Role::source, Stage::change_detection, 1, 1), Status::closed);
  session.note("gone");
}

TEST_F(TheLifeOfABoard, DoesNotBeginUnlessAsked) {
  ::unsetenv("HEADWAY_BOARD");
  const ManualBus bus;
  EXPECT_TRUE(folder.files().empty());
}

TEST_F(TheLifeOfABoard, MayBeAskedForByTheEnvironmentAndForbiddenByTheBus) {
  ::setenv("HEADWAY_BOARD", "1", 1);
  {
    const ManualBus bus;
    EXPECT_EQ(folder.files().size(), 1U);
  }
  {
    const ManualBus hidden({.board = BoardUse::hidden});
    EXPECT_TRUE(folder.files().empty());
  }
  ::setenv("HEADWAY_BOARD", "0", 1);
  {
    const ManualBus bus;
    const ManualBus other({.board = BoardUse::if_possible});
    EXPECT_TRUE(folder.files().empty());
  }
  ::unsetenv("HEADWAY_BOARD");
  const ManualBus bus({.board = BoardUse::if_possible});
  EXPECT_EQ(folder.files().size(), 1U);
}

TEST_F(TheLifeOfABoard, CannotBeginWhereThereIsNoFolder) {
  ::setenv("HEADWAY_BOARD_FOLDER", "/nowhere/at/all", 1);
  try {
    const ManualBus bus(shown());
    FAIL() << "a board in a folder that is not there";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("/nowhere/at/all"));
  }
  ::testing::internal::CaptureStderr();
  { const ManualBus bus({.board = BoardUse::if_possible}); }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  ::setenv("HEADWAY_BOARD", "1", 1);
  ::testing::internal::CaptureStderr();
  {
    ManualBus bus;
    auto session = bus->open_session("photos");
    bus.settle();
  }
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::AllOf(::testing::HasSubstr("HEADWAY_BOARD is 1"),
                               ::testing::HasSubstr("/nowhere/at/all")));
  ::unsetenv("HEADWAY_BOARD");
}

TEST_F(TheLifeOfABoard, IsOneOfSeveralInAProcess) {
  ManualBus first(shown());
  ManualBus second(shown());
  Boards boards(folder.path());
  EXPECT_EQ(boards.look().size(), 2U);
  EXPECT_EQ(boards.look().size(), 2U);
  EXPECT_EQ(folder.files().size(), 2U);
}

/// A process that shows a session, says so through a pipe and waits to be killed.
class Service {
 public:
  explicit Service(bool with_a_child = false) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    process_ = ::fork();
    if (process_ == 0) {
      ::close(ends[0]);
      Bus bus(shown());
      auto session = bus.open_session("photos");
      auto reporter = session.reporter();
      reporter.report(Role::source, Stage::change_detection, 3, 7);
      bus.flush(laws::watchdog);
      // Whoever is to live on says so itself: by then it has been through the library's fork handlers.
      pid_t child = 0;
      if (with_a_child && ::fork() == 0) child = ::getpid();
      if (!with_a_child || child != 0) (void)!::write(ends[1], &child, sizeof child);
      for (;;) ::pause();
    }
    ::close(ends[1]);
    ready_ = ::read(ends[0], &child_, sizeof child_) == sizeof child_;
    ::close(ends[0]);
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service() {
    kill();
    if (child_ > 0) ::kill(child_, SIGKILL);
  }

  [[nodiscard]] bool ready() const noexcept { return ready_; }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

 private:
  pid_t process_ = 0;
  pid_t child_ = 0;
  bool ready_ = false;
};

/// ThreadSanitizer ends a forked child that starts a thread.
bool forks_with_threads() {
#if defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
  return false;
#endif
#endif
  return true;
}

TEST_F(TheLifeOfABoard, EndsForReadersWhenItsProcessIsKilled) {
  if (!forks_with_threads())
    GTEST_SKIP() << "the thread sanitizer does not follow a fork with threads";
  Service service;
  ASSERT_TRUE(service.ready());
  Boards boards(folder.path());
  ASSERT_EQ(boards.look().size(), 1U);
  EXPECT_EQ(boards.look()[0].sessions.at(0).info.values[0].completed, 3U);
  tools::BoardReader reader(folder.only_file());
  EXPECT_TRUE(reader.alive());

  service.kill();
  EXPECT_FALSE(reader.alive());
  // What it left can still be read by who has it open; whoever looks next cleans up.
  const tools::ServiceView left = reader.read();
  EXPECT_FALSE(left.alive);
  EXPECT_EQ(left.sessions.at(0).info.values[0].total, 7U);
  EXPECT_TRUE(boards.look().empty());
  EXPECT_TRUE(boards.problems().empty());
  EXPECT_TRUE(folder.files().empty());
}

TEST_F(TheLifeOfABoard, IsEndedByTheNextThatBeginsToo) {
  if (!forks_with_threads())
    GTEST_SKIP() << "the thread sanitizer does not follow a fork with threads";
  Service living;
  ASSERT_TRUE(living.ready());
  {
    Service killed;
    ASSERT_TRUE(killed.ready());
  }
  EXPECT_EQ(folder.files().size(), 2U);
  const ManualBus bus(shown());
  EXPECT_EQ(folder.files().size(), 2U);
  Boards boards(folder.path());
  EXPECT_EQ(boards.look().size(), 2U);
}

TEST_F(TheLifeOfABoard, EndsWithItsProcessAlsoWhereAChildOfItLivesOn) {
  if (!forks_with_threads())
    GTEST_SKIP() << "the thread sanitizer does not follow a fork with threads";
  Service service(true);
  ASSERT_TRUE(service.ready());
  Boards boards(folder.path());
  ASSERT_EQ(boards.look().size(), 1U);
  service.kill();
  EXPECT_TRUE(boards.look().empty());
  EXPECT_TRUE(folder.files().empty());
}

TEST_F(TheLifeOfABoard, IsNotTheConcernOfAChildThatEnds) {
  auto bus = std::make_unique<ManualBus>(shown());
  auto session = (*bus)->open_session("photos");
  const int status = in_a_child([&] {
    session.note("from the child");
    session.close();
    session = Session();
    bus.reset();
    return 0;
  });
  EXPECT_EQ(status, 0);
  Boards boards(folder.path());
  const auto services = boards.look();
  ASSERT_EQ(services.size(), 1U);
  EXPECT_EQ(services[0].sessions.at(0).info.note, "");
  EXPECT_TRUE(services[0].sessions.at(0).info.open());
}

TEST_F(TheLifeOfABoard, SurvivesBeingKilledAnywhere) {
  if (!forks_with_threads())
    GTEST_SKIP() << "the thread sanitizer does not follow a fork with threads";
  Boards boards(folder.path());
  for (int i = 0; i < 50; ++i) {
    const pid_t service = ::fork();
    if (service == 0) {
      for (;;) {
        Bus bus(shown());
        for (int opened = 0; opened < 200; ++opened) {
          auto session = bus.open_session("session");
          auto reporter = session.reporter({.ring_capacity = 0});
          session.note(std::string(200, 'x'));
          reporter.report(Role::source, Stage::change_detection, 7, 7);
        }
      }
    }
    for (int looks = 0; looks < 1 + i % 7; ++looks) {
      for (const auto& seen : boards.look()) {
        for (const auto& session : seen.sessions) {
          EXPECT_EQ(session.info.name, "session");
          EXPECT_EQ(session.info.values[0].completed, session.info.values[0].total);
        }
      }
      ::usleep(static_cast<useconds_t>(37 * i));
    }
    ::kill(service, SIGKILL);
    ::waitpid(service, nullptr, 0);
    EXPECT_TRUE(boards.look().empty());
    EXPECT_TRUE(boards.problems().empty()) << boards.problems()[0];
    EXPECT_TRUE(folder.files().empty());
  }
}

TEST_F(TheLifeOfABoard, GoesOnWithoutRoomForMoreSessions) {
  const int status = in_a_child([] {
    ManualBus bus(shown());
    // Room for the first slots, and not for as many again. Over the limit a write would raise SIGXFSZ.
    const rlimit limit{100U * 1024, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    std::vector<Session> sessions;
    for (int i = 0; i < 100; ++i) sessions.push_back(bus->open_session("session"));
    bus.settle();
    if (bus->snapshot().size() != 100) return 3;
    Boards boards;
    const auto services = boards.look();
    return services.size() == 1 && services[0].sessions.size() == 64 &&
                   services[0].sessions_without_slot == 36
               ? 0
               : 4;
  });
  EXPECT_EQ(status, 0);
}

TEST_F(TheLifeOfABoard, SurvivesAFullDisk) {
  constexpr int cannot = 77;
  const int status = in_a_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.path().c_str(), "tmpfs", 0, "size=128k") != 0) {
      return cannot;
    }
    ManualBus bus(shown());
    std::vector<Session> sessions;
    for (int i = 0; i < 200; ++i) sessions.push_back(bus->open_session("session"));
    bus.settle();
    Boards boards;
    if (boards.look().at(0).sessions_without_slot == 0) return 2;
    // There is no room for a second one.
    try {
      const ManualBus other(shown());
    } catch (const std::system_error& error) {
      return error.code() == std::errc::no_space_on_device ? 0 : 3;
    }
    return 4;
  });
  if (status == cannot) GTEST_SKIP() << "no file system can be mounted here";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace headway::boards_test
