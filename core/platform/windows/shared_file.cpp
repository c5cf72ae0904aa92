// SPDX-License-Identifier: MIT
//
// There is no board here yet: a bus that is to have one cannot be made.
#include "core/shared_file.hpp"

#include <system_error>

namespace headway::detail {

SharedFile::SharedFile(std::size_t, std::size_t most_bytes) : most_bytes_(most_bytes) {
  throw std::system_error(std::make_error_code(std::errc::function_not_supported),
                          "headway: shared memory for a board, on Windows");
}
SharedFile::~SharedFile() = default;
bool SharedFile::grow(std::size_t bytes) noexcept { return bytes <= most_bytes_; }
void SharedFile::publish() {}
void SharedFile::unpublish() noexcept {}

void lock_shared_files() noexcept {}
void unlock_shared_files() noexcept {}
void close_shared_files() noexcept {}

std::string program_name() { return {}; }
ProcessIdentity this_process() noexcept { return {}; }
const char* trusted_environment(const char* /*variable*/) noexcept { return nullptr; }

}  // namespace headway::detail
