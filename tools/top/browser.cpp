// SPDX-License-Identifier: MIT
#include "top/browser.hpp"

#include <algorithm>

namespace headway::tools {

namespace {

std::pair<std::string, std::uint64_t> name_of(const SessionRow& row) {
  return {row.service->file, row.info().id.value()};
}

bool matches(const SessionRow& row, std::string_view filter) {
  return contains(row.info().name, filter) || contains(row.info().note, filter) ||
         contains(row.info().detail, filter) || contains(row.service->name, filter);
}

/// Bytes that go on with a character of UTF-8 go with it.
void remove_last_character(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U)
    text.pop_back();
  if (!text.empty()) text.pop_back();
}

}  // namespace

void Browser::refresh(const Model& model) {
  rows_.clear();
  for (const SessionRow& row : model.rows()) {
    if ((closed_ || row.open()) && matches(row, filter_)) rows_.push_back(row);
  }
  sort_rows(rows_, order_);
  const auto chosen = std::ranges::find_if(rows_, [this](const SessionRow& row) {
    return row.info().id.value() == chosen_.second && row.service->file == chosen_.first;
  });
  if (chosen != rows_.end()) {
    selected_ = static_cast<std::size_t>(chosen - rows_.begin());
  } else {
    select(static_cast<std::ptrdiff_t>(selected_));  // who is in its place now
    if (screen_ == Screen::details) screen_ = Screen::list;
  }
}

void Browser::select(std::ptrdiff_t index) {
  const auto last = static_cast<std::ptrdiff_t>(rows_.size()) - 1;
  selected_ = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(index, 0, std::max<std::ptrdiff_t>(0, last)));
  if (!rows_.empty()) chosen_ = name_of(rows_[selected_]);
}

std::size_t Browser::first_shown(std::size_t page) {
  if (selected_ < first_) first_ = selected_;
  if (page > 0 && selected_ >= first_ + page) first_ = selected_ - page + 1;
  // What was scrolled away comes back where there is room for it.
  first_ = std::min(first_, rows_.size() - std::min(page, rows_.size()));
  return first_;
}

void Browser::press(const Key& key, std::size_t page) {
  if (prompt_ == Prompt::filter) return press_in_filter(key);
  if (prompt_ == Prompt::sort) return press_in_sort(key);
  if (screen_ == Screen::list) return press_in_list(key, page);
  const bool back = key.code == KeyCode::escape || key.code == KeyCode::enter || key.text == "q" ||
                    (key.code == KeyCode::function && key.number == 10);
  if (back || screen_ == Screen::help) {
    screen_ = Screen::list;
  } else if (!move(key, page)) {
    press_character(key.text);
  }
}

bool Browser::move(const Key& key, std::size_t page) {
  const auto at = static_cast<std::ptrdiff_t>(selected_);
  const auto far = static_cast<std::ptrdiff_t>(std::max<std::size_t>(page, 1));
  switch (key.code) {
    case KeyCode::up: select(at - 1); return true;
    case KeyCode::down: select(at + 1); return true;
    case KeyCode::page_up: select(at - far); return true;
    case KeyCode::page_down: select(at + far); return true;
    case KeyCode::home: select(0); return true;
    case KeyCode::end: select(static_cast<std::ptrdiff_t>(rows_.size())); return true;
    default: return false;
  }
}

void Browser::press_in_list(const Key& key, std::size_t page) {
  if (move(key, page)) return;
  if (key.code == KeyCode::text) return press_character(key.text);
  if (key.code == KeyCode::enter && !rows_.empty()) {
    select(static_cast<std::ptrdiff_t>(selected_));
    screen_ = Screen::details;
  } else if (key.code == KeyCode::escape) {
    filter_.clear();
  } else if (key.code == KeyCode::function) {
    switch (key.number) {
      case 1: return press_character("?");
      case 4: return press_character("/");
      case 6:
        prompt_ = Prompt::sort;
        order_before_ = order_;
        return;
      case 10: return press_character("q");
      default: return;
    }
  }
}

void Browser::press_character(std::string_view character) {
  if (character.size() != 1) return;
  switch (character[0]) {
    case 'q': quit_ = true; return;
    case '?':
    case 'h': screen_ = Screen::help; return;
    case '/':
      screen_ = Screen::list;
      prompt_ = Prompt::filter;
      return;
    case '<':
    case ',': order_ = order_.next(-1); return;
    case '>':
    case '.': order_ = order_.next(1); return;
    case 'I': order_.inverted = !order_.inverted; return;
    case 'c': closed_ = !closed_; return;
    case ' ':
    case 'p':
    case 'Z': paused_ = !paused_; return;
    case 'k': select(static_cast<std::ptrdiff_t>(selected_) - 1); return;
    case 'j': select(static_cast<std::ptrdiff_t>(selected_) + 1); return;
    case 'g': select(0); return;
    case 'G': select(static_cast<std::ptrdiff_t>(rows_.size())); return;
    default: return;
  }
}

void Browser::press_in_filter(const Key& key) {
  switch (key.code) {
    case KeyCode::text: filter_ += key.text; return;
    case KeyCode::backspace: remove_last_character(filter_); return;
    case KeyCode::escape:
      filter_.clear();
      prompt_ = Prompt::none;
      return;
    case KeyCode::enter: prompt_ = Prompt::none; return;
    default: return;
  }
}

void Browser::press_in_sort(const Key& key) {
  switch (key.code) {
    case KeyCode::left:
    case KeyCode::up: order_ = order_.next(-1); return;
    case KeyCode::right:
    case KeyCode::down: order_ = order_.next(1); return;
    case KeyCode::text:
      if (std::string_view("<,>.Iq").find(key.text) == std::string_view::npos) break;
      return press_character(key.text);
    case KeyCode::escape: order_ = order_before_; break;
    default: break;
  }
  prompt_ = Prompt::none;
}

}  // namespace headway::tools
