// SPDX-License-Identifier: MIT
//
// View: one way to show a Tally. There is one file a way: terminal, plain, json.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "display/output.hpp"
#include "display/tally.hpp"

namespace headway::tools {

/// What the end of a run shows.
struct Summary {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
  double seconds = 0.0;
  std::uint64_t errors = 0;
  Outcome outcome = Outcome::completed;
  bool dry_run = false;
  /// Of the bus.
  std::uint64_t reports = 0;
  std::uint64_t updates = 0;
  std::chrono::nanoseconds longest_delay{0};

  [[nodiscard]] double reports_per_update() const {
    return updates == 0 ? 0.0 : static_cast<double>(reports) / static_cast<double>(updates);
  }
};

class View {
 public:
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  virtual ~View() = default;

  /// Time to show something, 10 times a second. `note`: what is being worked on, raw bytes.
  virtual void tick(const Tally& tally, TimePoint now, std::string_view note) = 0;
  /// A line for the user, without a newline.
  virtual void message(std::string_view text, bool is_error) = 0;
  /// The last words.
  virtual void finish(const Tally& tally, TimePoint now, const Summary& summary) = 0;
  /// Leaves the terminal as it was; nothing else may come after it, but tick() after a stop.
  virtual void restore() {}
};

/// What stands in the environment and concerns the looks.
struct Looks {
  bool unicode = true;
  bool color = true;
  /// Progress in the terminal's tab or task bar (OSC 9;4).
  bool taskbar = true;
};

std::unique_ptr<View> make_terminal_view(Output& output, Looks looks);
std::unique_ptr<View> make_plain_view(Output& output, std::chrono::nanoseconds interval);
std::unique_ptr<View> make_json_view(Output& output, std::chrono::nanoseconds interval);
/// Messages only.
std::unique_ptr<View> make_quiet_view(Output& output);

/// The summary as one or more lines of text.
std::string summary_text(const Summary& summary);

}  // namespace headway::tools
