// SPDX-License-Identifier: MIT
//
// SessionTable: sessions as lines, one each, with the key that says most about the whole.
//
//   SESSION  STAGE      PROGRESS              DONE      RATE   ETA  NOTE
//   photos   dst apply  ██████▌░░░  65%  651/1,000  24,100/s  0:03  IMG_2021.jpg
//
// What does not fit goes, the least telling column first.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "top/model.hpp"
#include "top/order.hpp"
#include "top/table.hpp"

namespace headway::tools {

struct TableLook {
  /// Index into the rows.
  std::optional<std::size_t> selected{};
  std::optional<SortBy> sorted_by{};
  bool with_service = false;
  /// Services have the same name: their process ids tell them apart.
  bool with_process = false;
  /// Turns what moves.
  std::size_t step = 0;
};

class SessionTable {
 public:
  /// `live`: with bars and a mark at the selected row; otherwise plain text, in which nothing moves by itself.
  SessionTable(Looks looks, bool live) : looks_(looks), live_(live) {}

  /// A line of titles and one for each row, none wider than `columns`.
  std::vector<Line> lines(std::span<const SessionRow> rows, const TableLook& look, TimePoint now,
                          std::size_t columns);

 private:
  enum Part : std::size_t {
    service,
    session,
    stage,
    progress,
    percent,
    done,
    rate,
    eta,
    note,
    parts
  };
  using Cells = std::array<Cell, parts>;

  [[nodiscard]] Cells cells_of(const SessionRow& row, const TableLook& look, TimePoint now) const;
  [[nodiscard]] std::array<Column, parts> columns() const;
  [[nodiscard]] Line line(const Cells& cells, std::span<const Column> columns, bool selected,
                          std::size_t step) const;

  Looks looks_;
  bool live_;
  /// Columns only ever widen while the room is the same, so that nothing jumps to and fro.
  std::array<std::size_t, parts> wanted_{};
  std::size_t room_ = 0;
};

}  // namespace headway::tools
