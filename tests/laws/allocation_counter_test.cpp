// SPDX-License-Identifier: MIT
#include "allocation_counter.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>

#include <gtest/gtest.h>

namespace {

thread_local std::uint64_t allocations = 0;
thread_local std::int64_t allocations_left = -1;

}  // namespace

namespace headway::laws {

std::uint64_t allocations_of_this_thread() noexcept { return allocations; }
void limit_allocations_of_this_thread(std::int64_t left) noexcept { allocations_left = left; }

}  // namespace headway::laws

#if HEADWAY_LAWS_COUNT_ALLOCATIONS

namespace {

constexpr std::size_t usual = alignof(std::max_align_t);

// Not inlined: a compiler that sees malloc through one operator and not the other's free complains.
#if defined(_WIN32)
void* take(std::size_t size, std::size_t alignment) noexcept {
  return ::_aligned_malloc(size, alignment);
}
[[gnu::noinline]] void release(void* memory) noexcept { ::_aligned_free(memory); }
#else
void* take(std::size_t size, std::size_t alignment) noexcept {
  if (alignment <= usual) return std::malloc(size);
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}
[[gnu::noinline]] void release(void* memory) noexcept { std::free(memory); }
#endif

void* allocate(std::size_t size, std::size_t alignment) noexcept {
  ++allocations;
  if (allocations_left == 0) return nullptr;
  if (allocations_left > 0) --allocations_left;
  return take(size == 0 ? 1 : size, alignment);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
  if (void* memory = allocate(size, alignment)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size, usual); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, usual); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, usual);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, usual);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

#endif

namespace headway::laws {
namespace {

struct alignas(256) Wide {
  char bytes[256];
};

TEST(AllocationCounter, CountsThisThreadsAllocationsAndNoOthers) {
  if (!allocations_are_counted) GTEST_SKIP() << "operator new is not for the test to replace";
  AllocationCounter counter;
  EXPECT_EQ(counter.count(), 0U);
  auto one = std::make_unique<int>(1);
  auto wide = std::make_unique<Wide>();
  EXPECT_EQ(counter.count(), 2U);
  std::uint64_t elsewhere = 0;
  std::thread other([&] {
    const AllocationCounter mine;
    auto many = std::make_unique<int[]>(10);
    elsewhere = mine.count();
  });
  const AllocationCounter after_start;
  other.join();
  EXPECT_EQ(elsewhere, 1U);
  EXPECT_EQ(after_start.count(), 0U);
}

}  // namespace
}  // namespace headway::laws
