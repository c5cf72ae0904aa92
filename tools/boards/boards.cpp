// SPDX-License-Identifier: MIT
#include "boards/boards.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

namespace headway::tools {

namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// headway.PID.STAMP
bool is_board(std::string_view name) {
  constexpr std::string_view begin = "headway.";
  if (!name.starts_with(begin)) return false;
  name.remove_prefix(begin.size());
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && is_number(name.substr(0, dot)) &&
         is_number(name.substr(dot + 1));
}

/// Others' boards are their own business. Of a link: the link's.
bool is_own(const std::filesystem::path& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

}  // namespace

std::filesystem::path board_folder() {
  const char* const chosen = std::getenv("HEADWAY_BOARD_FOLDER");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/dev/shm";
}

Boards::Boards(std::filesystem::path folder) : folder_(std::move(folder)) {}

void Boards::find_new() {
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().native();
    if (!is_board(name) || readers_.contains(name) || !is_own(at->path())) continue;
    try {
      readers_.emplace(name, std::make_unique<BoardReader>(at->path()));
    } catch (const BoardError& problem) {
      problems_.emplace_back(problem.what());
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    problems_.push_back("the folder of boards, " + folder_.native() +
                        ", cannot be read: " + error.message());
  }
}

std::vector<ServiceView> Boards::look() {
  problems_.clear();
  std::erase_if(readers_, [](const auto& entry) { return !entry.second->linked(); });
  find_new();
  std::vector<ServiceView> services;
  std::erase_if(readers_, [&](const auto& entry) {
    const auto& [name, reader] = entry;
    if (!reader->alive()) {
      // A name is never used twice: this cannot hit another one.
      ::unlink((folder_ / name).c_str());
      return true;
    }
    try {
      services.push_back(reader->read());
      return false;
    } catch (const BoardError& problem) {
      problems_.emplace_back(problem.what());
      return true;
    }
  });
  std::ranges::sort(services, [](const ServiceView& a, const ServiceView& b) {
    return std::pair(a.process, std::string_view(a.file)) <
           std::pair(b.process, std::string_view(b.file));
  });
  return services;
}

}  // namespace headway::tools
