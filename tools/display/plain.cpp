// SPDX-License-Identifier: MIT
//
// Plain lines, for pipes, logs and dumb terminals: one for each row that moves, once an interval, and
// one when a stage starts or ends.
#include <map>
#include <string>
#include <utility>

#include "display/format.hpp"
#include "display/view.hpp"

namespace headway::tools {

namespace {

std::string line_of(const Row& row, TimePoint now) {
  std::string line = std::string(to_string(row.role)) + " " + to_string(row.stage) + ":";
  const auto add = [&](std::string_view text) {
    line.append(line.ends_with(':') ? " " : ", ").append(text);
  };
  if (const auto fraction = row.fraction()) add(format_percent(fraction));
  if (row.items.reported) {
    add(format_progress(Unit::items, row.items.completed, row.items.total) + " items");
  }
  if (row.bytes.reported) add(format_progress(Unit::bytes, row.bytes.completed, row.bytes.total));
  const Measure& leading = row.leading();
  const auto rate = row.finished() ? leading.rate.mean() : leading.rate.ewma();
  if (row.stalled(now)) {
    add("stalled");
  } else if (rate) {
    add(format_rate(row.leading_unit(), *rate));
  }
  if (row.finished()) {
    add("done in " +
        format_elapsed(std::chrono::duration<double>(row.changed - row.started).count()));
  } else if (const auto eta = row.eta()) {
    add("ETA " + format_duration(eta->count()));
  }
  return line + "\n";
}

class PlainView final : public View {
 public:
  PlainView(Output& output, std::chrono::nanoseconds interval)
      : output_(output), interval_(interval) {}

  void tick(const Tally& tally, TimePoint now, std::string_view) override {
    show(tally, now, false);
  }

  void message(std::string_view text, bool is_error) override {
    output_.write("headway: " + std::string(is_error ? "error: " : "note: ") + std::string(text) +
                  "\n");
  }

  void finish(const Tally& tally, TimePoint now, const Summary& summary) override {
    show(tally, now, true);
    output_.write(summary_text(summary) + "\n");
  }

 private:
  struct Shown {
    TimePoint at{};
    std::pair<std::uint64_t, std::uint64_t> completed{};
    bool finished = false;
  };

  void show(const Tally& tally, TimePoint now, bool last) {
    // A reader that does not keep up gets fewer lines, not old ones.
    if (!output_.idle() && !last) return;
    for (const Row& row : tally.rows()) {
      const auto [known, started] = shown_.try_emplace({row.role, row.stage});
      Shown& shown = known->second;
      const std::pair completed{row.items.completed, row.bytes.completed};
      const bool ended = row.finished() && !shown.finished;
      const bool due = now - shown.at >= interval_ && !row.finished();
      const bool moved = completed != shown.completed;
      if (!started && !ended && !due && !(last && moved)) continue;
      shown = {now, completed, row.finished()};
      output_.write(line_of(row, now));
    }
  }

  Output& output_;
  std::chrono::nanoseconds interval_;
  std::map<std::pair<Role, Stage>, Shown> shown_;
};

class QuietView final : public View {
 public:
  explicit QuietView(Output& output) : output_(output) {}
  void tick(const Tally&, TimePoint, std::string_view) override {}
  void message(std::string_view text, bool is_error) override {
    if (is_error) output_.write("headway: error: " + std::string(text) + "\n");
  }
  void finish(const Tally&, TimePoint, const Summary&) override {}

 private:
  Output& output_;
};

}  // namespace

std::unique_ptr<View> make_plain_view(Output& output, std::chrono::nanoseconds interval) {
  return std::make_unique<PlainView>(output, interval);
}

std::unique_ptr<View> make_quiet_view(Output& output) {
  return std::make_unique<QuietView>(output);
}

}  // namespace headway::tools
