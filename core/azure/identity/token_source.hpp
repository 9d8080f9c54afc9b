#pragma once

#include "async/refreshed.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/url.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace kustodrop::azure {

struct access_token {
    secret value;
    duration lifetime{};  // From the moment it was asked for.
    std::optional<duration> refresh_in = {};
};

/// Whom to ask for what (docs/protocol.md §1.3).
struct authority {
    http::url login_endpoint;
    std::string resource;  // For managed identities: "https://kusto.kusto.windows.net".
    std::string scope;     // For everyone else: the resource with "/.default".
};

/// Where tokens come from: one class a kind of credential. A failure that only a human can fix
/// has remedy::reconfigure.
class token_source {
public:
    virtual ~token_source() = default;
    virtual asio::awaitable<result<access_token>> fetch(authority authority) = 0;
};

/// A token asked for at `asked_at`, as `refreshed` wants it.
fresh<access_token> fresh_token(access_token token, time_point asked_at);

}  // namespace kustodrop::azure
