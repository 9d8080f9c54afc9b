#include "spool/reading/zip_directory.hpp"

#include "base/text.hpp"
#include "spool/reading/read_failures.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace kustodrop::spool {

// The record at the end, with the longest comment behind it, and the fixed part of an entry.
static constexpr std::size_t end_bytes = 22;
static constexpr std::size_t longest_comment = 65535;
static constexpr std::size_t entry_bytes = 46;

static constexpr std::uint64_t see_zip64 = 0xFFFFFFFF;

// The low byte first.
static std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t length) {
    std::uint64_t out = 0;
    while (length-- > 0) out = out << 8u | static_cast<unsigned char>(bytes[at + length]);
    return out;
}

static std::optional<std::uint64_t> sum_of_entries(
    std::uint64_t offset, std::uint64_t entries, const read_archive& read
) {
    std::uint64_t sum = 0;
    std::array<char, entry_bytes> buffer{};
    std::string_view entry(buffer.data(), buffer.size());
    for (std::uint64_t i = 0; i < entries; ++i) {
        if (!read(offset, buffer) || !entry.starts_with("PK\x01\x02")) return std::nullopt;
        auto size = number_at(entry, 24, 4);
        if (size == see_zip64) return std::nullopt;
        sum += size;
        // The name, the extra field and the comment follow it.
        auto rest = number_at(entry, 28, 2) + number_at(entry, 30, 2) + number_at(entry, 32, 2);
        offset += entry_bytes + rest;
    }
    return sum;
}

std::optional<zip_directory> read_zip_directory(std::uint64_t bytes, const read_archive& read) {
    std::string tail(std::min<std::uint64_t>(bytes, end_bytes + longest_comment), '\0');
    if (tail.size() < end_bytes || !read(bytes - tail.size(), tail)) return std::nullopt;
    auto at = tail.rfind("PK\x05\x06", tail.size() - end_bytes);
    if (at == std::string::npos) return std::nullopt;
    std::string_view end(tail.data() + at, end_bytes);
    zip_directory out;
    out.entries = number_at(end, 10, 2);
    auto offset = number_at(end, 16, 4);
    if (offset == see_zip64 || out.entries == 0xFFFF) return out;
    out.raw_bytes = sum_of_entries(offset, out.entries, read);
    return out;
}

// The directory stands at the end: without it the archive is cut, and cannot be read.
result<std::uint64_t> raw_bytes_of_archive(slice_files& files, const reader_options& options) {
    auto& what = files.current();
    auto read = [&](std::uint64_t offset, std::span<char> into) {
        bool fits = offset <= what.length_bytes && into.size() <= what.length_bytes - offset;
        return fits && files.read_whole(offset, into).has_value();
    };
    auto directory = read_zip_directory(what.length_bytes, read);
    if (!directory) {
        auto detail = printable(what.name) + " ends before the directory of the zip archive";
        return failure{errc::unreadable, remedy::retry, detail};
    }
    bool is_empty = directory->entries == 0 || directory->raw_bytes == std::uint64_t(0);
    if (is_empty && options.data) return holds_no_data(what);
    auto bytes = directory->raw_bytes.value_or(what.length_bytes);
    if (bytes > options.max_raw_bytes) return exceeds_limit(bytes, options.max_raw_bytes);
    return bytes;
}

}  // namespace kustodrop::spool
