// SPDX-License-Identifier: MIT
//
// Worker: carries out single actions of a plan. Each thread has its own, with its own reporters and open
// directories. Every new file and link is made under a temporary name and renamed into place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sync/apply.hpp"
#include "sync/directories.hpp"

namespace headway::tools {

enum class Done : std::uint8_t {
  done,
  /// A message has been given; the next action may work.
  failed,
  /// As failed, but there is no use in going on: the destination is full.
  full,
  canceled
};

class Worker {
 public:
  Worker(const Job& job, Progress& progress, Problems& problems, std::size_t kept_directories);

  Done make_directory(const Action& action);
  /// Any other task.
  Done carry_out(const Action& action);
  Done finish(const Finish& finish);
  void remove_leftover(std::uint32_t entry);

  [[nodiscard]] bool canceled() const { return reporters_.items.canceled(); }
  [[nodiscard]] const Applied& applied() const { return applied_; }

 private:
  Done copy_file(const Action& action, int directory);
  Done make_link(const Action& action, int directory);
  Done set_attributes_of(const Action& action, int directory);
  template <class Make>
  auto with_access(int directory, Make make) -> decltype(make());
  Done install(class Temporary& temporary, const Action& action, int directory);
  Done failed(std::string_view what, const std::string& path, int error);
  void count_item();

  [[nodiscard]] const Entry& entry(const Action& action) const {
    return job_.source.entries[action.entry];
  }
  [[nodiscard]] std::string source_path(std::uint32_t entry) const;
  [[nodiscard]] std::string target_path(std::uint32_t entry) const;

  const Job& job_;
  Progress& progress_;
  Problems& problems_;
  Reporters reporters_;
  Directories from_;
  /// Directories of the source tree, opened in the destination.
  Directories to_;
  Applied applied_;
};

}  // namespace headway::tools
