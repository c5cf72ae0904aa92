// SPDX-License-Identifier: MIT
//
// A cell alone: its provider writes, also after other cells have taken newer stamps; a reader's values are whole,
// never older than what it read before, and their counts are exact.
#include "explore.hpp"

namespace headway::model {
namespace {

struct Setup {
  /// One letter a step: w writes, a writes after ten folds of other cells, o as a with an order stamp.
  std::string_view steps = "waw";
  unsigned reads = 3;
};
Setup setup;

struct CellModel : Model<CellModel, 2> {
  struct Shared {
    detail::Cell<RelacyAtomics> cell;
    RelacyAtomics::Atomic<std::uint64_t> order{0};
  };
  std::unique_ptr<Shared> shared;
  std::uint64_t written;
  detail::CellValue last;

  void build() {
    shared = std::make_unique<Shared>();
    written = 0;
    last = {};
  }

  void step(char kind) {
    auto& cell = shared->cell;
    ++written;
    const std::uint64_t newest = cell.own_version() + 10;
    if (kind == 'o') {
      cell.write_ordered_after(newest, written, written + 100, shared->order, written + 200);
    } else if (kind == 'a') {
      cell.write_after(newest, written, written + 100);
    } else {
      cell.write(written, written + 100);
    }
  }

  bool read() {
    const bool ordered = setup.steps.find('o') != std::string_view::npos;
    detail::CellValue value;
    if (!shared->cell.try_read(value, ordered ? &shared->order : nullptr)) {
      RL_ASSERT(value.version >= last.version && "what it saw of it looks like something new");
      return false;
    }
    if (value.version == 0) {
      RL_ASSERT(last.version == 0);
      return true;
    }
    RL_ASSERT(value.total == value.completed + 100);
    RL_ASSERT(value.completed >= last.completed && value.version >= last.version);
    RL_ASSERT((value.completed == last.completed) == (value.version == last.version));
    RL_ASSERT(value.completed == value.count());
    if (ordered) RL_ASSERT(value.order == value.completed + 200);
    last = value;
    return true;
  }

  void run(unsigned thread) {
    if (thread == 0) {
      for (const char kind : setup.steps) step(kind);
    } else {
      for (unsigned i = 0; i < setup.reads; ++i) static_cast<void>(read());
    }
  }

  void check() {
    RL_ASSERT(read() && last.completed == written);
    shared.reset();
  }
};

constexpr std::array cases = {
    right<CellModel>("written_and_moved_up"),
    right<CellModel>("moved_up_twice", [] { setup = {.steps = "aaw"}; }),
    right<CellModel>("ordered", [] { setup = {.steps = "ooo"}; }),
    wrong<CellModel>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<CellModel>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
};

}  // namespace
}  // namespace headway::model

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
