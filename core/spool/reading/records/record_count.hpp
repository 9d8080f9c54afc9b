#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kustodrop::spool {

/// What the service makes a row of.
enum class counted_record {
    line,       // A line that is not empty.
    separated,  // The same, where quoted fields may hold newlines (RFC 4180).
    object,     // A line that is one object of JSON.
    w3c,        // A line that is not a directive.
};

struct record_count_rules {
    counted_record what = counted_record::line;
    char separator = ',';             // counted_record::separated only.
    bool drops_first_record = false;  // A header, which is not a row.
};

/// Counts the records of text from its first byte to its last, in pieces of any size and in
/// constant memory. Pure.
class record_count {
public:
    explicit record_count(record_count_rules rules) : rules_(rules) {}

    void add(std::string_view bytes);

    /// Of all bytes so far, as if nothing followed. Nothing where they do not show it: a quote is
    /// open, or a line is not one object.
    std::optional<std::uint64_t> total() const;

private:
    enum class place { start, plain, quoted, quote };

    void take_mark(std::string_view& bytes);
    void take(std::string_view piece);
    void take_separated(std::string_view piece);
    void end_line();
    bool counts() const;

    record_count_rules rules_;
    std::uint64_t records_ = 0;
    unsigned mark_bytes_ = 0;  // Of a byte order mark at the start.
    bool is_behind_mark_ = false;
    bool is_odd_ = false;
    // Of the line or record that has not ended:
    place at_ = place::start;
    char first_ = '\0';  // That is not blank.
    char last_ = '\0';
};

}  // namespace kustodrop::spool
