// SPDX-License-Identifier: MIT
//
// GatePool: where the gates of all sessions of the process live, packed, so that a fork's child can void
// them all at once: 100,000 of them are 400 pages.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include <headway/detail/gate.hpp>

namespace headway::detail {

class GatePool {
 public:
  [[nodiscard]] static GatePool& instance();

  /// An open gate. Throws std::bad_alloc.
  [[nodiscard]] Gate& acquire();
  /// Nobody may look at the gate any more.
  void release(Gate& gate) noexcept;

  // For the fork handlers.
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }
  void void_all() noexcept;

 private:
  using Slab = std::array<Gate, 256>;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Slab>> slabs_;
  std::vector<Gate*> free_;
};

}  // namespace headway::detail
