#pragma once

#include "base/result.hpp"
#include "http/message.hpp"

#include <string_view>

namespace kustodrop::kusto {

/// What an answer to a streaming request means for its source.
enum class streaming_step {
    succeeded,
    failed,            // For what is wrong with the rows or the target: the service's own text.
    queue_this,        // This source is queued: it is too large.
    queue_for_long,    // All for this table: neither it nor the cluster streams.
    queue_for_rights,  // The same: our principal may not stream.
    queue_for_moment,  // All for this table: the service throttles.
    queue_for_outage,  // The same: the endpoint cannot be reached, or something else answers there.
    reauthenticate,    // Once more with another token.
    try_again,         // The service had a trouble of its own and says that it did nothing.
    unanswered,        // The rows may stand in the table.
};

struct streaming_reply {
    streaming_step step = streaming_step::succeeded;
    failure why = {};  // Of every step but `succeeded`, which has the request's id alone.
};

/// Decides on an answer, or on none (docs/protocol.md §3.5). `where` names host and table for
/// people. Pure.
streaming_reply judge_streaming(const result<http::response>& answer, std::string_view where);

std::string_view to_string(streaming_step);

}  // namespace kustodrop::kusto
