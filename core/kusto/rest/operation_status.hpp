#pragma once

#include "base/result.hpp"
#include "kusto/notifications.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::kusto {

/// The id in the answer to a POST, opaque; 8 KiB at most. Failure "bad_answer" that says
/// `maybe_acted` if there is none: the service may have accepted the blobs.
result<std::string> parse_operation_id(std::string_view body);

/// A blob that an operation was begun with.
struct posted_blob {
    std::string source_id;  // Lower case.
    std::string url;        // Without its query; empty: not known.
    std::string database;
    std::string table;
};

/// What the service says of an operation (docs/protocol.md §3.4).
struct operation_status {
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    std::uint64_t in_progress = 0;
    std::uint64_t canceled = 0;

    /// All of so many blobs have ended. Zeros everywhere are an operation that was not looked at.
    bool is_done(std::size_t blobs) const;
    /// Some blob has ended: it is worth asking for details.
    bool has_news() const { return succeeded + failed + canceled > 0; }
};

/// Names in any case, numbers also as text, missing counters are 0. Failure "bad_answer" if there
/// are no counters.
result<operation_status> parse_operation_status(std::string_view body);

/// What `details=true` adds: for each of `posted`, in its order, what became of it as a
/// notification would report it; nothing while it is pending or is not named. Found by its source
/// id, else by its URL or the name of its blob, which begins with the id. Failure "bad_answer" if
/// there are no details.
result<std::vector<std::optional<notification>>> parse_operation_details(
    std::string_view body, const std::vector<posted_blob>& posted
);

}  // namespace kustodrop::kusto
