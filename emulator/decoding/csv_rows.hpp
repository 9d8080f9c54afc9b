#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// One record, or one field in it, may be at most this long (docs/protocol.md §10.1).
inline constexpr std::size_t max_record_bytes = std::size_t{64} << 20u;

/// How a format of separated values writes its records.
struct csv_dialect {
    char separator = ',';
    bool separated = true;  // False: a line is one field.
    bool lines = true;      // False: everything is one field.
    bool quotes = true;     // RFC 4180: "a ""b"" c".
    bool escapes = false;   // tsve: \t \n \\ inside fields.
};

/// The dialect of csv, tsv, tsve, scsv, sohsv, psv, txt and raw.
csv_dialect dialect_of(std::string_view format);

/// Cuts a stream of bytes into records, however the bytes come. Blank lines are not records.
/// Fails with Stream_WrongNumberOfFields when a record has other fields than the first,
/// Stream_ClosingQuoteMissing when the end comes within quotes.
class csv_rows {
public:
    using record_handler = std::function<void(std::span<const std::string_view> fields)>;

    csv_rows(csv_dialect dialect, record_handler handle);

    result<> feed(std::string_view bytes);
    result<> finish();

private:
    enum class state { field_start, plain, quoted, quote_in_quoted, escaped };

    std::size_t take_plain(std::string_view bytes);
    std::size_t take_quoted(std::string_view bytes);
    std::size_t take_one(char c);
    void end_field();
    void end_record();
    void emit_record();

    csv_dialect dialect_;
    record_handler handle_;
    std::string stops_;  // What ends a run of ordinary characters outside quotes.
    state state_ = state::field_start;
    bool skip_line_feed_ = false;  // The last record ended with a carriage return.
    bool quoted_record_ = false;   // So an empty field is a field and not a blank line.
    std::string text_;             // The fields of this record, one after the other.
    std::vector<std::size_t> ends_;
    std::vector<std::string_view> fields_;
    std::size_t expected_ = 0;
    std::size_t records_ = 0;
    failure broken_;
    bool is_broken_ = false;
};

}  // namespace kustodrop::emulator
