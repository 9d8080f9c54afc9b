#pragma once

#include <cstdint>

namespace kustodrop::spool {

/// How much source_reader reads at a time; where it makes rows, which are longer than their
/// records, less.
inline constexpr std::uint64_t bytes_chunk = 256 * 1024;
inline constexpr std::uint64_t rows_chunk = 32 * 1024;

/// "\n" as a gzip member of its own: members may be strung together (RFC 1952 §2.2).
inline constexpr char newline_member[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xe3\x02\x00\x93\x06\xd7\x32\x01\x00\x00\x00";

}  // namespace kustodrop::spool
