#include "spool/following/looking/log_ranges.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/following/content/log_bytes.hpp"
#include "spool/reading/records/tail_check.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace kustodrop::spool {

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

static bool holds(int file, const content_mark& mark) {
    return mark.length == 0 || hash_range(file, mark.end - mark.length, mark.end) == mark.hash;
}

// Before the first cut no anchor says what the log is: what was seen of it does, or the first bytes
// of a new life would be cut as those of the old one, and once more when that is judged.
static bool is_as_seen(int file, const log_state& log) {
    struct ::stat facts = {};
    if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
    if (static_cast<std::uint64_t>(facts.st_size) < log.size_seen()) return false;
    return (log.anchors.empty() || holds(file, log.anchors.back())) && holds(file, log.witness);
}

namespace {

struct readable_part {
    std::uint64_t from = 0;
    range_wish wish;
};

}  // namespace

// NULs that a writer has left in front of its text are not among the bytes that are wished for,
// however many these are: there may be more of them than a source may have bytes.
static readable_part without_nuls(
    int file, const log_state& log, range_wish wish, std::uint64_t size
) {
    auto from = log.position;
    auto seen = std::min(std::max(wish.limit, log.size_seen()), size);
    if (from == 0) from = skip_nuls(file, 0, seen);
    wish.limit = std::min(seen, wish.limit + (from - log.position));
    return {from, wish};
}

static bool is_utf16(int file) {
    auto mark = read_range(file, 0, 2);
    return mark && (*mark == "\xFF\xFE" || *mark == "\xFE\xFF");
}

static std::optional<log_range> wished_range(
    int file, const log_state& log, const range_wish& wish, const range_rules& rules
) {
    struct ::stat facts = {};
    if (::fstat(file, &facts) != 0) return std::nullopt;
    auto size = static_cast<std::uint64_t>(facts.st_size);
    if (std::min(wish.limit, size) <= log.position) return std::nullopt;
    auto within = without_nuls(file, log, wish, size);
    auto from = within.from;
    if (from >= within.wish.limit) return std::nullopt;
    auto found = find_record_end(file, from, within.wish, rules);
    if (found.end <= from) return std::nullopt;
    log_range out;
    out.split = found.split;
    out.is_alone = found.is_alone;
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
    for (auto end : found.inside) {
        out.inside.push_back(mark_before(file, end, rules.sizes.anchor));
    }
    out.head = log.head.value_or(head_mark(file, found.end, rules.sizes));
    if (out.anchor.hash == 0 || out.bytes.end_check == 0) return std::nullopt;
    return out;
}

range_search find_range(
    int file, const log_state& log, const range_wish& wish, const range_rules& rules
) {
    if (!is_as_seen(file, log)) return {std::nullopt, true};
    auto found = wished_range(file, log, wish, rules);
    // It may have been overwritten meanwhile.
    if (!is_as_seen(file, log)) return {std::nullopt, true};
    return {std::move(found)};
}

}  // namespace kustodrop::spool
