#pragma once

#include <cstdint>
#include <string_view>

namespace kustodrop::spool {

/// So many bytes before a place in a file identify what was there.
inline constexpr std::size_t tail_check_bytes = 1024;

/// The CRC-32 of at most the last tail_check_bytes of these bytes; never 0, which means "not
/// known". What was appended to a file leaves it as it was; a file that was truncated and written
/// again has another.
std::uint32_t tail_check(std::string_view bytes);

/// The same of the bytes before `end` in an open file. 0: the file is shorter, or cannot be read.
/// Blocking.
std::uint32_t tail_check(int file, std::uint64_t end);

/// What the beginning of a range is known by: tail_check() of what is before it, or where nothing
/// is, of its own first bytes. Blocking.
std::uint32_t start_check(int file, std::uint64_t offset, std::uint64_t end);

/// Whether two checks speak of the same bytes, as far as both are known.
inline bool may_be_same(std::uint32_t a, std::uint32_t b) { return a == 0 || b == 0 || a == b; }

}  // namespace kustodrop::spool
