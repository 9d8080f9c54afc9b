#pragma once

#include <cstdint>
#include <optional>
#include <string>

/// The bytes of open logs. Every function blocks.
namespace kustodrop::spool {

inline constexpr std::uint64_t block_bytes = 64 * 1024;

/// All of [from, to), or nothing.
std::optional<std::string> read_range(int file, std::uint64_t from, std::uint64_t to);

/// content_hash() of these bytes; nothing if they cannot be read.
std::optional<std::uint64_t> hash_range(int file, std::uint64_t from, std::uint64_t to);

/// The end of the last line that ends at or before `limit` and behind `from`; 0: none.
std::uint64_t last_line_end(int file, std::uint64_t from, std::uint64_t limit);

/// The same of the first one.
std::uint64_t first_line_end(int file, std::uint64_t from, std::uint64_t limit);

/// Whether a line begins there, as far as the bytes around it say.
bool is_line_start(int file, std::uint64_t at);

/// The last place at or before `limit` that is not within a character of UTF-8.
std::uint64_t character_end(int file, std::uint64_t from, std::uint64_t limit);

/// The size without the NULs that a writer has put behind its text to reserve room.
std::uint64_t size_without_reserve(int file, std::uint64_t size);

/// Where text begins: a writer that kept its place in a log that was truncated leaves NULs in
/// front.
std::uint64_t skip_nuls(int file, std::uint64_t from, std::uint64_t limit);

}  // namespace kustodrop::spool
