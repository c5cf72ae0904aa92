// SPDX-License-Identifier: MIT
//
// The ring that the threads of a shared reporter share, alone: two threads push, one drains and goes past
// what is claimed but not committed. One pusher may die anywhere. A push that said true comes out once,
// whole, in its thread's order; one that said false does not come out.
#include "explore.hpp"

namespace headway::model {

/// Wrong policies of their own types, for which a member of the library's is written wrong below.
struct BlindCommit : RelacyAtomics {};
struct SilentClaim : RelacyAtomics {};

namespace {

struct Setup {
  std::size_t capacity = 1;
  std::array<unsigned, 2> pushes = {2, 1};
  unsigned drains = 2;
  /// Operations until the first pusher dies: one of 0 to this. 0: it lives.
  unsigned last_breath = 0;
};
Setup setup;

template <class Atomics>
struct MpscRing : Model<MpscRing<Atomics>, 3> {
  std::unique_ptr<detail::MpscRing<Atomics>> ring;
  /// Numbers of the pushes that said true, by thread; and what came out.
  std::array<std::vector<std::uint64_t>, 2> pushed;
  std::array<std::vector<std::uint64_t>, 2> drained;

  void build() {
    ring = std::make_unique<detail::MpscRing<Atomics>>(setup.capacity, std::uint64_t{0} - 1);
    for (auto& list : pushed) list.clear();
    for (auto& list : drained) list.clear();
    if (setup.last_breath != 0) death.of(0, rl::rand(setup.last_breath));
  }

  bool push(std::uint32_t thread, std::uint64_t number) {
    if (!ring->try_push({number, number + 100, number + 200, thread + 1, thread})) return false;
    pushed[thread].push_back(number);
    return true;
  }

  /// A weak swap may fail for no reason, and a push gives up after a few.
  bool push_at_last(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) {
      if (push(1, number)) return true;
    }
    return false;
  }

  void drain() {
    ring->drain([&](const detail::Record& got) {
      RL_ASSERT(got.lane < 2 && got.key == got.lane + 1);
      RL_ASSERT(got.total == got.completed + 100 && got.order == got.completed + 200);
      drained[got.lane].push_back(got.completed);
    });
  }

  void run(unsigned thread) {
    if (thread == 2) {
      for (unsigned i = 0; i < setup.drains; ++i) drain();
    } else {
      for (unsigned number = 1; number <= setup.pushes[thread]; ++number) push(thread, number);
    }
  }

  void check() {
    drain();
    RL_ASSERT(ring->empty());
    RL_ASSERT(drained[1] == pushed[1]);
    if (!death.happened()) {
      RL_ASSERT(drained[0] == pushed[0]);
      // No slot was lost.
      const std::size_t size = std::bit_ceil(setup.capacity);
      for (std::size_t i = 0; i < size; ++i) RL_ASSERT(push_at_last(50 + i));
      RL_ASSERT(!push(1, 99));
      drain();
      RL_ASSERT(drained[1] == pushed[1]);
    } else {
      // A ghost believes what it likes; what did come out is in order.
      RL_ASSERT(std::is_sorted(drained[0].begin(), drained[0].end()));
    }
    ring.reset();
    pushed = {};
    drained = {};
  }
};

using Right = MpscRing<RelacyAtomics>;

constexpr std::array cases = {
    right<Right>("small",
                 [] {
                   setup = {.pushes = {1, 1}, .drains = 1};
                 }),
    sampled<Right>("capacity_1",
                   [] {
                     setup = {.pushes = {1, 1}};
                   }),
    sampled<Right>("capacity_2", [] { setup = {.capacity = 2, .drains = 1}; }),
    sampled<Right>("one_dies", [] { setup = {.capacity = 2, .last_breath = 8}; }),
    right<Right>("one_dies_small",
                 [] {
                   setup = {.pushes = {1, 1}, .drains = 1, .last_breath = 5};
                 }),
    wrong<MpscRing<BlindCommit>>("commits_without_looking"),
    wrong<MpscRing<SilentClaim>>("claims_relaxed"),
    wrong<Right>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<Right>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
    wrong<Right>("read_modify_writes_relaxed", [] { weakened.read_modify_writes = true; }),
};

}  // namespace
}  // namespace headway::model

namespace headway::detail {

/// As the library's, but the commit does not look whether the dispatcher went past the slot.
template <>
bool MpscRing<model::BlindCommit>::try_push(const Record& record) noexcept {
  std::uint64_t tail = tail_.load(std::memory_order_relaxed);
  for (int attempt = 0; attempt < attempts; ++attempt) {
    Slot& place = slot(tail);
    if (place.turn.load(std::memory_order_acquire) != turn(tail, free)) return false;
    if (tail_.compare_exchange_weak(tail, tail + 1, std::memory_order_release,
                                    std::memory_order_relaxed)) {
      place.record.store(record);
      place.turn.store(turn(tail, full), std::memory_order_release);
      return true;
    }
  }
  return false;
}

/// As the library's, but the claim releases nothing: neither does it show that the slot has become free.
template <>
bool MpscRing<model::SilentClaim>::try_push(const Record& record) noexcept {
  std::uint64_t tail = tail_.load(std::memory_order_relaxed);
  for (int attempt = 0; attempt < attempts; ++attempt) {
    Slot& place = slot(tail);
    if (place.turn.load(std::memory_order_acquire) != turn(tail, free)) return false;
    if (tail_.compare_exchange_weak(tail, tail + 1, std::memory_order_relaxed,
                                    std::memory_order_relaxed)) {
      place.record.store(record);
      std::uint64_t expected = turn(tail, free);
      if (place.turn.compare_exchange_strong(expected, turn(tail, full), std::memory_order_release,
                                             std::memory_order_relaxed)) {
        return true;
      }
      place.turn.store(turn(tail + size_, free), std::memory_order_release);
      return false;
    }
  }
  return false;
}

}  // namespace headway::detail

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
