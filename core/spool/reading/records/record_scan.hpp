#pragma once

#include "spool/reading/quotes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace kustodrop::spool {

/// What ends a record.
enum class record_syntax {
    lines,      // A newline.
    separated,  // A newline outside of quotes: CSV and its relatives.
    json,       // A newline outside of every object and array.
};

/// Finds where records end, from the first byte of a file to its last, in pieces of any size and in
/// constant memory. Pure.
///
/// It is careful: an end that only some readers would see is not reported, so that what is cut
/// there is a whole record to each of them.
class record_scan {
public:
    /// `separator` is used by record_syntax::separated only.
    explicit record_scan(record_syntax syntax, char separator = ',')
        : syntax_(syntax), quotes_(separator) {}

    void add(std::string_view bytes);

    /// The number of bytes up to and with the newline that ends the last whole record; 0: none yet.
    std::uint64_t last_end() const { return last_end_; }

    /// Whether the bytes so far end with a record: with its newline, or for json with the bracket
    /// that closes it. Bytes that hold no record end with none.
    bool ends_with_record() const;

    /// json only: whether every line that is not blank holds one whole object and nothing else.
    /// False for arrays, for objects over several lines and for what is cut within a record.
    bool has_one_object_a_line() const { return !irregular_ && depth_ == 0 && !in_string_; }

private:
    void add_lines(std::string_view bytes);
    void add_separated(std::string_view bytes);
    void add_json(char byte);
    void open(char bracket);
    void close();
    void end_line();

    record_syntax syntax_;
    std::uint64_t bytes_ = 0;
    std::uint64_t last_end_ = 0;
    quote_scan quotes_;
    // json:
    std::uint64_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool irregular_ = false;
    bool closed_ = false;  // The last value ended, and only blanks have followed.
    unsigned values_in_line_ = 0;
};

}  // namespace kustodrop::spool
