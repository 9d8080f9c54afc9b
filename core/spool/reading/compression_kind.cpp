#include "spool/reading/compression_kind.hpp"

namespace kustodrop::spool {

// "BZh", the level, and the first block's mark, or the end's where there is none: a text may well
// begin with "BZh1".
static bool is_bzip2(std::string_view first) {
    if (!first.starts_with("BZh") || first.size() < 10) return false;
    auto mark = first.substr(4, 6);
    return mark == "1AY&SY" || mark == "\x17rE8P\x90";
}

// Its own frame, or one that readers skip, with which pzstd and seekable files begin.
static bool is_zstd(std::string_view first) {
    if (first.starts_with("\x28\xB5\x2F\xFD")) return true;
    return first.size() >= 4 && first.substr(1, 3) == "\x2A\x4D\x18" && first[0] >= '\x50' &&
           first[0] <= '\x5F';
}

// With files in it, without any, or a part of a split one.
static bool is_zip(std::string_view first) {
    return first.starts_with("PK\x03\x04") || first.starts_with("PK\x05\x06") ||
           first.starts_with("PK\x07\x08");
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
    if (is_zip(first_bytes)) return "zip";
    if (first_bytes.starts_with(std::string_view(
            "\xFD"
            "7zXZ\0",
            6
        ))) {
        return "xz";
    }
    if (is_zstd(first_bytes)) return "zstd";
    if (first_bytes.starts_with("\x04\x22\x4D\x18")) return "lz4";
    if (first_bytes.starts_with("7z\xBC\xAF\x27\x1C")) return "7z";
    if (first_bytes.starts_with("Rar!\x1A\x07")) return "rar";
    if (first_bytes.starts_with("\x1F\x9D")) return "compress";
    if (is_bzip2(first_bytes)) return "bzip2";
    return is_tar(first_bytes) ? "tar" : "";
}

}  // namespace kustodrop::spool
