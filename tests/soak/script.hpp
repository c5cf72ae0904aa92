// SPDX-License-Identifier: MIT
//
// Script: what the providers of one session report, so regular that every value can be checked from its
// sequence alone, without a log. A provider goes round the six keys in runs of equal length; after its
// c-th report on a key its share of the key's value is share(slot, key, c).
//
// The session's name spells the script, so that a subscriber knows what to expect of whatever it sees.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <headway/headway.hpp>

namespace headway::soak {

enum class Kind : std::uint8_t {
  one,            // one reporter, absolute: the sequence and the place in the order of all keys
  one_relative,   // one reporter, advance and add_total
  digits_own,     // sum: up to four reporters whose counts can be told apart in the value
  digits_shared,  // the same of the threads of a SharedReporter
  pool_own,       // sum of absolute shares
  pool_shared,    // sum of relative shares that also go back
  furthest_own,   // each reports its own count
  furthest_shared,
  latest_own,  // the value names its provider
  latest_shared
};
inline constexpr std::size_t kinds = 10;

struct Value {
  std::uint64_t completed = 0;
  std::uint64_t total = 0;
  friend bool operator==(const Value&, const Value&) = default;
};

/// Reports by key.
using Counts = std::array<std::uint64_t, keys_per_session>;

struct Script {
  static constexpr unsigned digits = 4;
  static constexpr std::uint64_t furthest_total = std::uint64_t{1} << 40U;
  static constexpr std::uint64_t count_mask = furthest_total - 1;

  Kind kind = Kind::one;
  /// A run on one key is 2^run_bits reports long.
  unsigned run_bits = 0;
  unsigned providers = 1;
  /// SharedReporters alone: the session's merge is `unset`.
  bool unset = false;

  [[nodiscard]] bool shared() const noexcept {
    return kind == Kind::digits_shared || kind == Kind::pool_shared ||
           kind == Kind::furthest_shared || kind == Kind::latest_shared;
  }
  [[nodiscard]] bool ordered() const noexcept {
    return kind == Kind::one || kind == Kind::one_relative;
  }
  [[nodiscard]] bool of_digits() const noexcept {
    return kind == Kind::digits_own || kind == Kind::digits_shared;
  }
  [[nodiscard]] bool latest() const noexcept {
    return kind == Kind::latest_own || kind == Kind::latest_shared;
  }
  [[nodiscard]] bool furthest() const noexcept {
    return kind == Kind::furthest_own || kind == Kind::furthest_shared;
  }
  [[nodiscard]] Merge merge() const noexcept {
    if (unset || ordered()) return Merge::unset;
    if (furthest()) return Merge::furthest;
    return latest() ? Merge::latest : Merge::sum;
  }

  [[nodiscard]] std::string name() const {
    return std::to_string(static_cast<unsigned>(kind)) + ' ' + std::to_string(run_bits) + ' ' +
           std::to_string(providers) + (unset ? " u" : " m");
  }
  [[nodiscard]] static std::optional<Script> parse(std::string_view name) {
    std::array<unsigned, 3> numbers{};
    for (unsigned& number : numbers) {
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
      if (error != std::errc{} || end == name.data() + name.size()) return std::nullopt;
      name.remove_prefix(static_cast<std::size_t>(end - name.data()) + 1);
    }
    if (numbers[0] >= kinds || numbers[1] > 32 || numbers[2] == 0) return std::nullopt;
    return Script{static_cast<Kind>(numbers[0]), numbers[1], numbers[2], name == "u"};
  }

  /// The provider's n-th report, from 0, goes to this key.
  [[nodiscard]] std::size_t key_at(std::uint64_t n) const noexcept {
    return static_cast<std::size_t>((n >> run_bits) % keys_per_session);
  }
  /// How many reports of the run that the n-th belongs to are left, itself included.
  [[nodiscard]] std::uint64_t left_of_run(std::uint64_t n) const noexcept {
    return (std::uint64_t{1} << run_bits) - (n & ((std::uint64_t{1} << run_bits) - 1));
  }
  /// The place, from 1, of a key's count-th report in the order of all reports of the provider.
  [[nodiscard]] std::uint64_t place_of(std::size_t key, std::uint64_t count) const noexcept {
    const std::uint64_t before = count - 1;
    const std::uint64_t rounds = before >> run_bits;
    return (((rounds * keys_per_session) + key) << run_bits) +
           (before & ((std::uint64_t{1} << run_bits) - 1)) + 1;
  }

  [[nodiscard]] static std::uint64_t digit(const Value& value, std::size_t slot) noexcept {
    const std::uint64_t word = slot < 2 ? value.completed : value.total;
    return (word >> (32 * (slot % 2))) & 0xffffffffU;
  }
  [[nodiscard]] static std::uint64_t one_of_digit(std::size_t slot) noexcept {
    return std::uint64_t{1} << (32 * (slot % 2));
  }

  /// A provider's share of a key's value after its count-th report on it.
  [[nodiscard]] Value share(std::size_t slot, std::size_t key, std::uint64_t count) const noexcept {
    switch (kind) {
      case Kind::one: return {count, count == 0 ? 0 : place_of(key, count)};
      case Kind::one_relative: return {count - count / 16, 3 * (count / 16)};
      case Kind::digits_own:
      case Kind::digits_shared: {
        const std::uint64_t part = count * one_of_digit(slot);
        return slot < 2 ? Value{part, 0} : Value{0, part};
      }
      case Kind::pool_own: return {count, 3 * count};
      case Kind::pool_shared: return {count + 2 * (count % 2), 0};
      case Kind::furthest_own:
      case Kind::furthest_shared: return {count, furthest_total};
      case Kind::latest_own:
      case Kind::latest_shared: return {count, (std::uint64_t{slot} << 40U) | count};
    }
    return {};
  }

  /// Why no reports of this script come to that value with that sequence; null: some do.
  [[nodiscard]] const char* refutes(std::size_t key, const Value& value,
                                    std::uint64_t sequence) const noexcept {
    switch (kind) {
      case Kind::one:
      case Kind::one_relative:
        return value == share(0, key, sequence) ? nullptr : "this is not what was reported";
      case Kind::digits_own:
      case Kind::digits_shared: {
        std::uint64_t counted = 0;
        for (std::size_t slot = 0; slot < digits; ++slot) counted += digit(value, slot);
        return counted == sequence ? nullptr : "the shares do not hold as many reports";
      }
      case Kind::pool_own:
        return value == Value{sequence, 3 * sequence} ? nullptr
                                                      : "the shares do not add up to this";
      case Kind::pool_shared: {
        const std::uint64_t more = value.completed - sequence;
        return more <= 2 * std::uint64_t{providers} && more % 2 == 0 && value.total == 0
                   ? nullptr
                   : "no shares add up to this";
      }
      case Kind::furthest_own:
      case Kind::furthest_shared:
        return value.total == furthest_total && value.completed <= sequence &&
                       value.completed * providers >= sequence
                   ? nullptr
                   : "nobody, or somebody else, is furthest";
      case Kind::latest_own:
      case Kind::latest_shared:
        return (value.total & count_mask) == value.completed && (value.total >> 40U) < providers &&
                       value.completed <= sequence
                   ? nullptr
                   : "nobody reported this";
    }
    return "no such script";
  }
};

}  // namespace headway::soak
