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

/// Finds the range of a log that a wish asks for, in its open file. Nothing if no record ends
/// there, or if the bytes before the position are not those that were read. Blocking.
std::optional<log_range> find_range(
    int file, const log_state& log, const range_wish& wish, const range_rules& rules
);

}  // namespace kustodrop::spool
