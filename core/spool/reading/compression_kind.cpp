#include "spool/reading/compression_kind.hpp"

namespace kustodrop::spool {

// "BZh", the level, and the first block's mark: a text may well begin with "BZh1".
static bool is_bzip2(std::string_view first) {
    return first.starts_with("BZh") && first.size() >= 10 && first.substr(4, 6) == "1AY&SY";
}

// The mark of a header of POSIX or GNU tar, which follows the first file's name and facts.
static bool is_tar(std::string_view first) {
    static constexpr std::size_t mark_at = 257;
    if (first.size() < mark_at + 7) return false;
    auto mark = first.substr(mark_at, 6);
    return mark == std::string_view("ustar\0", 6) || mark == "ustar ";
}

std::string_view compression_of(std::string_view first_bytes) {
    if (first_bytes.starts_with("\x1F\x8B")) return "gzip";
    if (first_bytes.starts_with("PK\x03\x04")) return "zip";
    if (first_bytes.starts_with(std::string_view(
            "\xFD"
            "7zXZ\0",
            6
        ))) {
        return "xz";
    }
    if (first_bytes.starts_with("\x28\xB5\x2F\xFD")) return "zstd";
    if (first_bytes.starts_with("\x04\x22\x4D\x18")) return "lz4";
    if (is_bzip2(first_bytes)) return "bzip2";
    return is_tar(first_bytes) ? "tar" : "";
}

bool is_supported_compression(std::string_view name) { return name == "gzip" || name == "zip"; }

}  // namespace kustodrop::spool
