// SPDX-License-Identifier: MIT
//
// The board: a bus's scoreboard in a file of shared memory, which other processes of the same user may map,
// read-only. A bus has one where BusOptions::board or the environment says so; `headway top` and
// `headway export` read it, and so may anybody by what stands here.
//
// Where: /dev/shm/headway.PID.STAMP, or in the folder that HEADWAY_BOARD_FOLDER names. Regular, of mode 0600, complete
// when it appears. While the bus lives its process holds an exclusive lock on the file (fcntl(2), F_OFD_SETLK, first
// byte); the system takes the lock away with the process, so a file without one is dead: nobody will write to it
// again, and whoever finds it may remove it. A file only ever grows.
//
// The file is a header, then slots, one a session:
//
//    offset  bytes  header
//         0      8  magic: "headway" and a NUL
//         8      4  byte order: 0x01020304 as the writer has it
//        12      2  major version of this layout: another one cannot be read
//        14      2  minor version: a later one has more in what is reserved
//        16      4  bytes of the header: where the slots begin
//        20      4  bytes of a slot
//        24      4  slots that there are at most
//        28      4  reserved
//        32      8  the process's id, in its own PID namespace
//        40      8  when it was started: field 22 of /proc/PID/stat; 0: not known
//        48      8  when the bus was made: nanoseconds since 1970
//        56      8  version of the library: major << 32 | minor << 16 | patch
//        64    128  the service's name, filled up with NULs
//       192     64  reserved
//       256      8  slots in the file; those beyond its end are not there yet
//       264      8  when the bus was stopped: nanoseconds since 1970; 0: it runs
//       272      8  sessions that were opened without a slot, since there was none left
//       280      8  when the statistics were written: nanoseconds since 1970
//       288     32  reserved
//       320    192  statistics: enum Statistic gives their order, 8 bytes each
//       512    128  times of callbacks: 15 counts, by DurationHistogram's bounds, then their sum in nanoseconds
//       640    128  delays of deliveries, likewise
//       768   3328  reserved
//
//    offset  bytes  slot
//         0      8  version: odd while what follows is being changed, up to the texts but for the values
//         8      8  the session's id; 0: the slot is free
//        16      8  when it was opened: nanoseconds since 1970
//        24      8  when it was closed; 0: it has not been
//        32      8  one byte each, from the lowest: state, outcome, canceled, units of the three stages, merge, reserved
//        40      8  lengths of the texts, 16 bits each, from the lowest: name, note, detail, reserved
//        48     16  reserved
//        64    144  six values, by key_index(role, stage); each 24 bytes: sequence, completed, total
//       208     48  reserved
//       256    256  name
//       512    256  note; longer ones are cut, not within a character of UTF-8
//       768    256  detail, likewise
//      1024     64  reserved: slots a power of two apart would get into each other's way in the caches
//
// Numbers are in the writer's byte order; what is reserved is 0. A value's sequence is all ones while it is
// being written. It stays so where the process was killed just then.
//
// Memory ordering: what is in front of offset 256 was written before the file appeared. The rest are 64-bit atomic words.
// A value is read as BoardCell::try_read does, and a slot's facts as SequencedRead does: version (acquire), the words
// (acquire), version again. Statistics are counters that hold each for itself.
//
// A reader takes nothing for granted: any process of the user can write such a file.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <headway/detail/atomics.hpp>
#include <headway/detail/board_cell.hpp>
#include <headway/detail/sequence_lock.hpp>
#include <headway/vocabulary.hpp>

namespace headway::board {

using Word = std::atomic<std::uint64_t>;
static_assert(sizeof(Word) == 8 && Word::is_always_lock_free);

inline constexpr std::array<char, 8> magic = {'h', 'e', 'a', 'd', 'w', 'a', 'y', '\0'};
inline constexpr std::uint32_t byte_order = 0x01020304;
inline constexpr std::uint16_t major_version = 1;
inline constexpr std::uint16_t minor_version = 0;
inline constexpr std::size_t text_bytes = 256;
inline constexpr std::size_t histogram_buckets = 15;

/// Places in Header::statistics. Times are in nanoseconds; what is not a state counts from the bus's start.
enum class Statistic : std::uint8_t {
  reports,
  updates,
  folds,
  refused_invalid,
  refused_aborted,
  refused_closed,
  ticks,
  wakeups,
  callbacks,
  callback_exceptions,
  late_deliveries,
  longest_callback,
  longest_delay,
  /// States, as of now.
  lanes,
  hot_lanes,
  open_sessions,
  subscriptions,
  /// Sessions opened so far.
  sessions,
  count
};

struct Histogram {
  std::array<Word, histogram_buckets> counts;
  Word sum;
};

/// What is written once.
struct HeaderFacts {
  std::array<char, 8> magic;
  std::uint32_t byte_order;
  std::uint16_t major_version;
  std::uint16_t minor_version;
  std::uint32_t header_bytes;
  std::uint32_t slot_bytes;
  std::uint32_t most_slots;
  std::uint32_t reserved_1;
  std::uint64_t process;
  std::uint64_t process_started;
  std::uint64_t made_at;
  std::uint64_t headway_version;
  std::array<char, 128> name;
  std::array<std::uint64_t, 8> reserved_2;
};

struct Header {
  HeaderFacts facts;
  Word slots;
  Word stopped_at;
  Word sessions_without_slot;
  Word statistics_at;
  std::array<Word, 4> reserved_3;
  std::array<Word, 24> statistics;
  Histogram callback_times;
  Histogram delivery_delays;
  std::array<Word, 416> reserved_4;
};
static_assert(std::is_standard_layout_v<Header> && sizeof(Header) == 4096);
static_assert(offsetof(HeaderFacts, process) == 32 && offsetof(HeaderFacts, name) == 64);
static_assert(offsetof(Header, slots) == 256 && offsetof(Header, statistics) == 320);
static_assert(offsetof(Header, callback_times) == 512 && offsetof(Header, delivery_delays) == 640);
static_assert(static_cast<std::size_t>(Statistic::count) <= 24);

enum class SlotState : std::uint8_t {
  free,
  open,
  /// Closed by its owner; the last values are on their way.
  closing,
  /// The values stand.
  closed
};

/// Slot::state, taken apart. Enumerators as numbers: another process may have written anything.
struct StateBytes {
  std::uint8_t state = 0;
  std::uint8_t outcome = 0;
  std::uint8_t canceled = 0;
  std::array<std::uint8_t, 3> units{};
  std::uint8_t merge = 0;

  [[nodiscard]] constexpr std::uint64_t packed() const noexcept {
    const std::array<std::uint8_t, 7> bytes = {state,    outcome,  canceled, units[0],
                                               units[1], units[2], merge};
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) word |= std::uint64_t{bytes[i]} << (8 * i);
    return word;
  }
  [[nodiscard]] static constexpr StateBytes unpacked(std::uint64_t word) noexcept {
    const auto byte = [word](unsigned at) { return static_cast<std::uint8_t>(word >> (8 * at)); };
    return {byte(0), byte(1), byte(2), {byte(3), byte(4), byte(5)}, byte(6)};
  }
};

using Text = std::array<Word, text_bytes / sizeof(Word)>;

struct Slot {
  Word version;
  Word id;
  Word opened_at;
  Word closed_at;
  Word state;
  Word lengths;
  std::array<Word, 2> reserved_1;
  std::array<detail::BoardCell<detail::StdAtomics>, keys_per_session> values;
  std::array<Word, 6> reserved_2;
  Text name;
  Text note;
  Text detail;
  std::array<Word, 8> reserved_3;
};
static_assert(std::is_standard_layout_v<Slot> && sizeof(Slot) == 1088);
static_assert(offsetof(Slot, values) == 64 && offsetof(Slot, name) == 256);
static_assert(offsetof(Slot, note) == 512 && offsetof(Slot, detail) == 768);

}  // namespace headway::board
