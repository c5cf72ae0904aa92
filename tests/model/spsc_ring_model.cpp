// SPDX-License-Identifier: MIT
//
// The ring of one reporter alone: one thread pushes narrow and wide records, one drains. What was pushed
// comes out once, whole and in order; a push is refused only when the ring is full. The indexes wrap.
#include "explore.hpp"

namespace headway::model {
namespace {

using Ring = detail::SpscRing<RelacyAtomics>;

struct Setup {
  std::size_t capacity = 1;
  /// One letter a push: n narrow, w with values that need a second slot, o with an order stamp.
  std::string_view pushes = "nnn";
  unsigned drains = 2;
};
Setup setup;

struct SpscRing : Model<SpscRing, 2> {
  std::unique_ptr<Ring> ring;
  std::vector<detail::Record> pushed;
  std::size_t seen;

  void build() {
    ring = std::make_unique<Ring>(setup.capacity, std::uint64_t{0} - 2);
    pushed.clear();
    seen = 0;
  }

  static detail::Record record(char kind, std::uint64_t number) {
    detail::Record made{number, number + 100, 0, static_cast<std::uint32_t>(number % 6), 0};
    if (kind == 'w') made.completed |= std::uint64_t{1} << 62;
    if (kind == 'w') made.total |= std::uint64_t{3} << 62;
    if (kind == 'o') made.order = number;
    return made;
  }

  bool push(char kind, std::uint64_t number) {
    const detail::Record made = record(kind, number);
    const bool ordered = kind == 'o';
    pushed.push_back(made);
    if (ordered ? ring->try_push_wide(made)
                : ring->try_push(made.key, made.completed, made.total)) {
      return true;
    }
    pushed.pop_back();
    return false;
  }

  void drain() {
    ring->drain([&](const detail::Record& got) {
      RL_ASSERT(seen < pushed.size());
      const detail::Record& want = pushed[seen++];
      RL_ASSERT(got.key == want.key && got.completed == want.completed && got.total == want.total &&
                got.order == want.order);
    });
  }

  void run(unsigned thread) {
    if (thread == 0) {
      std::uint64_t number = 0;
      for (const char kind : setup.pushes) static_cast<void>(push(kind, ++number));
    } else {
      for (unsigned i = 0; i < setup.drains; ++i) drain();
    }
  }

  void check() {
    drain();
    RL_ASSERT(seen == pushed.size() && ring->empty());
    // Empty again, it takes as many as it is said to, and no more.
    std::uint64_t number = 50;
    for (std::size_t i = 0; i < setup.capacity; ++i) RL_ASSERT(push('n', ++number));
    RL_ASSERT(!push('n', ++number) && !push('w', number));
    drain();
    RL_ASSERT(push('w', ++number) == (setup.capacity > 1));
    drain();
    RL_ASSERT(seen == pushed.size() && ring->empty());
    ring.reset();
    pushed = {};
  }
};

constexpr std::array cases = {
    right<SpscRing>("capacity_1", [] { setup = {.pushes = "nnwn"}; }),
    right<SpscRing>("capacity_2", [] { setup = {.capacity = 2, .pushes = "nwnn"}; }),
    right<SpscRing>("capacity_3", [] { setup = {.capacity = 3, .pushes = "nnown"}; }),
    wrong<SpscRing>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<SpscRing>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
};

}  // namespace
}  // namespace headway::model

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
