#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// What a column of a row says of its record.
enum class column_kind {
    time,        // When it was written, as the container runtime says.
    stream,      // stdout or stderr, as it says.
    message,     // The record itself.
    namespace_,  // The next five: from the path of a container's log.
    pod,
    pod_uid,
    container,
    restart,
    file,    // The name of the log when it was cut.
    log_id,  // Of the log: the same under every name, another one once it was truncated.
    offset,  // Of the record's first byte in the log.
    host,    // The name of this machine.
    source,  // The id of the source, as in the journal.
    text,    // The same for every row.
};

struct row_column {
    column_kind kind = column_kind::message;
    std::string name;  // Of the member in JSON; may be empty for text only.
    std::string text;  // Of column_kind::text.

    friend bool operator==(const row_column&, const row_column&) = default;
};

/// Reads "time", "offset" and so on, "=a text" or "NAME=a text"; nothing for anything else.
std::optional<row_column> parse_column(std::string_view text);

/// What parse_column() reads.
std::string to_string(const row_column& column);

/// The names in the order of the documentation.
std::vector<std::string_view> column_names();

}  // namespace kustodrop::spool
