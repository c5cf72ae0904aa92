// SPDX-License-Identifier: MIT
//
// Services as a board might show them, and their metrics line by line, for the tests of the export.
#pragma once

#include <cstddef>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "boards/service.hpp"
#include "export/prometheus.hpp"

namespace headway::tools::testing {

inline ServiceView service(std::string name, std::uint64_t process, std::string file) {
  ServiceView view;
  view.name = std::move(name);
  view.process = process;
  view.file = std::move(file);
  view.made_at = WallTime(std::chrono::seconds(1'700'000'000));
  view.headway_version = "0.1.0";
  return view;
}

inline void set(ServiceView& view, board::Statistic which, std::uint64_t value) {
  view.statistics.at(static_cast<std::size_t>(which)) = value;
}

/// An open session; its id says when it was opened.
inline SessionView session(std::uint64_t id, std::string name) {
  SessionView view;
  view.info.id = SessionId(id);
  view.info.name = std::move(name);
  view.opened_at = WallTime(std::chrono::seconds(id));
  return view;
}

inline void report(SessionView& view, Role role, Stage stage, LatestValue value) {
  view.info.values.at(key_index(role, stage)) = value;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Samples whose line starts like this, in order.
inline std::vector<std::string> samples(const std::string& text, std::string_view start) {
  std::vector<std::string> found = lines_of(text);
  std::erase_if(found, [start](const std::string& line) { return !line.starts_with(start); });
  return found;
}

}  // namespace headway::tools::testing
