// SPDX-License-Identifier: MIT
//
// A cell alone: its provider writes, moves it up to another cell's version and writes again, or the
// dispatcher publishes in it; a reader's values are whole, never older than what it read before, and
// their counts are exact.
#include "explore.hpp"

namespace headway::model {
namespace {

struct Setup {
  /// One letter a step: w writes, o writes with an order stamp, r moves up and writes, p publishes.
  std::string_view steps = "wrw";
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
    if (kind == 'r') cell.rebase(cell.own_version() + 10);
    if (kind == 'p') {
      cell.publish(written, written + 100, written);
    } else if (kind == 'o') {
      cell.write_ordered(written, written + 100, shared->order, written + 200);
    } else if (kind == 'r') {
      cell.write_rebased(written, written + 100);
    } else {
      cell.write(written, written + 100);
    }
  }

  bool read() {
    const bool ordered = setup.steps.find('o') != std::string_view::npos;
    const bool published = setup.steps.find('p') != std::string_view::npos;
    detail::CellValue value;
    if (!shared->cell.try_read(value, ordered ? &shared->order : nullptr)) return false;
    if (value.version == 0) {
      RL_ASSERT(last.version == 0);
      return true;
    }
    RL_ASSERT(value.total == value.completed + 100);
    RL_ASSERT(value.completed >= last.completed && value.version >= last.version);
    RL_ASSERT((value.completed == last.completed) == (value.version == last.version));
    RL_ASSERT(value.completed == (published ? value.offset : value.count()));
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
    right<CellModel>("ordered", [] { setup = {.steps = "ooo"}; }),
    right<CellModel>("published", [] { setup = {.steps = "ppp"}; }),
    wrong<CellModel>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<CellModel>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
};

}  // namespace
}  // namespace headway::model

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
