#include "spool/following/content/log_bytes.hpp"

#include "spool/following/log_identity.hpp"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace kustodrop::spool {

// At one look, of the NULs behind the text of one log.
static constexpr std::uint64_t most_reserve_read = 16 * 1024 * 1024;

std::optional<std::string> read_range(int file, std::uint64_t from, std::uint64_t to) {
    std::string bytes(to - from, '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        auto at = static_cast<off_t>(from + have);
        auto got = ::pread(file, bytes.data() + have, bytes.size() - have, at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        have += static_cast<std::size_t>(got);
    }
    return bytes;
}

std::optional<std::uint64_t> hash_range(int file, std::uint64_t from, std::uint64_t to) {
    auto bytes = read_range(file, from, to);
    return bytes ? std::optional(content_hash(*bytes)) : std::nullopt;
}

std::uint64_t last_line_end(int file, std::uint64_t from, std::uint64_t limit) {
    for (auto end = limit; end > from;) {
        auto begin = end - std::min(block_bytes, end - from);
        auto bytes = read_range(file, begin, end);
        if (!bytes) return 0;
        auto newline = bytes->rfind('\n');
        if (newline != std::string::npos) return begin + newline + 1;
        end = begin;
    }
    return 0;
}

std::uint64_t first_line_end(int file, std::uint64_t from, std::uint64_t limit) {
    for (auto at = from; at < limit;) {
        auto bytes = read_range(file, at, at + std::min(block_bytes, limit - at));
        if (!bytes) return 0;
        auto newline = bytes->find('\n');
        if (newline != std::string::npos) return at + newline + 1;
        at += bytes->size();
    }
    return 0;
}

bool is_line_start(int file, std::uint64_t at) {
    if (at == 0) return true;
    auto before = read_range(file, at - 1, at);
    if (!before || before->front() == '\n' || before->front() == '\0') return true;
    auto next = read_range(file, at, at + 1);
    auto two = read_range(file, at, at + 2);
    return (next && *next == "\n") || (two && *two == "\r\n");
}

std::uint64_t character_end(int file, std::uint64_t from, std::uint64_t limit) {
    auto bytes = read_range(file, limit - std::min<std::uint64_t>(4, limit - from), limit);
    if (!bytes) return limit;
    for (auto i = bytes->size(); i-- > 0;) {
        auto byte = static_cast<unsigned char>((*bytes)[i]);
        auto behind = bytes->size() - i;
        if ((byte & 0x80) == 0) return limit;
        if ((byte & 0xC0) == 0x80) continue;
        std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
        return length > behind ? limit - behind : limit;
    }
    return limit;
}

// The end of the last data before `size`: what follows is a hole, as large as it may be. Looked for
// in ever larger ranges before the end. Where the file system does not say it, `size`.
static std::uint64_t data_end(int file, std::uint64_t size) {
    for (std::uint64_t range = block_bytes;; range *= 4) {
        auto begin = size - std::min(range, size);
        auto data = ::lseek(file, static_cast<off_t>(begin), SEEK_DATA);
        if (data < 0 && errno != ENXIO) return size;
        bool is_hole = data < 0 || static_cast<std::uint64_t>(data) >= size;
        if (is_hole && begin == 0) return 0;
        if (is_hole) continue;
        auto end = size;
        while (data >= 0 && static_cast<std::uint64_t>(data) < size) {
            auto hole = ::lseek(file, data, SEEK_HOLE);
            if (hole <= data) return size;
            end = std::min(size, static_cast<std::uint64_t>(hole));
            data = ::lseek(file, hole, SEEK_DATA);
        }
        return end;
    }
}

// The end of the text in [begin, end); 0: all of it is NULs, or cannot be read.
static std::uint64_t text_end(int file, std::uint64_t begin, std::uint64_t end) {
    auto bytes = read_range(file, begin, end);
    auto last = bytes ? bytes->find_last_not_of('\0') : std::string::npos;
    return last == std::string::npos ? 0 : begin + last + 1;
}

// The same for all before `end`, where so many NULs precede it that not all of them are read: as a
// reserve follows its text, this is looked for in ever larger steps, and then between two of them.
static std::uint64_t text_end_before(int file, std::uint64_t end) {
    std::uint64_t step = block_bytes;
    std::uint64_t text = 0;
    while (text == 0 && end > 0) {
        auto before = end - std::min(step, end);
        text = text_end(file, before, before + std::min(block_bytes, end - before));
        if (text == 0) end = before;
        step *= 2;
    }
    for (auto from = text; from > 0 && end - from > block_bytes;) {
        auto middle = from + (end - from) / 2;
        auto found = text_end(file, middle, std::min(end, middle + block_bytes));
        if (found > 0) from = text = found;
        if (found == 0) end = middle;
    }
    return text > 0 ? std::max(text, text_end(file, text, end)) : 0;
}

std::uint64_t size_without_reserve(int file, std::uint64_t size) {
    // Almost every log ends with text: one byte shows it.
    if (size == 0 || text_end(file, size - 1, size) > 0) return size;
    auto end = data_end(file, size);
    auto least = end - std::min(most_reserve_read, end);
    while (end > least) {
        auto begin = end - std::min(block_bytes, end - least);
        auto bytes = read_range(file, begin, end);
        if (!bytes) return size;
        auto last = bytes->find_last_not_of('\0');
        if (last != std::string::npos) return begin + last + 1;
        end = begin;
    }
    return text_end_before(file, end);
}

std::uint64_t skip_nuls(int file, std::uint64_t from, std::uint64_t limit) {
    while (from < limit) {
        auto data = ::lseek(file, static_cast<off_t>(from), SEEK_DATA);
        if (data > 0) from = std::max(from, static_cast<std::uint64_t>(data));
        if (from >= limit) break;
        auto bytes = read_range(file, from, from + std::min(block_bytes, limit - from));
        if (!bytes) return from;
        auto text = bytes->find_first_not_of('\0');
        if (text != std::string::npos) return from + text;
        from += bytes->size();
    }
    return limit;
}

}  // namespace kustodrop::spool
