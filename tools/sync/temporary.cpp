// SPDX-License-Identifier: MIT
#include "sync/temporary.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <random>

namespace headway::tools {

namespace {

constexpr std::string_view prefix = ".headway-";
constexpr std::string_view suffix = ".tmp";
constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuv";
constexpr std::size_t random_characters = 12;

std::uint64_t seed() {
  std::uint64_t value = 0;
  if (::getrandom(&value, sizeof value, GRND_NONBLOCK) != sizeof value)
    value = std::random_device{}();
  return value;
}

}  // namespace

bool is_temporary_name(std::string_view name) {
  if (name.size() != prefix.size() + random_characters + suffix.size()) return false;
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return false;
  name.remove_prefix(prefix.size());
  name.remove_suffix(suffix.size());
  return name.find_first_not_of(alphabet) == std::string_view::npos;
}

Temporary::Temporary(int directory) : directory_(directory) {}

Temporary::~Temporary() {
  if (made_) ::unlinkat(directory_, name_.c_str(), 0);
}

void Temporary::draw_name() {
  thread_local std::mt19937_64 random(seed());
  name_ = prefix;
  std::uint64_t bits = random();
  for (std::size_t i = 0; i < random_characters; ++i, bits >>= 5U) name_ += alphabet[bits & 31U];
  name_ += suffix;
}

int Temporary::create_file() {
  int fd = -1;
  do {
    draw_name();
    fd = ::openat(directory_, name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  0600);
  } while (fd < 0 && errno == EEXIST);
  made_ = fd >= 0;
  return fd;
}

bool Temporary::create_link(const std::string& target) {
  do {
    draw_name();
    made_ = ::symlinkat(target.c_str(), directory_, name_.c_str()) == 0;
  } while (!made_ && errno == EEXIST);
  return made_;
}

bool Temporary::install(const std::string& name) {
  if (::renameat(directory_, name_.c_str(), directory_, name.c_str()) != 0) return false;
  made_ = false;
  return true;
}

}  // namespace headway::tools
