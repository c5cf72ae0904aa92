// SPDX-License-Identifier: MIT
#include "top/order.hpp"

#include <algorithm>
#include <cstddef>

namespace headway::tools {

namespace {

std::optional<double> number_of(const SessionRow& row, SortBy by) {
  // The smallest time of opening is the greatest age.
  if (by == SortBy::age)
    return -static_cast<double>(row.session->opened_at.time_since_epoch().count());
  const auto key = row.leading();
  if (!key) return std::nullopt;
  switch (by) {
    case SortBy::progress: return row.fraction(*key);
    case SortBy::rate: return row.rate(*key);
    case SortBy::eta: return row.eta(*key);
    default: return std::nullopt;
  }
}

std::string_view text_of(const SessionRow& row, SortBy by) {
  if (by == SortBy::service) return row.service->name;
  if (by == SortBy::session) return row.info().name;
  return {};
}

struct Sortable {
  bool closed;
  bool without_number;
  double number;
  std::string_view text;
  std::size_t index;
};

}  // namespace

std::optional<SortBy> sort_by(std::string_view name) {
  const auto found = std::ranges::find(sort_names, name);
  if (found == sort_names.end()) return std::nullopt;
  return static_cast<SortBy>(found - sort_names.begin());
}

Order Order::next(int step) const {
  const int count = static_cast<int>(sort_names.size());
  return {static_cast<SortBy>((static_cast<int>(by) + step + count) % count), inverted};
}

void sort_rows(std::vector<SessionRow>& rows, const Order& order) {
  std::vector<Sortable> keys;
  keys.reserve(rows.size());
  const bool by_text = order.by == SortBy::service || order.by == SortBy::session;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto number = by_text ? std::optional(0.0) : number_of(rows[i], order.by);
    keys.push_back({!rows[i].open(), !number, number.value_or(0.0), text_of(rows[i], order.by), i});
  }
  const bool descending = order.descending();
  std::ranges::sort(keys, [descending](const Sortable& a, const Sortable& b) {
    if (a.closed != b.closed) return b.closed;
    if (a.without_number != b.without_number) return b.without_number;
    const Sortable& first = descending ? b : a;
    const Sortable& second = descending ? a : b;
    if (first.number != second.number) return first.number < second.number;
    if (first.text != second.text) return first.text < second.text;
    return a.index < b.index;
  });
  std::vector<SessionRow> sorted;
  sorted.reserve(rows.size());
  for (const Sortable& key : keys) sorted.push_back(rows[key.index]);
  rows = std::move(sorted);
}

}  // namespace headway::tools
