// SPDX-License-Identifier: MIT
//
// Boards: the running services of this user.
//
//   Boards boards;
//   for (const ServiceView& service : boards.look()) show(service);
//
// Dead boards are removed as they are found. What cannot be read is left where it is and named in problems().
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "boards/reader.hpp"
#include "boards/service.hpp"

namespace headway::tools {

/// HEADWAY_BOARD_FOLDER, or /dev/shm.
std::filesystem::path board_folder();

class Boards {
 public:
  /// A folder that is not there is empty.
  explicit Boards(std::filesystem::path folder = board_folder());

  /// All that can be read now, in order of their process ids. Files stay mapped from one look to the next.
  [[nodiscard]] std::vector<ServiceView> look();
  /// What the last look could not read, a sentence each that names the file.
  [[nodiscard]] const std::vector<std::string>& problems() const noexcept { return problems_; }

 private:
  void find_new();

  std::filesystem::path folder_;
  std::map<std::string, std::unique_ptr<BoardReader>> readers_;
  std::vector<std::string> problems_;
};

}  // namespace headway::tools
