// SPDX-License-Identifier: MIT
//
// Merging: what a key's value becomes when one lane has something new. Pure arithmetic of the dispatcher.
#pragma once

#include <array>
#include <cstdint>

#include <headway/detail/lane_extra.hpp>
#include <headway/options.hpp>

namespace headway::detail {

/// A sum of 64-bit shares that cannot overflow: 128 bits, two's complement.
class WideSum {
 public:
  /// Replaces one lane's share.
  void replace(std::uint64_t old_share, std::uint64_t new_share, bool signed_shares) noexcept {
    subtract(old_share, signed_shares);
    add(new_share, signed_shares);
  }
  /// Between 0 and 2^64 - 1.
  [[nodiscard]] std::uint64_t clamped() const noexcept {
    if ((high_ >> 63) != 0) return 0;
    return high_ != 0 ? ~std::uint64_t{0} : low_;
  }

 private:
  [[nodiscard]] static std::uint64_t sign_of(std::uint64_t share, bool is_signed) noexcept {
    return is_signed && (share >> 63) != 0 ? ~std::uint64_t{0} : 0;
  }
  void add(std::uint64_t share, bool is_signed) noexcept {
    low_ += share;
    high_ += sign_of(share, is_signed) + (low_ < share ? 1 : 0);
  }
  void subtract(std::uint64_t share, bool is_signed) noexcept {
    high_ -= sign_of(share, is_signed) + (low_ < share ? 1 : 0);
    low_ -= share;
  }

  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

struct ValueSum {
  WideSum completed;
  WideSum total;

  /// A lane's share of one key was `share` and is now `value`; returns the sum.
  LaneValue take(LaneValue& share, const LaneValue& value, bool is_signed) noexcept {
    completed.replace(share.completed, value.completed, is_signed);
    total.replace(share.total, value.total, is_signed);
    share = value;
    return {completed.clamped(), total.clamped()};
  }
};

/// What a session remembers beside its values.
struct MergeState {
  /// Merge::sum: over all lanes, those gone included.
  std::array<ValueSum, keys_per_session> sums;
  /// Merge::latest: the stamp of the value that stands.
  std::array<std::uint64_t, keys_per_session> newest{};
};

/// Merge::furthest: completed never steps back while the total stays.
[[nodiscard]] inline LaneValue furthest(const LaneValue& now, const LaneValue& value) noexcept {
  if (value.total == now.total && value.completed < now.completed) return now;
  return value;
}

}  // namespace headway::detail
