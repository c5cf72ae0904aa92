// SPDX-License-Identifier: MIT
//
// Model: the services that `headway top` was asked for, as the last look found them, with the rates that the looks
// before it give.
//
//   Model model("photos");
//   model.look(boards.look(), wall_now, now);
//   for (const SessionRow& row : model.rows()) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "boards/service.hpp"
#include "top/tracks.hpp"

namespace headway::tools {

/// One session. Points into the model; good until its next look.
struct SessionRow {
  const ServiceView* service = nullptr;
  const SessionView* session = nullptr;
  const SessionTrack* track = nullptr;

  [[nodiscard]] const SessionInfo& info() const { return session->info; }
  [[nodiscard]] bool open() const { return info().open(); }
  /// The key that says most about the whole: of the latest stage that was reported, and there the destination's.
  /// nullopt: nothing was reported.
  [[nodiscard]] std::optional<std::size_t> leading() const;
  /// Of one key; nullopt while its total is unknown.
  [[nodiscard]] std::optional<double> fraction(std::size_t key) const;
  /// Units a second: lately, or of a closed session over all its time.
  [[nodiscard]] std::optional<double> rate(std::size_t key) const;
  /// Seconds; nullopt in a closed session and one that does not move.
  [[nodiscard]] std::optional<double> eta(std::size_t key) const;
  /// Open, with something left to do, and nothing has moved for a while.
  [[nodiscard]] bool stalled(TimePoint now) const;
};

/// Over all services.
struct Totals {
  std::size_t open = 0;
  std::size_t closed = 0;
};

class Model {
 public:
  /// `wanted`: a part of the services' names, or a process id; empty: all.
  explicit Model(std::string wanted = {}, RatesFrom from = RatesFrom::first_look)
      : wanted_(std::move(wanted)), tracks_(from) {}

  /// `wall` and `now` are the same moment.
  void look(std::vector<ServiceView> services, WallTime wall, TimePoint now);

  [[nodiscard]] const std::string& wanted() const { return wanted_; }
  [[nodiscard]] const std::vector<ServiceView>& services() const { return services_; }
  [[nodiscard]] const ServiceTrack& track(const ServiceView& service) const {
    return tracks_.of(service);
  }
  /// In the order of the services, and there of their opening.
  [[nodiscard]] const std::vector<SessionRow>& rows() const { return rows_; }
  [[nodiscard]] Totals totals() const { return totals_; }
  /// Two services have the same name.
  [[nodiscard]] bool has_namesakes() const { return namesakes_; }

 private:
  std::string wanted_;
  std::vector<ServiceView> services_;
  Tracks tracks_;
  std::vector<SessionRow> rows_;
  Totals totals_;
  bool namesakes_ = false;
};

/// `part` is in `text`. Letters of ASCII are the same in both cases.
[[nodiscard]] bool contains(std::string_view text, std::string_view part);

}  // namespace headway::tools
