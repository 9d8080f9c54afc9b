#pragma once

#include "spool/reading/records/runtime_line.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// What a record of a log is.
enum class record_kind {
    lines,        // A line.
    cri,          // What a container wrote, in the format of the container runtime interface.
    docker,       // The same in docker's json-file.
    unindented,   // A line and those behind it that are empty or begin with a blank or a tab.
    starts_with,  // A line that begins with a pattern, and those behind it that do not.
};

struct record_rules {
    record_kind kind = record_kind::lines;
    std::vector<std::string> starts = {};    // See line_starts_with().
    std::uint64_t max_record = 1024 * 1024;  // What is longer becomes several records.

    friend bool operator==(const record_rules&, const record_rules&) = default;
};

/// A record without what its runtime wrapped around it. The views last for one call.
struct found_record {
    std::string_view time;       // Empty where the runtime says none.
    std::string_view stream;     // The same.
    std::string_view text;       // Without the newline at its end.
    std::uint64_t offset = 0;    // In its log, of its first byte.
    bool is_foreign = false;     // A line that the runtime has not written: its text is all of it.
    bool is_a_part = false;      // The rest was not there, or it was longer than max_record.
    bool began_before = false;   // The offset is one of the log before; see continue_at().
    bool is_unfinished = false;  // A part because the rest was not there.
};

/// Finds the records in a range of a log, from its first byte to its last, in pieces of any size
/// and in memory of a few times max_record. What it finds depends on the bytes alone, not on the
/// pieces. Every byte is in a record: a line that cannot be read is one of its own.
class record_reader {
public:
    using taker = std::function<void(const found_record&)>;

    /// `offset`: where in its log the range begins.
    record_reader(record_rules rules, std::uint64_t offset, taker take);

    void add(std::string_view bytes);

    /// Nothing follows: what is unfinished becomes records too.
    void end();

    /// The range ends, and what follows are the first bytes of the log that the writer has
    /// continued in: only a line without an end ends here.
    void end_line();
    void continue_at(std::uint64_t offset);

    /// Whether a record of a log before is still open.
    bool has_begun_before() const { return out_.began_before || err_.began_before; }

    /// Up to where, in the log, records are whole whatever follows: no record is open there.
    std::uint64_t whole_until() const { return whole_until_; }

private:
    // The record of a stream, or of several lines, that may get more.
    struct open_record {
        bool is_open = false;
        std::string time;
        std::string text;
        std::uint64_t offset = 0;
        bool began_before = false;
    };
    void take_line(std::string_view line, std::uint64_t offset);
    void end_runtime_line(
        std::string_view line, const std::optional<runtime_part>& part, std::uint64_t offset
    );
    void end_grouped_line(std::string_view line, std::uint64_t offset);
    bool begins_record(std::string_view line) const;
    void grow(open_record& one, const runtime_part& by, std::uint64_t offset);
    void close(open_record& one, std::string_view stream, bool is_a_part);
    void cut_long_line();
    void give(found_record one);
    bool is_runtime() const {
        return rules_.kind == record_kind::cri || rules_.kind == record_kind::docker;
    }

    record_rules rules_;
    std::uint64_t longest_;  // Of a line.
    taker take_;
    std::uint64_t at_;  // Up to where lines have ended.
    std::uint64_t whole_until_;
    std::string line_;        // Its beginning, while its end was not seen.
    bool is_ending_ = false;  // What is open stays unfinished.
    docker_line docker_;
    open_record out_;  // Of stdout, or of grouped lines.
    open_record err_;
};

}  // namespace kustodrop::spool
