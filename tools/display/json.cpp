// SPDX-License-Identifier: MIT
//
// JSON lines, for programs: "status" once an interval and at the end, "message", and a last "summary".
#include <string>

#include "display/json_line.hpp"
#include "display/view.hpp"

namespace headway::tools {

namespace {

std::string measure_object(const Measure& measure) {
  const auto eta = measure.rate.eta();
  return JsonLine()
      .add("completed", measure.completed)
      .add("total", measure.total)
      .add("fraction", measure.fraction())
      .add("rate_mean", measure.rate.mean())
      .add("rate_ewma", measure.rate.ewma())
      .add("eta", eta ? std::optional(eta->count()) : std::nullopt)
      .object();
}

std::string row_object(const Row& row, TimePoint now) {
  const auto eta = row.eta();
  JsonLine object;
  object.add("role", to_string(row.role)).add("stage", to_string(row.stage));
  if (row.items.reported) object.raw("items", measure_object(row.items));
  if (row.bytes.reported) object.raw("bytes", measure_object(row.bytes));
  return object.add("fraction", row.fraction())
      .add("eta", eta ? std::optional(eta->count()) : std::nullopt)
      .add("stalled", row.stalled(now))
      .object();
}

class JsonView final : public View {
 public:
  JsonView(Output& output, std::chrono::nanoseconds interval)
      : output_(output), interval_(interval) {}

  void tick(const Tally& tally, TimePoint now, std::string_view note) override {
    if (tally.rows().empty() || now - shown_at_ < interval_ || !output_.idle()) return;
    shown_at_ = now;
    status(tally, now, note);
  }

  void message(std::string_view text, bool is_error) override {
    output_.write(
        JsonLine("message").add("level", is_error ? "error" : "note").add("text", text).text());
  }

  void finish(const Tally& tally, TimePoint now, const Summary& summary) override {
    if (!tally.rows().empty()) status(tally, now, {});
    output_.write(JsonLine("summary")
                      .add("outcome", to_string(summary.outcome))
                      .add("dry_run", summary.dry_run)
                      .add("items", summary.items)
                      .add("bytes", summary.bytes)
                      .add("seconds", summary.seconds)
                      .add("errors", summary.errors)
                      .add("reports", summary.reports)
                      .add("updates", summary.updates)
                      .add("reports_per_update", summary.reports_per_update())
                      .add("longest_delay_seconds",
                           std::chrono::duration<double>(summary.longest_delay).count())
                      .text());
  }

 private:
  void status(const Tally& tally, TimePoint now, std::string_view note) {
    std::string rows;
    for (const Row& row : tally.rows())
      rows.append(rows.empty() ? "" : ",").append(row_object(row, now));
    JsonLine line("status");
    line.add("elapsed_seconds", std::chrono::duration<double>(now - started_).count());
    if (!note.empty()) line.add("current", note);
    output_.write(line.raw("rows", "[" + rows + "]").text());
  }

  Output& output_;
  std::chrono::nanoseconds interval_;
  TimePoint started_ = std::chrono::steady_clock::now();
  TimePoint shown_at_{};
};

}  // namespace

std::unique_ptr<View> make_json_view(Output& output, std::chrono::nanoseconds interval) {
  return std::make_unique<JsonView>(output, interval);
}

}  // namespace headway::tools
