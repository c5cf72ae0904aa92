// SPDX-License-Identifier: MIT
//
// Numbers as people read them. The same in every locale.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <headway/vocabulary.hpp>

namespace headway::tools {

/// "12,034".
std::string format_count(std::uint64_t count);
/// "987 B", "1.23 GiB": three digits and a binary unit.
std::string format_bytes(std::uint64_t bytes);
/// "5,102/12,034" or "0.51/1.23 GiB"; without a total (0) only what is done.
std::string format_progress(Unit unit, std::uint64_t completed, std::uint64_t total);
/// "24,100/s", "0.35/s" or "210 MiB/s".
std::string format_rate(Unit unit, double per_second);
/// Time left: "0:03", "1:02:03", "4d 03h".
std::string format_duration(double seconds);
/// Time taken: "1.72 s" below ten seconds, then as above.
std::string format_elapsed(double seconds);
/// Waits: "640 us", "1.2 ms", "12 ms", "1.2 s".
std::string format_delay(std::chrono::nanoseconds delay);
/// "2024-05-01T12:00:00.123Z": RFC 3339, 0 to 9 `decimals`.
std::string format_time(std::chrono::sys_time<std::chrono::nanoseconds> at, std::size_t decimals);
/// "42%"; "100%" only for 1.0, and "?" for an unknown one.
std::string format_percent(std::optional<double> fraction);

}  // namespace headway::tools
