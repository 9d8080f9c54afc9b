#pragma once

#include <cstddef>
#include <string_view>

namespace kustodrop::spool {

/// So many of a file's first bytes decide compression_of().
inline constexpr std::size_t compression_head_bytes = 264;

/// The compression or archive that a file's first bytes show: "gzip", "zip", "bzip2", "xz", "zstd",
/// "lz4", "7z", "rar", "compress", "tar"; empty if none does.
std::string_view compression_of(std::string_view first_bytes);

/// What a blob is. The service learns it from the ending of its name (docs/protocol.md §5.3).
enum class stored_as { raw, gzip, zip };

}  // namespace kustodrop::spool
