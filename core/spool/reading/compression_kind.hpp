#pragma once

#include <cstddef>
#include <string_view>

namespace kustodrop::spool {

/// So many of a file's first bytes decide compression_of().
inline constexpr std::size_t compression_head_bytes = 264;

/// The compression or archive that a file's first bytes show: "gzip", "zip", "bzip2", "xz", "zstd",
/// "lz4", "tar"; empty if none does.
std::string_view compression_of(std::string_view first_bytes);

/// Whether the ingestion service reads it.
bool is_supported_compression(std::string_view name);

}  // namespace kustodrop::spool
