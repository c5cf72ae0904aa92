// SPDX-License-Identifier: MIT
//
// Scoreboard: the merged latest value of every key. Written by whoever runs the dispatch; read by anyone.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/changes.hpp"
#include "core/lane_record.hpp"
#include "core/session_state.hpp"

namespace headway::detail {

/// Is told of every change as it happens, for Delivery::recorded.
class ChangeObserver {
 public:
  virtual void changed(const Change& change) = 0;

  /// False: only the ends of records are told.
  [[nodiscard]] virtual bool wants_records() const noexcept = 0;
  /// Records on the change's key are about to come, one by one. False if nobody wants them: then only the end is
  /// told. `form`: an update with all that they have in common.
  [[nodiscard]] virtual bool begin_records(const Change& change, const Update& form) = 0;
  virtual void record(std::uint64_t completed, std::uint64_t total, std::uint64_t sequence) = 0;
  /// The change stands for the last of them.
  virtual void end_records(const Change& change) = 0;

 protected:
  ~ChangeObserver() = default;
};

class Scoreboard {
 public:
  explicit Scoreboard(ChangeObserver& observer) : observer_(observer) {}

  /// A lane has something new on a key: its value, standing for so many reports.
  void apply(LaneRecord& lane, std::uint32_t key, const LaneValue& value, std::uint64_t order,
             std::uint64_t reports, std::chrono::steady_clock::time_point now);
  class Run;
  void opened(SessionState& session);
  /// Nothing of the session follows.
  void closed(SessionState& session, Outcome outcome);
  /// The session has been handed over to everybody.
  void forget(SessionState& session) noexcept;

  [[nodiscard]] const ChangeList& changes() const noexcept { return changes_; }

 private:
  [[nodiscard]] static LaneValue merged(LaneRecord& lane, std::uint32_t key, LaneValue value,
                                        std::uint64_t order) noexcept;
  void touch(Change& change) {
    changes_.touch(change);
    observer_.changed(change);
  }

  ChangeList changes_;
  ChangeObserver& observer_;
};

/// Takes in records from a ring. Those of one lane and key that follow each other are one change: what stands on the
/// scoreboard is the last of them, and nobody looks at it before the tick is over.
class Scoreboard::Run {
 public:
  Run(Scoreboard& board, std::chrono::steady_clock::time_point now) : board_(board), now_(now) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void take(LaneRecord& lane, const Record& record) {
    if (lane_ != &lane || key_ != record.key) [[unlikely]]
      begin(lane, record.key);
    value_ = {record.completed, record.total};
    order_ = record.order;
    ++count_;
    if (recorded_) [[unlikely]]
      tell(record.completed, record.total);
  }
  /// After the last one. Returns how many there have been.
  std::uint64_t finish() {
    end();
    return all_;
  }

 private:
  void begin(LaneRecord& lane, std::uint32_t key);
  /// The values once more: what has just been stored by halves is slow to load as a whole.
  void tell(std::uint64_t completed, std::uint64_t total);
  void end();

  Scoreboard& board_;
  const std::chrono::steady_clock::time_point now_;
  LaneRecord* lane_ = nullptr;
  std::uint32_t key_ = 0;
  LaneValue value_;
  std::uint64_t order_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t all_ = 0;
  /// Somebody wants each record.
  bool recorded_ = false;
  /// The session has this lane only, and its values stand as they are.
  bool alone_ = false;
  std::uint64_t sequence_ = 0;
};

}  // namespace headway::detail
