// SPDX-License-Identifier: MIT
//
// The listening side of the soak: streams of every kind that come and go, some with bad habits, and the
// thread that polls those of RunOn::caller.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <headway/headway.hpp>

#include "laws/keys.hpp"
#include "laws/random.hpp"
#include "script.hpp"
#include "stream.hpp"
#include "world.hpp"

namespace headway::soak {

using namespace std::chrono_literals;

inline StreamPtr draw_stream(World& world, Random& random);

/// A session that lives and dies within one callback.
inline void small_session(World& world, Random& random, Tally& tally) {
  Script script;
  script.run_bits = 1;
  const TruthPtr truth = world.open(script, random);
  Counts made{};
  const std::size_t slot = truth->join(0).value();
  {
    Reporter reporter = truth->reporter(2);
    for (std::uint64_t n = 0; n < 9; ++n) {
      const std::size_t key = script.key_at(n);
      const Value share = script.share(slot, key, made[key] + 1);
      const Status status =
          reporter.report(role_of(key), stage_of(key), share.completed, share.total);
      tally.refused(status);
      if (status != Status::ok) continue;
      ++made[key];
      Tally::add(tally.ok, 1);
    }
  }
  truth->leave(slot, made);
  truth->close(Outcome::completed);
  world.finish(truth);
}

/// Every so many updates something that a subscriber may do, or should not. A stream's habit has its own
/// randomness and its own tally: callbacks of one subscription never run at the same time.
class Habits {
 public:
  Habits(World& world, std::uint64_t seed, std::size_t kind, Tally& tally)
      : world_(world),
        random_(seed),
        kind_(kind),
        every_(random_.between(20, 3000)),
        tally_(tally) {}

  static constexpr std::size_t count = 14;

  void operator()(Stream& self, const Update& update, std::uint64_t nth) {
    if (nth % every_ != 0) return;
    switch (kind_) {
      case 0: return raise("now and then");
      case 1: self.unsubscribe(); return;
      case 2: self.expect_end(); return raise("that is all");
      case 3: return raise("stop this");
      case 4: static_cast<void>(world_.bus.cancel(update.session)); return;
      case 5:
        if (const TruthPtr truth = world_.find(update.session)) truth->try_close(Outcome::failed);
        return;
      case 6: std::this_thread::sleep_for(std::chrono::microseconds(random_.below(2000))); return;
      case 7: return add_another();
      case 8: return unsubscribe_another(self);
      case 9: return small_session(world_, random_, tally_);
      case 10: static_cast<void>(world_.bus.snapshot({.session = update.session})); return;
      case 11:
        if (world_.bus.flush(1ms) != FlushResult::called_from_callback)
          world_.audit.complain(12, self.options().name + ": a flush within a callback");
        return;
      default: return;  // good habits
    }
  }

 private:
  void raise(const char* what) {
    world_.exceptions.fetch_add(1, std::memory_order_relaxed);
    throw std::runtime_error(what);
  }
  void add_another() {
    if (world_.done.load() || !world_.room_for_streams()) return;
    world_.add_stream(draw_stream(world_, random_));
  }
  void unsubscribe_another(Stream& self) {
    const auto streams = world_.streams();
    const StreamPtr& other = random_.pick(streams);
    // One that waits for the other's callback may be told that it cannot: that is the law's own case.
    if (other.get() != &self && other->options().name.front() == '-') other->unsubscribe();
  }

  World& world_;
  Random random_;
  std::size_t kind_;
  std::uint64_t every_;
  Tally& tally_;
};

inline std::string name_of(const SubscriptionOptions& options, std::size_t habit) {
  return laws::name_of(options.run_on) + laws::name_of(options.delivery) + " interval " +
         std::to_string(options.interval.count()) + " ns queue " +
         std::to_string(options.queue_capacity) + (options.replay_current ? "" : " no replay") +
         " habit " + std::to_string(habit);
}

/// One of any kind. Its name begins with '-': it may be unsubscribed by anybody at any time.
inline StreamPtr draw_stream(World& world, Random& random) {
  SubscriptionOptions options;
  options.interval =
      random.pick(std::array<std::chrono::nanoseconds, 6>{20us, 1ms, 1ms, 7ms, 40ms, 100ms});
  options.run_on = random.pick(laws::every_run_on);
  options.delivery = random.pick(laws::every_delivery);
  options.queue_capacity = random.pick(std::array<std::size_t, 4>{1, 3, 64, 1024});
  options.replay_current = !random.one_in(4);
  const std::size_t habit = random.below(Habits::count);
  if (habit == 2) options.on_error = OnError::unsubscribe;
  if (habit == 3) options.on_error = OnError::cancel_session;
  if (random.one_in(4)) {
    if (const TruthPtr truth = world.any(random)) options.filter.session = truth->id;
  }
  if (random.one_in(4)) options.filter.role = role_of(random.below(keys_per_session));
  if (random.one_in(4)) options.filter.stage = stage_of(random.below(keys_per_session));
  options.name = "- " + name_of(options, habit);
  return std::make_shared<Stream>(world.audit, options,
                                  Habits(world, random.bits(), habit, world.callback_tally()));
}

/// Those that stand from the first session to the end, one of each kind: they see everything.
inline void add_permanent_streams(World& world) {
  for (const RunOn run_on : laws::every_run_on) {
    for (const Delivery delivery : laws::every_delivery) {
      SubscriptionOptions options{.interval = 20ms, .run_on = run_on, .delivery = delivery};
      options.name = "permanent " + name_of(options, Habits::count);
      world.add_stream(std::make_shared<Stream>(world.audit, options, nullptr));
    }
  }
}

/// Polls streams of RunOn::caller, as an event loop would.
inline void pump(World& world, const std::atomic<bool>& done) {
  while (!done.load()) {
    const std::uint64_t wanted = world.drain_wanted.load();
    const bool dry = wanted != world.drained.load();
    for (const StreamPtr& stream : world.streams()) {
      while (stream->poll() != 0 && dry) {
      }
    }
    world.drained.store(wanted);
    if (!dry) std::this_thread::sleep_for(1ms);
  }
}

/// Lets streams come and go, and meddles with sessions, until the world is done.
inline void meddle(World& world, Random random) {
  while (!world.done.load()) {
    std::this_thread::sleep_for(std::chrono::microseconds(random.between(500, 5'000)));
    const auto streams = world.streams();
    if (world.room_for_streams()) world.add_stream(draw_stream(world, random));
    const StreamPtr& stream = random.pick(streams);
    if (stream->options().name.front() == '-' && random.one_in(4)) stream->end();
    const TruthPtr truth = world.any(random);
    if (truth == nullptr) continue;
    switch (random.below(16)) {
      case 0: truth->close(Outcome::failed); break;
      case 1: truth->cancel(); break;
      case 2: static_cast<void>(world.bus.cancel(truth->id)); break;
      case 3: truth->note(); break;
      case 4: static_cast<void>(world.bus.statistics()); break;
      case 5:
        static_cast<void>(world.bus.flush(std::chrono::milliseconds(random.below(50))));
        world.flushes.fetch_add(1, std::memory_order_relaxed);
        break;
      default: break;
    }
  }
}

}  // namespace headway::soak
