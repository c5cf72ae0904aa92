// SPDX-License-Identifier: MIT
#include "boards/reader.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "boards/fault_guard.hpp"
#include "display/escape.hpp"

namespace headway::tools {

namespace {

using board::Header;
using board::Slot;
using board::SlotState;
using board::StateBytes;
using board::Statistic;

/// A writer is never long inside; one that was killed there stays.
constexpr int tries = 64;
/// What a later minor version might make of a header or a slot.
constexpr std::uint32_t largest_part = 1U << 20;

std::uint64_t load(const board::Word& word) { return word.load(std::memory_order_acquire); }

WallTime wall_time(std::uint64_t nanoseconds) {
  return WallTime(std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds)));
}

std::optional<WallTime> wall_time_if_any(std::uint64_t nanoseconds) {
  if (nanoseconds == 0) return std::nullopt;
  return wall_time(nanoseconds);
}

std::string version_text(std::uint64_t version) {
  return std::to_string(version >> 32) + "." + std::to_string(version >> 16 & 0xFFFF) + "." +
         std::to_string(version & 0xFFFF);
}

/// The number as an enumerator, or the first one if it is none of the `count`.
template <class Enum>
Enum enumerator(std::uint8_t number, std::uint8_t count) {
  return static_cast<Enum>(number < count ? number : 0);
}

using FactsRead = detail::SequencedRead<board::Word>;

std::string text_of(const FactsRead& read, const board::Text& words, std::uint64_t length) {
  std::string text(std::min<std::uint64_t>(length & 0xFFFF, board::text_bytes), '\0');
  for (std::size_t at = 0; at < text.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t word = read.load(words[at / sizeof word]);
    std::memcpy(text.data() + at, &word, std::min(sizeof word, text.size() - at));
  }
  return text;
}

/// One try: false if the facts were changed meanwhile, or are being changed.
bool try_read_facts(const Slot& slot, SessionView& session) {
  const FactsRead read(slot.version);
  session.info.id = SessionId(read.load(slot.id));
  session.opened_at = wall_time(read.load(slot.opened_at));
  session.closed_at = wall_time_if_any(read.load(slot.closed_at));
  const StateBytes state = StateBytes::unpacked(read.load(slot.state));
  const auto phase = enumerator<SlotState>(state.state, 4);
  if (phase == SlotState::free) session.info.id = {};
  session.closing = phase == SlotState::closing;
  session.info.outcome.reset();
  if (phase == SlotState::closing || phase == SlotState::closed) {
    session.info.outcome = enumerator<Outcome>(state.outcome, 4);
  }
  session.info.canceled = state.canceled != 0;
  for (std::size_t i = 0; i < state.units.size(); ++i) {
    session.info.units[i] = enumerator<Unit>(state.units[i], 2);
  }
  session.merge = enumerator<Merge>(state.merge, 4);
  const std::uint64_t lengths = read.load(slot.lengths);
  session.info.name = text_of(read, slot.name, lengths);
  session.info.note = text_of(read, slot.note, lengths >> 16);
  session.info.detail = text_of(read, slot.detail, lengths >> 32);
  return read.is_whole();
}

/// False if there is no session in the slot, or nothing that can be read.
bool read_session(const Slot& slot, SessionView& session) {
  for (int i = 0; i < tries; ++i) {
    if (load(slot.id) == 0) return false;
    if (!try_read_facts(slot, session)) continue;
    for (std::size_t key = 0; key < keys_per_session; ++key) {
      detail::BoardValue value;
      int left = tries;
      while (!slot.values[key].try_read(value) && --left > 0) {
      }
      if (left == 0) value = {};
      session.info.values[key] = {value.completed, value.total, value.sequence};
    }
    // The slot may have been given to another session while its values were read.
    if (SessionId(load(slot.id)) == session.info.id) return session.info.id != SessionId();
  }
  return false;
}

DurationHistogram histogram_of(const board::Histogram& from) {
  DurationHistogram to;
  for (std::size_t i = 0; i < to.counts.size(); ++i) to.counts[i] = load(from.counts[i]);
  to.sum = std::chrono::nanoseconds(static_cast<std::int64_t>(load(from.sum)));
  return to;
}

}  // namespace

void BoardReader::fail(const std::string& what) const {
  throw BoardError("board " + quoted(file_.native(), true) + " " + what);
}

BoardReader::BoardReader(std::filesystem::path file) : file_(std::move(file)) {
  fd_ = Fd(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (fd_.get() < 0) {
    fail(errno == ELOOP ? "is a symbolic link; links are not followed"
                        : std::string("cannot be opened: ") + std::strerror(errno));
  }
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0)
    fail(std::string("cannot be looked at: ") + std::strerror(errno));
  if (!S_ISREG(status.st_mode)) fail("is no regular file");
  if (status.st_uid != ::geteuid()) fail("belongs to another user");
  constexpr mode_t others = 077;
  if ((status.st_mode & others) != 0) fail("is open to other users; its mode must be 0600");
  map(static_cast<std::size_t>(status.st_size));
  check_header();
}

Mapping::~Mapping() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), bytes_);
}

void BoardReader::map(std::size_t bytes) {
  if (bytes < sizeof(Header)) {
    fail("has " + std::to_string(bytes) + " bytes; a board has " + std::to_string(sizeof(Header)) +
         " at least");
  }
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd_.get(), 0);
  if (mapped == MAP_FAILED) fail(std::string("cannot be mapped: ") + std::strerror(errno));
  mapped_ = Mapping(mapped, bytes);
}

const Header& BoardReader::header() const noexcept {
  return *reinterpret_cast<const Header*>(mapped_.data());
}

void BoardReader::check_header() {
  const FaultGuard guard(mapped_.data(), mapped_.size());
  // From a copy: what has been checked cannot be changed.
  std::memcpy(&facts_, mapped_.data(), sizeof facts_);
  if (guard.missed()) fail("became shorter while it was read");
  if (facts_.magic != board::magic) fail("does not begin as a board does");
  if (facts_.byte_order != board::byte_order) fail("was written in another byte order");
  if (facts_.major_version != board::major_version) {
    fail("has version " + std::to_string(facts_.major_version) + "." +
         std::to_string(facts_.minor_version) + "; this command reads version " +
         std::to_string(board::major_version));
  }
  const auto wrong = [](std::uint32_t bytes, std::size_t least) {
    return bytes < least || bytes > largest_part || bytes % alignof(Slot) != 0;
  };
  if (wrong(facts_.header_bytes, sizeof(Header))) {
    fail("says that its header has " + std::to_string(facts_.header_bytes) + " bytes; it must be " +
         std::to_string(sizeof(Header)) + " or a little more");
  }
  if (wrong(facts_.slot_bytes, sizeof(Slot))) {
    fail("says that a slot has " + std::to_string(facts_.slot_bytes) + " bytes; it must be " +
         std::to_string(sizeof(Slot)) + " or a little more");
  }
}

std::size_t BoardReader::map_slots() {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0)
    fail(std::string("cannot be looked at: ") + std::strerror(errno));
  const auto bytes = static_cast<std::size_t>(status.st_size);
  if (bytes < mapped_.size()) fail("has become shorter");
  if (bytes > mapped_.size()) map(bytes);
  const std::uint64_t slots = [this] {
    const FaultGuard guard(mapped_.data(), mapped_.size());
    return load(header().slots);
  }();
  const std::size_t room = mapped_.size() < facts_.header_bytes
                               ? 0
                               : (mapped_.size() - facts_.header_bytes) / facts_.slot_bytes;
  if (slots > room) {
    // It may have grown since it was measured.
    if (::fstat(fd_.get(), &status) == 0 && static_cast<std::size_t>(status.st_size) > bytes)
      return room;
    fail("says that it has " + std::to_string(slots) + " slots, and has room for " +
         std::to_string(room));
  }
  return static_cast<std::size_t>(slots);
}

ServiceView BoardReader::read() {
  ServiceView service;
  service.file = file_.filename().native();
  const auto end = std::find(facts_.name.begin(), facts_.name.end(), '\0');
  service.name.assign(facts_.name.begin(), end);
  service.process = facts_.process;
  service.made_at = wall_time(facts_.made_at);
  service.headway_version = version_text(facts_.headway_version);
  service.alive = alive();

  // The mapping may be replaced by a longer one before the slots are read, not while they are.
  const std::size_t slots = map_slots();
  const FaultGuard guard(mapped_.data(), mapped_.size());
  const Header& head = header();
  service.stopped_at = wall_time_if_any(load(head.stopped_at));
  service.sessions_without_slot = load(head.sessions_without_slot);
  for (std::size_t i = 0; i < service.statistics.size(); ++i) {
    service.statistics[i] = load(head.statistics[i]);
  }
  service.statistics_at = wall_time(load(head.statistics_at));
  service.callback_times = histogram_of(head.callback_times);
  service.delivery_delays = histogram_of(head.delivery_delays);
  SessionView session;
  for (std::size_t i = 0; i < slots && !guard.missed(); ++i) {
    const std::byte* const at = mapped_.data() + facts_.header_bytes + i * facts_.slot_bytes;
    if (read_session(*reinterpret_cast<const Slot*>(at), session)) {
      service.sessions.push_back(session);
    }
  }
  if (guard.missed()) fail("became shorter while it was read");
  std::ranges::sort(service.sessions, {}, [](const SessionView& view) { return view.info.id; });
  return service;
}

bool BoardReader::alive() const noexcept {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  // Where locks cannot be asked for, better too alive than too dead.
  return ::fcntl(fd_.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

bool BoardReader::linked() const noexcept {
  struct stat status {};
  return ::fstat(fd_.get(), &status) == 0 && status.st_nlink != 0;
}

}  // namespace headway::tools
