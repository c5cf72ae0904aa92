// SPDX-License-Identifier: MIT
#include "core/board.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>

#include <headway/version.hpp>

namespace headway::detail {

namespace {

using board::Header;
using board::Slot;
using board::SlotState;
using board::StateBytes;

/// So many slots are made at first; then always as many again.
constexpr std::size_t first_slots = 64;

std::size_t bytes_of(std::size_t slots) noexcept { return sizeof(Header) + slots * sizeof(Slot); }

std::uint64_t wall_time() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

/// The longest beginning that fits and does not end within a character of UTF-8.
std::string_view cut(std::string_view text) noexcept {
  if (text.size() <= board::text_bytes) return text;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  constexpr std::size_t longest_character = 4;
  std::size_t end = board::text_bytes;
  while (end > board::text_bytes - longest_character && continues(end)) --end;
  return text.substr(0, continues(end) ? board::text_bytes : end);
}

/// A change of a slot's facts: readers that look meanwhile look again.
class FactsChange {
 public:
  explicit FactsChange(Slot& slot) noexcept : slot_(slot), write_(slot.version) {}

  void set(board::Word& word, std::uint64_t value) noexcept { write_.store(word, value); }
  void set_state(StateBytes state) noexcept { set(slot_.state, state.packed()); }
  /// `index`: which of the three lengths is the text's.
  void set_text(board::Text& words, unsigned index, std::string_view text) noexcept {
    text = cut(text);
    for (std::size_t at = 0; at < text.size(); at += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, std::min(sizeof word, text.size() - at));
      set(words[at / sizeof word], word);
    }
    constexpr std::uint64_t mask = 0xFFFF;
    const unsigned shift = 16 * index;
    const std::uint64_t lengths = slot_.lengths.load(std::memory_order_relaxed);
    set(slot_.lengths, (lengths & ~(mask << shift)) | std::uint64_t{text.size()} << shift);
  }

 private:
  Slot& slot_;
  SequencedWrite<board::Word> write_;
};

enum TextIndex : unsigned { name_index, note_index, detail_index };

StateBytes state_of(const Slot& slot) noexcept {
  return StateBytes::unpacked(slot.state.load(std::memory_order_relaxed));
}

void store(board::Histogram& to, const DurationHistogram& from) noexcept {
  for (std::size_t i = 0; i < from.counts.size(); ++i) {
    to.counts[i].store(from.counts[i], std::memory_order_relaxed);
  }
  to.sum.store(static_cast<std::uint64_t>(from.sum.count()), std::memory_order_relaxed);
}
static_assert(DurationHistogram::bounds.size() + 1 == board::histogram_buckets);

}  // namespace

Board::Board(const std::string& name, std::size_t most_sessions)
    : most_slots_(most_sessions),
      file_(bytes_of(std::min(first_slots, most_sessions)), bytes_of(most_sessions)),
      slots_(std::min(first_slots, most_sessions)) {
  free_.reserve(slots_);
  Header& head = *new (file_.data()) Header{};
  board::HeaderFacts& facts = head.facts;
  facts.magic = board::magic;
  facts.byte_order = board::byte_order;
  facts.major_version = board::major_version;
  facts.minor_version = board::minor_version;
  facts.header_bytes = sizeof(Header);
  facts.slot_bytes = sizeof(Slot);
  facts.most_slots = static_cast<std::uint32_t>(most_slots_);
  const ProcessIdentity self = this_process();
  facts.process = self.id;
  facts.process_started = self.started;
  facts.made_at = wall_time();
  facts.headway_version = std::uint64_t{HEADWAY_VERSION_MAJOR} << 32 |
                          std::uint64_t{HEADWAY_VERSION_MINOR} << 16 | HEADWAY_VERSION_PATCH;
  const std::string shown = name.empty() ? program_name() : name;
  // The last byte stays NUL.
  std::copy_n(shown.begin(), std::min(shown.size(), facts.name.size() - 1), facts.name.begin());
  head.statistics_at.store(facts.made_at, std::memory_order_relaxed);
  head.slots.store(slots_, std::memory_order_relaxed);
  file_.publish();
}

Header& Board::header() const noexcept { return *reinterpret_cast<Header*>(file_.data()); }

Slot& Board::slot_at(std::size_t index) const noexcept {
  return *reinterpret_cast<Slot*>(file_.data() + bytes_of(index));
}

Slot* Board::take_free() noexcept {
  if (!free_.empty()) {
    Slot* const slot = free_.back();
    free_.pop_back();
    return slot;
  }
  if (unused_ == slots_) {
    const std::size_t more = std::min(most_slots_, 2 * slots_);
    if (more == slots_) return nullptr;
    try {
      free_.reserve(more);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
    if (!file_.grow(bytes_of(more))) return nullptr;
    slots_ = more;
    header().slots.store(slots_, std::memory_order_release);
  }
  return new (&slot_at(unused_++)) Slot{};
}

Slot* Board::add(SessionId id, std::string_view name, const SessionOptions& options) noexcept {
  const std::lock_guard lock(mutex_);
  Slot* const slot = take_free();
  if (slot == nullptr) {
    auto& count = header().sessions_without_slot;
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return nullptr;
  }
  FactsChange change(*slot);
  for (auto& value : slot->values) value.publish(0, 0, 0);
  change.set(slot->id, id.value());
  change.set(slot->opened_at, wall_time());
  change.set(slot->closed_at, 0);
  StateBytes state;
  state.state = static_cast<std::uint8_t>(SlotState::open);
  for (std::size_t i = 0; i < state.units.size(); ++i) {
    state.units[i] = static_cast<std::uint8_t>(options.units[i]);
  }
  state.merge = static_cast<std::uint8_t>(options.merge);
  change.set_state(state);
  change.set(slot->lengths, 0);
  change.set_text(slot->name, name_index, name);
  return slot;
}

void Board::release(Slot& slot) noexcept {
  hide(slot);
  const std::lock_guard lock(mutex_);
  free_.push_back(&slot);
}

void Board::set_note(Slot& slot, std::string_view text) noexcept {
  FactsChange(slot).set_text(slot.note, note_index, text);
}

void Board::set_canceled(Slot& slot) noexcept {
  StateBytes state = state_of(slot);
  state.canceled = 1;
  FactsChange(slot).set_state(state);
}

void Board::set_closing(Slot& slot, Outcome outcome, std::string_view detail) noexcept {
  StateBytes state = state_of(slot);
  state.state = static_cast<std::uint8_t>(SlotState::closing);
  state.outcome = static_cast<std::uint8_t>(outcome);
  FactsChange change(slot);
  change.set_state(state);
  change.set(slot.closed_at, wall_time());
  change.set_text(slot.detail, detail_index, detail);
}

void Board::set_closed(Slot& slot) noexcept {
  StateBytes state = state_of(slot);
  state.state = static_cast<std::uint8_t>(SlotState::closed);
  FactsChange(slot).set_state(state);
}

void Board::hide(Slot& slot) noexcept {
  if (slot.id.load(std::memory_order_relaxed) == 0) return;
  FactsChange change(slot);
  change.set(slot.id, 0);
  change.set_state({});
}

void Board::publish(const Statistics& numbers, std::uint64_t opened,
                    std::size_t subscribed) noexcept {
  Header& head = header();
  const auto set = [&](board::Statistic which, std::uint64_t value) {
    head.statistics[static_cast<std::size_t>(which)].store(value, std::memory_order_relaxed);
  };
  const auto nanoseconds = [](std::chrono::nanoseconds time) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.count()));
  };
  using enum board::Statistic;
  set(reports, numbers.reports);
  set(updates, numbers.updates);
  set(folds, numbers.folds);
  set(refused_invalid, numbers.refused_invalid);
  set(refused_aborted, numbers.refused_aborted);
  set(refused_closed, numbers.refused_closed);
  set(ticks, numbers.ticks);
  set(wakeups, numbers.wakeups);
  set(callbacks, numbers.callbacks);
  set(callback_exceptions, numbers.callback_exceptions);
  set(late_deliveries, numbers.late_deliveries);
  set(longest_callback, nanoseconds(numbers.longest_callback));
  set(longest_delay, nanoseconds(numbers.longest_delay));
  set(lanes, numbers.lanes);
  set(hot_lanes, numbers.hot_lanes);
  set(open_sessions, numbers.sessions);
  set(subscriptions, subscribed);
  set(sessions, opened);
  store(head.callback_times, numbers.callback_times);
  store(head.delivery_delays, numbers.delivery_delays);
  head.statistics_at.store(wall_time(), std::memory_order_relaxed);
}

void Board::set_stopped() noexcept {
  header().stopped_at.store(wall_time(), std::memory_order_relaxed);
}

}  // namespace headway::detail
