#include "spool/following/looking/log_ranges.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/reading/records/tail_check.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace kustodrop::spool {

static constexpr std::uint64_t block_bytes = 64 * 1024;

// At one look, of the NULs behind the text of one log.
static constexpr std::uint64_t most_reserve_read = 16 * 1024 * 1024;

// All of [from, to), or nothing.
static std::optional<std::string> read_range(int file, std::uint64_t from, std::uint64_t to) {
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

// A newline may be quoted: the records are read from the position on, where none is open.
static std::uint64_t last_record_end(
    int file, std::uint64_t from, std::uint64_t limit, const record_form& form
) {
    record_scan records(form.syntax, form.separator);
    for (auto at = from; at < limit;) {
        auto bytes = read_range(file, at, at + std::min(block_bytes, limit - at));
        if (!bytes) return 0;
        records.add(*bytes);
        at += bytes->size();
    }
    return records.last_end() > 0 ? from + records.last_end() : 0;
}

// Of records of several lines: they are read from the position on, where none is open.
static std::uint64_t last_entry_end(
    int file, std::uint64_t from, std::uint64_t limit, const record_rules& rules
) {
    record_reader records(rules, from, [](const found_record&) {});
    for (auto at = from; at < limit;) {
        auto bytes = read_range(file, at, at + std::min(block_bytes, limit - at));
        if (!bytes) return 0;
        records.add(*bytes);
        at += bytes->size();
    }
    return records.whole_until() > from ? records.whole_until() : 0;
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

// A writer that kept its place in a log that was truncated leaves NULs in front.
static std::uint64_t skip_nuls(int file, std::uint64_t from, std::uint64_t limit) {
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

static content_mark mark_before(int file, std::uint64_t end, std::uint64_t most) {
    auto length = std::min(end, most);
    if (length == 0) return {};
    return {end, length, hash_range(file, end - length, end).value_or(0)};
}

// Of the first line, so that it is the same wherever the first cut ends.
static content_mark head_mark(int file, std::uint64_t end, const evidence_sizes& sizes) {
    auto most = std::min(end, sizes.head);
    auto bytes = read_range(file, 0, most);
    auto newline = bytes ? bytes->find('\n') : std::string::npos;
    if (newline != std::string::npos) most = newline + 1;
    return mark_before(file, most, most);
}

static bool is_as_read(int file, const log_state& log) {
    if (log.anchors.empty()) return true;
    auto& last = log.anchors.back();
    return hash_range(file, last.end - last.length, last.end) == last.hash;
}

// A character of UTF-8 is not cut.
static std::uint64_t character_end(int file, std::uint64_t from, std::uint64_t limit) {
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

namespace {

struct found_end {
    std::uint64_t end = 0;
    bool splits_record = false;
};

}  // namespace

static found_end find_end(
    int file, std::uint64_t from, const range_wish& wish, const range_rules& rules
) {
    if (wish.takes_unfinished) return {wish.limit, false};
    if (wish.takes_quiet) return {last_line_end(file, from, wish.limit), false};
    if (rules.records.kind != record_kind::lines) {
        auto end = last_entry_end(file, from, wish.limit, rules.records);
        // The reader cuts within what is longer than a record may be, at the same places.
        if (end > 0 || wish.limit - from <= rules.max_record) return {end, false};
        return {last_line_end(file, from, wish.limit), true};
    }
    bool quoted = rules.form.syntax == record_syntax::separated;
    auto end = quoted ? last_record_end(file, from, wish.limit, rules.form)
                      : last_line_end(file, from, wish.limit);
    if (end > 0 || wish.limit - from < rules.max_record) return {end, false};
    // A quote that is never closed, or a line without an end.
    end = quoted ? last_line_end(file, from, wish.limit) : 0;
    if (end == 0) end = character_end(file, from, wish.limit);
    return {end, true};
}

static bool is_utf16(int file) {
    auto mark = read_range(file, 0, 2);
    return mark && (*mark == "\xFF\xFE" || *mark == "\xFE\xFF");
}

std::optional<log_range> find_range(
    int file, const log_state& log, const range_wish& wish, const range_rules& rules
) {
    struct ::stat facts = {};
    if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
    auto limit = std::min(wish.limit, static_cast<std::uint64_t>(facts.st_size));
    if (limit <= log.position || !is_as_read(file, log)) return std::nullopt;
    auto from = log.position > 0 ? log.position : skip_nuls(file, 0, limit);
    if (from >= limit) return std::nullopt;
    auto found =
        find_end(file, from, {wish.log, limit, wish.takes_unfinished, wish.takes_quiet}, rules);
    if (found.end <= from) return std::nullopt;
    log_range out;
    out.splits_record = found.splits_record;
    out.is_utf16 = from == 0 && found.end > 1 && is_utf16(file);
    out.bytes.name = log.name;
    out.bytes.location = log.name;
    out.bytes.offset = from;
    out.bytes.length_bytes = found.end - from;
    out.bytes.identity = identity_of(facts);
    // The open file of a compressed log is not the log's own.
    out.bytes.identity.inode = log.file.inode;
    out.bytes.identity.born_ns = log.file.born_ns;
    out.bytes.start_check = start_check(file, from, found.end);
    out.bytes.end_check = tail_check(file, found.end);
    out.anchor = mark_before(file, found.end, rules.sizes.anchor);
    out.head = log.head.value_or(head_mark(file, found.end, rules.sizes));
    if (out.anchor.hash == 0 || out.bytes.end_check == 0) return std::nullopt;
    // It may have been overwritten meanwhile.
    if (!is_as_read(file, log)) return std::nullopt;
    return out;
}

}  // namespace kustodrop::spool
