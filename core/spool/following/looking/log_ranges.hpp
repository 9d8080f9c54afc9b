#pragma once

#include "spool/following/content/record_ends.hpp"
#include "spool/following/log_state.hpp"
#include "spool/source/source.hpp"

#include <optional>
#include <vector>

namespace kustodrop::spool {

/// Records of a log, found, with what the log is known by from then on.
struct log_range {
    slice bytes;
    content_mark anchor;  // Of the new position.
    content_mark head;
    std::vector<content_mark> inside;  // Of ends of records before.
    record_split split = record_split::none;
    bool is_alone = false;  // It goes into a source of its own.
    bool is_utf16 = false;  // As a log says that is cut from its beginning.
};

/// What was found for a wish.
struct range_search {
    std::optional<log_range> range;  // Nothing: no record ends there,
    bool has_changed = false;        // or the file is not what the last look has seen of it.
};

/// Finds the range of a log that a wish asks for, in its open file. What was truncated or
/// overwritten since the last look may be of another life of it: the next look decides. Blocking.
range_search find_range(
    int file, const log_state& log, const range_wish& wish, const range_rules& rules
);

}  // namespace kustodrop::spool
