#include "spool/following/content/record_ends.hpp"

#include "spool/following/content/log_bytes.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::spool {

namespace {

// Some of the ends of records in a range, far apart.
class spaced_places {
public:
    spaced_places(std::uint64_t from, std::uint64_t limit, std::uint64_t least)
        : most_(from == 0 ? 11u : 3u), last_(from) {
        step_ = std::max(least, (limit - from) / (most_ + 1));
    }

    std::uint64_t step() const { return step_; }
    std::uint64_t next() const { return last_ + step_; }
    bool is_full() const { return places_.size() == most_; }

    void add(std::uint64_t end) {
        if (end < next() || is_full()) return;
        places_.push_back(end);
        last_ = end;
    }

    std::vector<std::uint64_t> before(std::uint64_t end) {
        while (!places_.empty() && places_.back() >= end) places_.pop_back();
        return std::move(places_);
    }

private:
    std::size_t most_;
    std::uint64_t last_;
    std::uint64_t step_ = 0;
    std::vector<std::uint64_t> places_;
};

}  // namespace

// `add` takes bytes and returns where the last record of all so far ends.
template <class F>
static record_end scan(
    int file, std::uint64_t from, std::uint64_t limit, const range_rules& rules, F add
) {
    spaced_places places(from, limit, rules.sizes.least);
    auto piece = std::min(block_bytes, places.step() / 4 + 1);
    record_end out;
    for (auto at = from; at < limit;) {
        auto bytes = read_range(file, at, at + std::min(piece, limit - at));
        if (!bytes) return {};
        out.end = add(*bytes);
        if (out.end > from) places.add(out.end);
        at += bytes->size();
    }
    if (out.end <= from) return {};
    out.inside = places.before(out.end);
    return out;
}

// Lines are not read: their ends are looked for where they are wanted.
static record_end last_line(
    int file, std::uint64_t from, std::uint64_t limit, const range_rules& rules
) {
    record_end out;
    out.end = last_line_end(file, from, limit);
    spaced_places places(from, limit, rules.sizes.least);
    for (auto at = places.next(); at < out.end && !places.is_full();) {
        places.add(first_line_end(file, at, out.end));
        at = std::max(at + places.step(), places.next());
    }
    out.inside = places.before(out.end);
    return out;
}

static record_end cut_within(int file, std::uint64_t from, std::uint64_t limit) {
    return {character_end(file, from, limit), record_split::length};
}

static record_end end_of_lines(
    int file, std::uint64_t from, const range_wish& wish, const range_rules& rules
) {
    if (wish.takes_unfinished) return {wish.limit};
    auto found = last_line(file, from, wish.limit, rules);
    if (found.end > 0 || wish.limit - from < rules.max_record) return found;
    return cut_within(file, from, wish.limit);
}

// Of records of several lines, or parts: they are read from the position on, where none is open.
static record_end end_of_entries(
    int file, std::uint64_t from, const range_wish& wish, const range_rules& rules
) {
    if (wish.takes_unfinished) return {wish.limit};
    if (wish.takes_quiet) return {last_line_end(file, from, wish.limit)};
    record_reader records(rules.records, from, [](const found_record&) {});
    auto found = scan(file, from, wish.limit, rules, [&](std::string_view bytes) {
        records.add(bytes);
        return records.whole_until();
    });
    // The reader cuts within what is longer than a record may be, at the same places.
    bool is_full = wish.limit - from >= rules.max_range;
    if (found.end > 0 || (wish.limit - from <= rules.max_record && !is_full)) return found;
    auto line = last_line_end(file, from, wish.limit);
    if (line == 0 && is_full) return cut_within(file, from, wish.limit);
    return {line, record_split::length};
}

// A newline may be quoted: the records are read from the position on, where no quotation is open.
static record_end end_of_separated(
    int file, std::uint64_t from, const range_wish& wish, const range_rules& rules
) {
    bool is_start = is_line_start(file, from);
    bool is_late = wish.takes_quiet || wish.takes_unfinished;
    if (is_start && !is_late) {
        record_scan records(rules.form.syntax, rules.form.separator);
        auto found = scan(file, from, wish.limit, rules, [&](std::string_view bytes) {
            records.add(bytes);
            return from + records.last_end();
        });
        if (found.end > 0) return found;
    }
    bool is_long = wish.limit - from >= rules.max_record;
    auto line = !is_start || is_late || is_long ? first_line_end(file, from, wish.limit) : 0;
    if (line > 0) return {line, is_start ? record_split::quote : record_split::rest, true};
    if (wish.takes_unfinished) return {wish.limit, record_split::none, true};
    if (!is_long) return {};
    auto found = cut_within(file, from, wish.limit);
    found.is_alone = true;
    return found;
}

record_end find_record_end(
    int file, std::uint64_t from, const range_wish& wish, const range_rules& rules
) {
    if (rules.records.kind != record_kind::lines) return end_of_entries(file, from, wish, rules);
    bool is_separated = rules.form.syntax == record_syntax::separated;
    if (is_separated) return end_of_separated(file, from, wish, rules);
    return end_of_lines(file, from, wish, rules);
}

}  // namespace kustodrop::spool
