// SPDX-License-Identifier: MIT
//
// The atomics policy of the model checker: Relacy's atomics behind the face that the library's templates
// expect, so that what is explored is the source that ships.
//
// Include nothing of the standard library or of Headway after this header: Relacy's macros over pthread
// and futex names would reach into it. What it does to `new`, `free` or `memory_order_*` is undone here.
//
// Relacy may switch threads before each operation on an atomic. Where only one thread ever writes a word
// and reads it itself, or where nobody writes it, a switch there shows nothing new; leaving it out makes
// the search far smaller. Which words these are is learned in a short random search first and checked in
// every later one: an access that was not foreseen ends the search, which then starts again.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <headway/detail/intake.hpp>
#include <headway/detail/lane.hpp>
#include <headway/detail/mpsc_ring.hpp>
#include <headway/detail/spsc_ring.hpp>

#include <relacy/relacy.hpp>

#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef errno
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst

namespace headway::model {

/// Which threads read and write which word; words are numbered in the order of their construction.
class Accesses {
 public:
  static constexpr std::size_t most = 1024;

  /// An iteration begins; until live(true) what happens is preparation.
  void begin() noexcept {
    next_ = 0;
    live_ = false;
  }
  void live(bool yes) noexcept { live_ = yes; }
  [[nodiscard]] bool is_live() const noexcept { return live_; }
  void learn(bool yes) noexcept { learning_ = yes; }
  /// True, once, if a search met an access that had not been learned.
  [[nodiscard]] bool take_surprise() noexcept { return std::exchange(surprise_, false); }

  [[nodiscard]] std::size_t next_word() noexcept {
    if (next_ == most) std::abort();
    return next_++;
  }
  /// False if no thread writes the word: then it needs no atomic at all.
  [[nodiscard]] bool written(std::size_t word) const noexcept {
    return learning_ || words_[word].writers != 0;
  }
  /// Notes the access; true if another thread may be concerned by it.
  [[nodiscard]] bool note(std::size_t word, bool writes) noexcept {
    if (!live_) return true;
    const auto self = static_cast<std::uint8_t>(1U << rl::thread_index());
    std::uint8_t& mask = writes ? words_[word].writers : words_[word].readers;
    if ((mask & self) == 0) {
      mask = static_cast<std::uint8_t>(mask | self);
      if (!learning_) {
        surprise_ = true;
        rl::ctx().rl_until("an access that was not learned", RL_INFO);
      }
    }
    if (learning_) return true;
    const unsigned concerned = words_[word].writers | (writes ? words_[word].readers : 0U);
    return (concerned & ~static_cast<unsigned>(self)) != 0;
  }

 private:
  struct Word {
    std::uint8_t readers = 0;
    std::uint8_t writers = 0;
  };
  std::array<Word, most> words_{};
  std::size_t next_ = 0;
  bool live_ = false;
  bool learning_ = true;
  bool surprise_ = false;
};
inline Accesses accesses;

/// Memory orders that a wrong variant takes away.
struct Weakened {
  bool release_stores = false;
  bool acquire_loads = false;
  bool read_modify_writes = false;
  bool barriers = false;
};
inline Weakened weakened;

/// A thread that dies in the middle of what it does: after some more operations on atomics it goes on as a
/// ghost, whose operations have no effect.
class Death {
 public:
  void nobody() noexcept { victim_ = ~0U; }
  void of(unsigned thread, unsigned after_operations) noexcept {
    victim_ = thread;
    left_ = after_operations;
  }
  /// Called before each operation; true if it is not to take place.
  [[nodiscard]] bool has_come() noexcept {
    if (victim_ == ~0U || !accesses.is_live() || rl::thread_index() != victim_) return false;
    if (left_ == 0) return true;
    --left_;
    return false;
  }
  [[nodiscard]] bool happened() const noexcept { return victim_ != ~0U && left_ == 0; }

 private:
  unsigned victim_ = ~0U;
  unsigned left_ = 0;
};
inline Death death;

/// While it lives, the scheduler leaves this thread running.
class Undisturbed {
 public:
  explicit Undisturbed(bool needed) noexcept : needed_(needed) {
    if (needed_) rl::ctx().disable_preemption();
  }
  ~Undisturbed() {
    if (needed_) rl::ctx().enable_preemption();
  }
  Undisturbed(const Undisturbed&) = delete;
  Undisturbed& operator=(const Undisturbed&) = delete;

 private:
  bool needed_;
};

struct RelacyAtomics {
  /// The source line that asks for an operation. (clang++ 14 has no std::source_location.)
  struct Place {
    const char* file;
    unsigned line;
    Place(const char* in = __builtin_FILE(), unsigned at = __builtin_LINE()) noexcept
        : file(in), line(at) {}
  };
  static constexpr int read_attempts = 2;

  template <class T>
  class Atomic {
   public:
    Atomic(T value = T{}) : word_(accesses.next_word()), unwritten_(value) {
      if (accesses.written(word_)) value_.emplace(value);
    }
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

    [[nodiscard]] T load(std::memory_order order, Place place = {}) const {
      if (death.has_come()) return latest();
      const Undisturbed here(!accesses.note(word_, false));
      if (!value_) return unwritten_;
      if (weakened.acquire_loads) order = std::memory_order_relaxed;
      return value_->load(of(order), info(place));
    }
    void store(T value, std::memory_order order, Place place = {}) {
      if (death.has_come()) return;
      const Undisturbed here(!accesses.note(word_, true));
      if (weakened.release_stores) order = std::memory_order_relaxed;
      if (value_) {
        value_->store(value, of(order), info(place));
      } else {
        unwritten_ = value;
      }
    }
    T exchange(T value, std::memory_order order, Place place = {}) {
      if (death.has_come()) return latest();
      const Undisturbed here(!accesses.note(word_, true));
      return written().exchange(value, of_rmw(order), info(place));
    }
    T fetch_or(T bits, std::memory_order order, Place place = {}) {
      if (death.has_come()) return latest();
      const Undisturbed here(!accesses.note(word_, true));
      return written().fetch_or(bits, of_rmw(order), info(place));
    }
    T fetch_add(T more, std::memory_order order, Place place = {}) {
      if (death.has_come()) return latest();
      const Undisturbed here(!accesses.note(word_, true));
      return written().fetch_add(more, of_rmw(order), info(place));
    }
    bool compare_exchange_strong(T& expected, T desired, std::memory_order success,
                                 std::memory_order failure, Place place = {}) {
      if (death.has_come()) return true;
      const Undisturbed here(!accesses.note(word_, true));
      return written().compare_exchange_strong(expected, desired, of_rmw(success), info(place),
                                               of_rmw(failure), info(place));
    }
    bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                               std::memory_order failure, Place place = {}) {
      if (death.has_come()) return true;
      const Undisturbed here(!accesses.note(word_, true));
      return written().compare_exchange_weak(expected, desired, of_rmw(success), info(place),
                                             of_rmw(failure), info(place));
    }

    /// futex(2) FUTEX_WAIT: sleeps unless the word is something else. Orders nothing by itself.
    void wait_while(T value, Place place = {}) {
      static_cast<void>(accesses.note(word_, true));
      rl::ctx().sched();
      {
        const Undisturbed here(true);
        if (written().fetch_or(0, rl::mo_relaxed, info(place)) != value) return;
      }
      written().wait(rl::ctx(), false, false, info(place));
    }
    /// FUTEX_WAKE, of everybody.
    void wake_all(Place place = {}) {
      if (death.has_come()) return;
      rl::ctx().sched();
      written().wake(rl::ctx(), std::numeric_limits<rl::thread_id_t>::max(), info(place));
    }

   private:
    [[nodiscard]] T latest() const { return value_ ? value_->debug_value() : unwritten_; }
    /// The word as an atomic, made now if preparation is what first writes to it.
    [[nodiscard]] rl::atomic<T>& written() {
      if (!value_) value_.emplace(unwritten_);
      return *value_;
    }
    static rl::memory_order of_rmw(std::memory_order order) noexcept {
      return of(weakened.read_modify_writes ? std::memory_order_relaxed : order);
    }

    std::size_t word_;
    mutable std::optional<rl::atomic<T>> value_;
    T unwritten_;
  };

  /// Any type; a token of Relacy's sees the data races.
  template <class T>
  class Plain {
   public:
    [[nodiscard]] T load(Place place = {}) const {
      static_cast<void>(token_(info(place)).load());
      return value_;
    }
    void store(T value, Place place = {}) {
      if (death.has_come()) return;
      token_(info(place)).store(0);
      value_ = value;
    }

   private:
    rl::var<unsigned> token_;
    T value_{};
  };

  struct Clock {
    using time_point = std::chrono::steady_clock::time_point;
    [[nodiscard]] time_point now() const { return {}; }
  };

  /// Both halves of the asymmetric pair are full fences here.
  static void light_barrier() { fence(); }
  static void heavy_barrier() { fence(); }
  template <class T>
  static void wake(Atomic<T>& word) {
    word.wake_all();
  }

 private:
  static void fence() {
    if (!weakened.barriers) rl::atomic_thread_fence(rl::mo_seq_cst, RL_INFO);
  }
  static rl::debug_info info(const Place& place) noexcept { return {"", place.file, place.line}; }
  static rl::memory_order of(std::memory_order order) noexcept {
    switch (order) {
      case std::memory_order::relaxed: return rl::mo_relaxed;
      case std::memory_order::consume:
      case std::memory_order::acquire: return rl::mo_acquire;
      case std::memory_order::release: return rl::mo_release;
      case std::memory_order::acq_rel: return rl::mo_acq_rel;
      case std::memory_order::seq_cst: break;
    }
    return rl::mo_seq_cst;
  }
};

}  // namespace headway::model
