// SPDX-License-Identifier: MIT
#include "sync/worker.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "sync/attributes.hpp"
#include "sync/copy.hpp"
#include "sync/path.hpp"
#include "sync/temporary.hpp"

namespace headway::tools {

namespace {

constexpr Role role = Role::destination;
constexpr Stage stage = Stage::change_application;

bool is_full(int error) { return error == ENOSPC || error == EDQUOT; }

bool same_moment(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

Worker::Worker(const Job& job, Progress& progress, Problems& problems, std::size_t kept_directories)
    : job_(job),
      progress_(progress),
      problems_(problems),
      reporters_(progress.reporters()),
      from_(job.source, job.source_root, kept_directories),
      to_(job.source, job.destination_root, kept_directories) {}

std::string Worker::source_path(std::uint32_t entry) const {
  return join(job_.shown_source, job_.source.path(entry));
}

std::string Worker::target_path(std::uint32_t entry) const {
  return join(job_.shown_destination, job_.source.path(entry));
}

Done Worker::failed(std::string_view what, const std::string& path, int error) {
  problems_.failed(what, path, error);
  return is_full(error) ? Done::full : Done::failed;
}

// After a cancel the bus takes no reports, and the summary is not to say more than the bars do.
void Worker::count_item() {
  if (reporters_.items.advance(role, stage) == Status::ok) ++applied_.items;
}

// Runs `make`, which changes something in the directory and answers as a system call does. A directory of
// our own that is write-protected is opened up; finishing it sets its permissions again.
template <class Make>
auto Worker::with_access(int directory, Make make) -> decltype(make()) {
  auto answer = make();
  if (answer >= 0 || errno != EACCES) return answer;
  struct stat status {};
  if (::fstat(directory, &status) != 0 ||
      ::fchmod(directory, (status.st_mode & 07777U) | 0700U) != 0) {
    errno = EACCES;
    return answer;
  }
  return make();
}

Done Worker::make_directory(const Action& action) {
  const std::string path = target_path(action.entry);
  const int parent = to_.open(entry(action).parent);
  if (parent < 0) return failed("create directory", path, errno);
  const char* name = entry(action).name.c_str();
  if (action.obstacle == Obstacle::file &&
      with_access(parent, [&] { return ::unlinkat(parent, name, 0); }) != 0) {
    return failed("replace", path, errno);
  }
  // Nobody else can get in before it has its own permissions.
  if (with_access(parent, [&] { return ::mkdirat(parent, name, 0700); }) != 0) {
    return failed("create directory", path, errno);
  }
  return Done::done;
}

Done Worker::carry_out(const Action& action) {
  const int directory = to_.open(entry(action).parent);
  if (directory < 0) return failed("open the directory of", target_path(action.entry), errno);
  progress_.note(job_.source.path(action.entry));
  Done done = Done::failed;
  switch (action.task) {
    case Task::copy_file: done = copy_file(action, directory); break;
    case Task::make_link: done = make_link(action, directory); break;
    case Task::set_attributes: done = set_attributes_of(action, directory); break;
    case Task::make_directory: done = make_directory(action); break;
  }
  if (done == Done::done) count_item();
  return done;
}

Done Worker::copy_file(const Action& action, int directory) {
  const std::uint64_t planned = entry(action).size;
  std::uint64_t counted = 0;
  // What was counted of a file that did not get through goes back, and is no longer to be done: the time
  // left then stays right. The item stays open and shows that something is missing.
  const auto give_up = [&](Done done) {
    if (counted > 0) reporters_.bytes.advance(role, stage, -signed_of(counted));
    progress_.add_totals(role, stage, 0, -signed_of(planned));
    return done;
  };

  const int source_directory = from_.open(entry(action).parent);
  // O_NONBLOCK: if it has become a FIFO meanwhile, nobody waits for its other end.
  const Fd in(source_directory < 0
                  ? -1
                  : ::openat(source_directory, entry(action).name.c_str(),
                             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat before {};
  if (!in || ::fstat(in.get(), &before) != 0)
    return give_up(failed("read", source_path(action.entry), errno));
  if (!S_ISREG(before.st_mode)) {
    problems_.failed(source_path(action.entry), "is no longer a file: run again");
    return give_up(Done::failed);
  }

  Temporary temporary(directory);
  const Fd out(with_access(directory, [&] { return temporary.create_file(); }));
  if (!out) return give_up(failed("create a file for", target_path(action.entry), errno));

  const auto size = static_cast<std::uint64_t>(before.st_size);
  const CopyResult result =
      copy_data(in.get(), out.get(), size, job_.block, [&](std::uint64_t bytes) {
        counted += bytes;
        return !should_stop(reporters_.bytes.advance(role, stage, signed_of(bytes)));
      });
  if (result.end == CopyEnd::stopped) return Done::canceled;
  if (result.end == CopyEnd::read_failed) {
    return give_up(failed("read", source_path(action.entry), result.error));
  }
  if (result.end == CopyEnd::write_failed) {
    return give_up(failed("write", target_path(action.entry), result.error));
  }

  // The time is that of the version we opened. If the file changed since, the next run sees that.
  if (!set_attributes(out.get(), Attributes::of(before), job_.owners)) {
    return give_up(failed("set attributes of", target_path(action.entry), errno));
  }
  struct stat after {};
  const bool changed = ::fstat(in.get(), &after) != 0 || after.st_size != before.st_size ||
                       !same_moment(after.st_mtim, before.st_mtim);
  const Done done = install(temporary, action, directory);
  if (done != Done::done) return give_up(done);
  applied_.bytes += counted;
  if (counted != planned)
    progress_.add_totals(role, stage, 0, signed_of(counted) - signed_of(planned));
  if (changed) {
    problems_.failed(source_path(action.entry),
                     "changed while it was copied, the copy may mix old and new: run again");
    count_item();
    return Done::failed;
  }
  return Done::done;
}

Done Worker::make_link(const Action& action, int directory) {
  Temporary temporary(directory);
  const std::string& target = job_.source.targets.at(action.entry);
  const bool made =
      with_access(directory, [&] { return temporary.create_link(target) ? 0 : -1; }) == 0;
  if (!made) return failed("create link", target_path(action.entry), errno);
  if (!set_attributes(directory, temporary.name(), Kind::link, Attributes::of(entry(action)),
                      job_.owners)) {
    return failed("set attributes of", target_path(action.entry), errno);
  }
  return install(temporary, action, directory);
}

Done Worker::install(Temporary& temporary, const Action& action, int directory) {
  const std::string& name = entry(action).name;
  if (action.obstacle == Obstacle::empty_directory &&
      ::unlinkat(directory, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return failed("replace directory", target_path(action.entry), errno);
  }
  if (!temporary.install(name)) return failed("create", target_path(action.entry), errno);
  return Done::done;
}

Done Worker::set_attributes_of(const Action& action, int directory) {
  const Entry& wanted = entry(action);
  if (!set_attributes(directory, wanted.name, wanted.kind, Attributes::of(wanted), job_.owners)) {
    return failed("set attributes of", target_path(action.entry), errno);
  }
  return Done::done;
}

Done Worker::finish(const Finish& finish) {
  const int directory = to_.open(finish.directory);
  const Attributes wanted = Attributes::of(job_.source.entries[finish.directory]);
  if (directory < 0 || !set_attributes(directory, wanted, job_.owners)) {
    return failed("set attributes of", target_path(finish.directory), errno);
  }
  if (finish.counted) count_item();
  return Done::done;
}

void Worker::remove_leftover(std::uint32_t entry) {
  // Indexes are those of the destination's tree here, so the directories kept open do not fit.
  Directories directories(job_.destination, job_.destination_root, 2);
  const Entry& leftover = job_.destination.entries[entry];
  const int directory = directories.open(leftover.parent);
  const auto remove = [&] { return ::unlinkat(directory, leftover.name.c_str(), 0); };
  if (directory < 0 || (with_access(directory, remove) != 0 && errno != ENOENT)) {
    problems_.failed("remove", join(job_.shown_destination, job_.destination.path(entry)), errno);
  }
  // The directory itself may be up to date, or none of ours: it stays as it was.
  if (directory >= 0) {
    (void)set_attributes(directory, Attributes::of(job_.destination.entries[leftover.parent]),
                         false);
  }
}

}  // namespace headway::tools
