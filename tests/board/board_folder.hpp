// SPDX-License-Identifier: MIT
//
// BoardFolder: a folder of boards of the test's own, where the library and the reader look while it stands.
#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <headway/headway.hpp>

#include "boards/boards.hpp"
#include "boards/reader.hpp"

namespace headway::boards_test {

class BoardFolder {
 public:
  BoardFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "headway-boards-XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder " + name);
    path_ = name;
    ::setenv("HEADWAY_BOARD_FOLDER", path_.c_str(), 1);
  }
  BoardFolder(const BoardFolder&) = delete;
  BoardFolder& operator=(const BoardFolder&) = delete;
  ~BoardFolder() {
    ::unsetenv("HEADWAY_BOARD_FOLDER");
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::vector<std::filesystem::path> files() const {
    return {std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()};
  }
  /// Precondition: there is one.
  [[nodiscard]] std::filesystem::path only_file() const { return files().at(0); }
  /// A name that a board might have.
  [[nodiscard]] std::filesystem::path some_file() const { return path_ / "headway.1.1"; }

 private:
  std::filesystem::path path_;
};

/// What the only service in the folder says.
inline tools::ServiceView the_service(const BoardFolder& folder) {
  return tools::BoardReader(folder.only_file()).read();
}

inline BusOptions shown() { return {.board = BoardUse::shown}; }

}  // namespace headway::boards_test
