// SPDX-License-Identifier: MIT
// (interface only at this moment; the hot path is being written)
#pragma once
#include <cstdint>
#include <headway/status.hpp>
#include <headway/vocabulary.hpp>
namespace headway {
class Counter {  // copyable; must not outlive its Reporter
 public:
  Status report(std::uint64_t completed, std::uint64_t total) noexcept;
  Status advance(std::int64_t completed = 1) noexcept;
  Status add_total(std::int64_t more) noexcept;
  [[nodiscard]] bool canceled() const noexcept;
};
class Reporter {  // move-only, default-constructible (answers closed)
 public:
  Status report(Role, Stage, std::uint64_t completed, std::uint64_t total) noexcept;
  Status advance(Role, Stage, std::int64_t completed = 1) noexcept;
  Status add_total(Role, Stage, std::int64_t more) noexcept;
  [[nodiscard]] Counter at(Role, Stage);  // throws std::invalid_argument
  [[nodiscard]] bool canceled() const noexcept;
};
}  // namespace headway
