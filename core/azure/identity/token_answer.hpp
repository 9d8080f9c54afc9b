#pragma once

#include "azure/identity/token_source.hpp"
#include "http/message.hpp"

#include <string_view>

namespace kustodrop::azure {

/// Reads a token endpoint's answer, success or refusal (docs/protocol.md §1.4). `what` names the
/// endpoint in words. Known AADSTS numbers become one sentence with what to do, and
/// remedy::reconfigure; so does any other refusal that is not transient. A clock that is five
/// minutes off the endpoint's is reported. A failure never contains a secret.
result<access_token> parse_token_answer(
    const http::response& answer, std::string_view what, wall_time now
);

}  // namespace kustodrop::azure
