#pragma once

#include "spool/reading/records/record_reader.hpp"
#include "spool/reading/rows/row_column.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

enum class row_format { csv, json };

/// What rows are made of the records of logs.
struct row_rules {
    record_rules records;
    std::vector<row_column> columns;
    row_format format = row_format::csv;
    std::string folder;  // Of the watch: the paths of its logs say whose they are.
    std::string host;
    std::string source;  // Its id.
};

/// What was written, for the metrics.
struct row_counts {
    std::uint64_t rows = 0;        // All.
    std::uint64_t foreign = 0;     // Lines that the runtime has not written.
    std::uint64_t long_parts = 0;  // Parts of records that are longer than max_record.
    std::uint64_t unfinished = 0;  // Parts of records whose rest was not there.
};

/// Whether `next` has the first bytes of the log that the writer of `before` has continued in: a
/// rotation has given its name to `next`, and its own name begins with that one.
bool is_continued_by(const slice& before, const slice& next);

/// Writes a row for each record in slices of logs. The rows depend on the rules, the slices and
/// their bytes alone: reading a slice again makes the same ones.
///
/// csv: the columns in their order, a record with newlines included (RFC 4180). json: an object a
/// line, without the members that are empty; unless `message` is one of the columns, the members of
/// a record that is an object follow, and any other record is a member `message`.
class row_writer {
public:
    explicit row_writer(row_rules rules);

    /// The rows of the next slice follow.
    void begin(const slice& what);

    /// The next bytes of the slice. Rows of records that have ended are added to `out`.
    void add(std::string_view bytes, std::string& out);

    /// The slice ends. What is unfinished becomes rows too, unless the next slice continues it.
    void end(const slice* next, std::string& out);

    /// Where bytes lie among the slices of a source.
    struct place {
        const slice& what;
        std::uint64_t position = 0;  // In the slice.
        const slice* next = nullptr;
    };

    /// The rows of records that end in these bytes; valid until the next call. begin(), add() and
    /// end() as the place demands.
    std::string_view rows_of(const place& at, std::string_view bytes);

    const row_counts& counts() const { return counts_; }

private:
    // What the columns hold that are the same for every record of a slice, ready to be written.
    using fixed_columns = std::vector<std::string>;
    fixed_columns fixed_of(const slice& what) const;
    std::string fixed_value(const row_column& column, const slice& what) const;
    void write(const found_record& record);
    void write_csv(const found_record& record, const fixed_columns& fixed);
    void write_json(const found_record& record, const fixed_columns& fixed);
    void add_member(std::string_view name, std::string_view value);
    bool add_own_members(std::string_view text);

    row_rules rules_;
    slice last_;              // That was begun.
    bool continues_ = false;  // In the next one.
    bool has_message_ = false;
    fixed_columns here_;
    fixed_columns before_;  // Of the slice that this one continues.
    std::optional<record_reader> records_;
    std::string* out_ = nullptr;
    std::string made_;
    row_counts counts_;
};

}  // namespace kustodrop::spool
