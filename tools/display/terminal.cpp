// SPDX-License-Identifier: MIT
//
// The terminal view: a bar a row, drawn over and over at the bottom of the screen, with messages above.
//
// A frame goes up to where the last one began, writes each line and clears what is left of it. Automatic
// wrapping is off meanwhile, and the terminal shows the whole frame at once if it knows how to
// (synchronized update, mode 2026). The size is asked for each time, so a resize needs no signal.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "display/layout.hpp"
#include "display/view.hpp"

namespace headway::tools {

namespace {

struct Size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

Size size_of(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, std::max<std::size_t>(size.ws_row, 2)};
}

class TerminalView final : public View {
 public:
  TerminalView(Output& output, Looks looks) : output_(output), looks_(looks), layout_(looks) {}
  ~TerminalView() override { restore(); }

  void tick(const Tally& tally, TimePoint now, std::string_view note) override {
    ++step_;
    // A terminal that does not keep up is spared frames; one that belongs to another job, all of them.
    const pid_t foreground = ::tcgetpgrp(output_.fd());
    if (!output_.idle() || (foreground > 0 && foreground != ::getpgrp())) return;
    draw(tally, now, note);
  }

  void message(std::string_view text, bool is_error) override {
    const std::string tag = is_error ? "error: " : "note: ";
    const std::string shown =
        looks_.color ? (is_error ? "\x1b[31m" : "\x1b[2m") + tag + "\x1b[0m" : tag;
    output_.write(erase() + "headway: " + shown + std::string(text) + "\r\n");
  }

  void finish(const Tally& tally, TimePoint now, const Summary& summary) override {
    draw(tally, now, {});
    const bool bars = !drawn_.empty();
    drawn_.clear();
    restore();
    std::string text = bars ? "\r\n" : "";
    for (const char c : summary_text(summary))
      text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    output_.write(text + "\r\n");
  }

  void restore() override {
    if (!hidden_) return;
    hidden_ = false;
    std::string text = erase() + "\x1b[?25h";
    if (!taskbar_.empty()) text += "\x1b]9;4;0;\x1b\\";
    taskbar_.clear();
    output_.write(text);
  }

 private:
  void draw(const Tally& tally, TimePoint now, std::string_view note) {
    if (tally.rows().empty()) return;
    const Size size = size_of(output_.fd());
    // The last column stays free: some terminals wrap there whatever they are told.
    const std::size_t columns = size.columns > 1 ? size.columns - 1 : 1;
    std::vector<Line> lines = layout_.lines(tally, now, step_, columns);
    if (!note.empty() && columns >= 20) lines.push_back(layout_.footer(note, columns));
    if (lines.size() > size.rows - 1) {
      lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(size.rows - 1));
    }

    std::string frame = "\x1b[?2026h\x1b[?7l";
    if (!hidden_) frame += "\x1b[?25l";
    hidden_ = true;
    frame += to_start(size.columns);
    drawn_.clear();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      frame.append(i == 0 ? "" : "\r\n").append(lines[i].text).append("\x1b[K");
      drawn_.push_back(lines[i].columns);
    }
    frame += "\x1b[J\x1b[?7h" + taskbar(tally, now) + "\x1b[?2026l";
    output_.write(frame);
  }

  // From the end of the last frame to its start. Terminals break lines anew when they become narrower,
  // so the frame may have become higher since.
  [[nodiscard]] std::string to_start(std::size_t columns) const {
    std::size_t height = 0;
    for (const std::size_t width : drawn_)
      height += std::max<std::size_t>(1, (width + columns - 1) / columns);
    if (height <= 1) return "\r";
    return "\r\x1b[" + std::to_string(height - 1) + "A";
  }

  std::string erase() {
    if (drawn_.empty()) return {};
    std::string text = to_start(size_of(output_.fd()).columns) + "\x1b[J";
    drawn_.clear();
    return text;
  }

  // ConEmu's sequence, which many terminals know: 1 a percentage, 3 busy, 4 paused.
  std::string taskbar(const Tally& tally, TimePoint now) {
    if (!looks_.taskbar) return {};
    const Row* row = tally.row(Role::destination, Stage::change_application);
    std::string state = "\x1b]9;4;3;\x1b\\";
    if (row != nullptr && row->fraction()) {
      const int percent = static_cast<int>(*row->fraction() * 100.0);
      state = "\x1b]9;4;" + std::string(row->stalled(now) ? "4" : "1") + ";" +
              std::to_string(percent) + "\x1b\\";
    }
    if (state == taskbar_) return {};
    taskbar_ = state;
    return state;
  }

  Output& output_;
  Looks looks_;
  Layout layout_;
  std::size_t step_ = 0;
  bool hidden_ = false;
  /// Widths of the lines on the screen.
  std::vector<std::size_t> drawn_;
  std::string taskbar_;
};

}  // namespace

std::unique_ptr<View> make_terminal_view(Output& output, Looks looks) {
  return std::make_unique<TerminalView>(output, looks);
}

}  // namespace headway::tools
