// SPDX-License-Identifier: MIT
//
// Browser: which of the model's sessions are shown, in what order, which one is selected, and what keys change of that.
// It knows nothing of terminals.
//
//   Browser browser;
//   browser.refresh(model);         // after each look
//   browser.press(key, page_rows);  // and then refresh() again
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "top/keys.hpp"
#include "top/model.hpp"
#include "top/order.hpp"

namespace headway::tools {

enum class Screen : std::uint8_t { list, details, help };
/// What the last line is for.
enum class Prompt : std::uint8_t { none, filter, sort };

class Browser {
 public:
  explicit Browser(Order order = {}, std::string filter = {})
      : order_(order), filter_(std::move(filter)) {}

  void refresh(const Model& model);
  /// `page`: rows of the list that are on the screen at a time.
  void press(const Key& key, std::size_t page);
  /// The first row to be shown so that the selected one is among `page` rows.
  std::size_t first_shown(std::size_t page);

  [[nodiscard]] const std::vector<SessionRow>& rows() const { return rows_; }
  /// Index into rows(); 0 if there are none.
  [[nodiscard]] std::size_t selected() const { return selected_; }
  [[nodiscard]] Screen screen() const { return screen_; }
  [[nodiscard]] Prompt prompt() const { return prompt_; }
  [[nodiscard]] const Order& order() const { return order_; }
  [[nodiscard]] const std::string& filter() const { return filter_; }
  [[nodiscard]] bool shows_closed() const { return closed_; }
  /// No more looks for a while.
  [[nodiscard]] bool paused() const { return paused_; }
  [[nodiscard]] bool quit() const { return quit_; }

 private:
  void press_in_list(const Key& key, std::size_t page);
  void press_in_filter(const Key& key);
  void press_in_sort(const Key& key);
  void press_character(std::string_view character);
  bool move(const Key& key, std::size_t page);
  void select(std::ptrdiff_t index);

  Order order_;
  std::string filter_;
  bool closed_ = true;
  bool paused_ = false;
  bool quit_ = false;
  Screen screen_ = Screen::list;
  Prompt prompt_ = Prompt::none;
  /// What Escape goes back to.
  Order order_before_;
  std::vector<SessionRow> rows_;
  std::size_t selected_ = 0;
  std::size_t first_ = 0;
  /// Who is selected, as long as it is there: rows change places. A file and a session's id.
  std::pair<std::string, std::uint64_t> chosen_;
};

}  // namespace headway::tools
