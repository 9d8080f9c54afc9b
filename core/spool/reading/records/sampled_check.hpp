#pragma once

#include <cstdint>
#include <string_view>

namespace kustodrop::spool {

/// A file up to this size is checked whole.
inline constexpr std::uint64_t checked_whole_bytes = 16 * 1024;

/// The CRC-32 of these bytes, or where there are more than checked_whole_bytes, of five samples of
/// them: their beginning, their end, and three places in between; never 0, which means "not known".
/// What was appended to a file leaves that of the bytes before it as it was; a file that was
/// written again has another, unless it differs between the samples alone.
std::uint32_t sampled_check(std::string_view bytes);

/// The same of the bytes before `end` in an open file. 0: the file is shorter, or cannot be read.
/// Blocking.
std::uint32_t sampled_check(int file, std::uint64_t end);

/// Whether the bytes before `end` may be those of which `check` was made, as far as that is known.
/// Knows the checks of earlier releases too, which are of the last 1 KiB. Blocking.
bool may_be_as_checked(int file, std::uint64_t end, std::uint32_t check);

}  // namespace kustodrop::spool
