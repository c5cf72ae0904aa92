// SPDX-License-Identifier: MIT
//
// A cell of the scoreboard alone: the dispatcher publishes in it; a reader's values are whole and never older
// than what it read before.
#include <headway/detail/board_cell.hpp>
#include "explore.hpp"

namespace headway::model {
namespace {

struct BoardCellModel : Model<BoardCellModel, 2> {
  static constexpr std::uint64_t writes = 3;
  static constexpr unsigned reads = 3;

  std::unique_ptr<detail::BoardCell<RelacyAtomics>> cell;
  detail::BoardValue last;

  void build() {
    cell = std::make_unique<detail::BoardCell<RelacyAtomics>>();
    last = {};
  }

  bool read() {
    detail::BoardValue value;
    if (!cell->try_read(value)) return false;
    RL_ASSERT(value.sequence >= last.sequence && value.sequence <= writes);
    if (value.sequence == 0) {
      RL_ASSERT(value.completed == 0 && value.total == 0);
    } else {
      RL_ASSERT(value.completed == value.sequence + 100);
      RL_ASSERT(value.total == value.sequence + 200);
    }
    last = value;
    return true;
  }

  void run(unsigned thread) {
    if (thread == 0) {
      for (std::uint64_t n = 1; n <= writes; ++n) cell->publish(n + 100, n + 200, n);
    } else {
      for (unsigned i = 0; i < reads; ++i) static_cast<void>(read());
    }
  }

  void check() {
    RL_ASSERT(read() && last.sequence == writes);
    cell.reset();
  }
};

constexpr std::array cases = {
    right<BoardCellModel>("published"),
    wrong<BoardCellModel>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<BoardCellModel>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
};

}  // namespace
}  // namespace headway::model

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
