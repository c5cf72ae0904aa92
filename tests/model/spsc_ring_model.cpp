// SPDX-License-Identifier: MIT
//
// The ring of one reporter alone: one thread pushes narrow and wide records, one drains. What was pushed
// comes out once, whole and in order, and with its total where only the change of that was told; a push is
// refused only when the ring is full. The indexes wrap.
#include "explore.hpp"

namespace headway::model {
namespace {

using Ring = detail::SpscRing<RelacyAtomics>;

struct Setup {
  std::size_t capacity = 1;
  /// One letter a push: n narrow, s narrow and with the total that its key has had, w with a value that takes the
  /// room of a wide one, o with an order stamp.
  std::string_view pushes = "nsn";
  unsigned drains = 2;
};
Setup setup;

struct SpscRing : Model<SpscRing, 2> {
  using Totals = std::array<std::uint64_t, keys_per_session>;
  std::unique_ptr<Ring> ring;
  std::vector<detail::Record> pushed;
  std::size_t seen;
  /// What the provider has told, and what the dispatcher has heard.
  Totals told;
  Totals heard;

  void build() {
    ring = std::make_unique<Ring>(setup.capacity, std::uint64_t{0} - 3);
    pushed.clear();
    seen = 0;
    told = heard = {};
  }

  bool push(char kind, std::uint64_t number) {
    detail::Record made{number, ~number, 0, static_cast<std::uint32_t>(number % 6), 0};
    if (kind == 's' && !pushed.empty()) made.key = pushed.back().key;
    if (kind == 's') made.total = told[made.key];
    if (kind == 'n' || kind == 's') made.completed |= std::uint64_t{1} << 59;
    if (kind == 'w') made.completed |= std::uint64_t{1} << 60;
    if (kind == 'o') made.order = number;
    pushed.push_back(made);
    const bool done = kind == 'o'   ? ring->try_push_wide(made)
                      : kind == 's' ? ring->try_push(made.key, made.completed)
                                    : ring->try_push(made.key, made.completed, made.total);
    if (done) {
      told[made.key] = made.total;
    } else {
      pushed.pop_back();
    }
    return done;
  }

  void drain() {
    ring->drain(heard, [&](const detail::Record& got) {
      RL_ASSERT(seen < pushed.size());
      const detail::Record& want = pushed[seen++];
      RL_ASSERT(got.key == want.key && got.completed == want.completed && got.total == want.total &&
                got.order == want.order);
    });
    if (seen == pushed.size()) RL_ASSERT(heard == told);
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
    RL_ASSERT(!push('s', ++number) && !push('n', number) && !push('w', number));
    drain();
    for (std::size_t i = 0; i < 2 * setup.capacity; ++i) RL_ASSERT(push('s', ++number));
    RL_ASSERT(!push('s', ++number) && !push('n', number));
    drain();
    RL_ASSERT(push('w', ++number) == (setup.capacity > 1));
    drain();
    RL_ASSERT(!ring->try_push(0, std::uint64_t{1} << 60) && "a total is told with it");
    RL_ASSERT(seen == pushed.size() && ring->empty());
    ring.reset();
    pushed = {};
  }
};

constexpr std::array cases = {
    right<SpscRing>("capacity_1", [] { setup = {.pushes = "nssn"}; }),
    right<SpscRing>("capacity_2", [] { setup = {.capacity = 2, .pushes = "nwsn"}; }),
    right<SpscRing>("capacity_3", [] { setup = {.capacity = 3, .pushes = "nsown"}; }),
    wrong<SpscRing>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<SpscRing>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
};

}  // namespace
}  // namespace headway::model

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
