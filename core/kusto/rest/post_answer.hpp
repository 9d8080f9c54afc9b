#pragma once

#include "base/result.hpp"
#include "http/message.hpp"

#include <string>
#include <string_view>

namespace kustodrop::kusto {

/// What an answer to a POST of blobs means for them (docs/protocol.md §3.4).
enum class post_step {
    accepted,
    unanswered,   // The service may have them, for all that is known.
    unreadable,   // The same: something said yes, but it named no operation.
    not_sent,     // The request did not get there, or not to its end.
    throttled,    // It was refused for now.
    no_rights,    // The principal may not post for this table: 403, or 401 to a fresh token.
    no_target,    // The table, its database or the mapping is wrong: as a notification would say.
    no_endpoint,  // There is nothing that takes requests.
    refused,      // Refused otherwise.
};

struct post_reply {
    post_step step = post_step::accepted;
    std::string operation = {};  // Of what was accepted.
    failure why = {};            // Of every other step.
    bool is_of_size = false;     // Refused because a blob is too large: the others are not.
};

/// Decides on an answer, or on none. `where` names the host for people. Pure.
post_reply judge_post(const result<http::response>& answer, std::string_view where);

std::string_view to_string(post_step);

}  // namespace kustodrop::kusto
