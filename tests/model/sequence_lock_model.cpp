// SPDX-License-Identifier: MIT
//
// A sequence lock alone: one thread changes two words; what a reader finds whole belongs to one change, and never to
// an older one than it found before.
#include <headway/detail/sequence_lock.hpp>
#include "explore.hpp"

namespace headway::model {
namespace {

struct SequenceLockModel : Model<SequenceLockModel, 2> {
  static constexpr std::uint64_t changes = 3;
  static constexpr unsigned reads = 3;
  using Word = RelacyAtomics::Atomic<std::uint64_t>;

  struct Words {
    Word version{0};
    Word first{0};
    Word second{0};
  };
  std::unique_ptr<Words> words;
  std::uint64_t last = 0;

  void build() {
    words = std::make_unique<Words>();
    last = 0;
  }

  bool read() {
    const detail::SequencedRead<Word> look(words->version);
    const std::uint64_t first = look.load(words->first);
    const std::uint64_t second = look.load(words->second);
    if (!look.is_whole()) return false;
    RL_ASSERT(second == 100 * first);
    RL_ASSERT(first >= last && first <= changes);
    last = first;
    return true;
  }

  void run(unsigned thread) {
    if (thread == 0) {
      for (std::uint64_t n = 1; n <= changes; ++n) {
        detail::SequencedWrite<Word> change(words->version);
        change.store(words->first, n);
        change.store(words->second, 100 * n);
      }
    } else {
      for (unsigned i = 0; i < reads; ++i) static_cast<void>(read());
    }
  }

  void check() {
    RL_ASSERT(read() && last == changes);
    words.reset();
  }
};

constexpr std::array cases = {
    right<SequenceLockModel>("changed"),
    wrong<SequenceLockModel>("release_stores_relaxed", [] { weakened.release_stores = true; }),
    wrong<SequenceLockModel>("acquire_loads_relaxed", [] { weakened.acquire_loads = true; }),
};

}  // namespace
}  // namespace headway::model

int main(int argc, char** argv) {
  return headway::model::run_case(argc, argv, headway::model::cases);
}
