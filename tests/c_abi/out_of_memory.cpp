// SPDX-License-Identifier: MIT
//
// Where there is no memory, the functions of headway/headway.h say so, make nothing, and let no exception out. Each
// is called with no allocation allowed, with one, with two, and so on until it succeeds.
#include <headway/headway.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

/// Allocations that this thread may still make; negative: as many as it likes.
thread_local long allocations_left = -1;

void* allocate(std::size_t size, std::size_t alignment) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  if (void* memory = std::aligned_alloc(alignment, whole == 0 ? alignment : whole)) return memory;
  throw std::bad_alloc();
}
/// Not inlined: a compiler that sees the one side and not the other complains.
[[gnu::noinline]] void release(void* memory) noexcept { std::free(memory); }

}  // namespace

void* operator new(std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

namespace {

[[noreturn]] void complain(const char* what, const char* how, headway_status status) {
  std::fprintf(stderr, "%s %s: %s (%s)\n", what, how, headway_status_name(status),
               headway_last_error());
  std::exit(1);
}

/// `call` makes what it is given the place of.
template <class Made, class Call>
Made* when_memory_suffices(const char* what, Call&& call) {
  for (long enough = 0;; ++enough) {
    Made* made = nullptr;
    allocations_left = enough;
    const headway_status status = call(&made);
    allocations_left = -1;
    if (status == HEADWAY_OK) {
      if (made == nullptr) complain(what, "made nothing", status);
      if (enough == 0) complain(what, "needs no memory", status);
      return made;
    }
    if (status != HEADWAY_E_OUTOFMEMORY) complain(what, "failed otherwise", status);
    if (made != nullptr) complain(what, "failed and made something", status);
  }
}

}  // namespace

int main() {
  headway_bus_options manual = HEADWAY_BUS_OPTIONS_INIT;
  manual.dispatch = HEADWAY_DISPATCH_MANUAL;
  headway_callbacks callbacks = HEADWAY_CALLBACKS_INIT;
  callbacks.progress = [](void*, const headway_update*) {};
  int released = 0;
  callbacks.released = [](void* user) { ++*static_cast<int*>(user); };

  auto* const bus = when_memory_suffices<headway_bus>(
      "headway_bus_create", [&](headway_bus** made) { return headway_bus_create(&manual, made); });
  auto* const subscription = when_memory_suffices<headway_subscription>(
      "headway_subscribe", [&](headway_subscription** made) {
        return headway_subscribe(bus, &callbacks, &released, nullptr, made);
      });
  if (released != 0) complain("headway_subscribe", "released what was not subscribed", HEADWAY_OK);
  auto* const session = when_memory_suffices<headway_session>(
      "headway_session_open",
      [&](headway_session** made) { return headway_session_open(bus, "photos", nullptr, made); });
  auto* const reporter = when_memory_suffices<headway_reporter>(
      "headway_reporter_create",
      [&](headway_reporter** made) { return headway_reporter_create(session, nullptr, made); });
  headway_reporter_destroy(reporter);
  auto* const shared = when_memory_suffices<headway_shared_reporter>(
      "headway_shared_reporter_create", [&](headway_shared_reporter** made) {
        return headway_shared_reporter_create(session, nullptr, made);
      });
  const auto* const snapshot = when_memory_suffices<const headway_snapshot>(
      "headway_bus_snapshot",
      [&](const headway_snapshot** made) { return headway_bus_snapshot(bus, nullptr, made); });
  if (snapshot->count != 1) complain("headway_bus_snapshot", "is not whole", HEADWAY_OK);
  const auto* const statistics = when_memory_suffices<const headway_statistics>(
      "headway_bus_statistics",
      [&](const headway_statistics** made) { return headway_bus_statistics(bus, made); });

  headway_statistics_free(statistics);
  headway_snapshot_free(snapshot);
  headway_shared_reporter_destroy(shared);
  headway_session_destroy(session);
  headway_subscription_destroy(subscription);
  if (released != 1) complain("headway_subscription_destroy", "did not release", HEADWAY_OK);
  headway_bus_destroy(bus);
  return 0;
}
