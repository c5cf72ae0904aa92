// SPDX-License-Identifier: MIT
//
// Temporary: a name beside the target under which new content grows until it is renamed into place.
// The name is random and does not contain the target's, which may have 255 bytes already.
#pragma once

#include <string>
#include <string_view>

namespace headway::tools {

/// True for the names made here. They are reserved: such a file in a destination is what a killed run
/// left, and the next run removes it; in a source it is left out.
[[nodiscard]] bool is_temporary_name(std::string_view name);

class Temporary {
 public:
  /// `directory` must stay open while this lives.
  explicit Temporary(int directory);
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  /// Removes the file if it was made and not renamed.
  ~Temporary();

  /// Opens a new file of mode 0600 for writing; -1 with errno set.
  int create_file();
  /// Makes a symbolic link; false with errno set.
  bool create_link(const std::string& target);
  /// Renames it to `name` in the same directory, in place of what is there; false with errno set.
  bool install(const std::string& name);

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  void draw_name();

  int directory_;
  std::string name_;
  bool made_ = false;
};

}  // namespace headway::tools
