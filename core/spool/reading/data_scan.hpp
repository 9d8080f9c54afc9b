#pragma once

#include "spool/reading/quotes.hpp"

#include <cstdint>
#include <string_view>

namespace kustodrop::spool {

/// What counts as data in a file.
enum class data_syntax {
    bytes,      // Every byte. Binary formats.
    whole,      // Every byte but a byte order mark: the file is one value.
    lines,      // Lines that are not empty.
    separated,  // The same, where quoted fields may hold newlines: CSV and its relatives.
    json,       // Everything but white space.
    w3c,        // Lines that are neither empty nor directives.
};

struct data_rules {
    data_syntax syntax = data_syntax::bytes;
    char separator = ',';  // data_syntax::separated only.

    /// The first record is a header, which does not count: lines and separated only.
    bool drops_first_record = false;
};

/// Finds out whether a source holds any data, from its first byte to its last, in pieces of any
/// size. Of a source without data the service ingests nothing and reports a failure. Where readers
/// may differ on where a header ends, there is data. Pure.
class data_scan {
public:
    explicit data_scan(data_rules rules);

    void add(std::string_view bytes);

    /// Whether data was found, so that nothing more need be added.
    bool found() const { return found_; }

    /// After the last byte: whether there is data.
    bool has_data() const;

private:
    enum class part { mark, utf8_mark, utf16_mark, header, body };

    void take(char byte);
    void take_of_mark(char byte);
    void take_of_header(char byte);
    void take_of_body(char byte);
    bool is_blank(char byte) const;

    data_rules rules_;
    bool found_ = false;
    part part_ = part::mark;
    unsigned mark_bytes_ = 0;
    bool is_utf16_ = false;

    quote_scan quotes_;
    std::uint64_t header_bytes_ = 0;
    bool header_has_text_ = false;
    bool line_ended_ = false;  // The last byte was a carriage return.

    bool in_directive_ = false;
};

}  // namespace kustodrop::spool
