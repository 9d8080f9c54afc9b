#pragma once

#include "async/awaitable.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace kustodrop::http {

/// One request in, one response or failure out: the seam between the daemon and every network.
///
/// Redirects are not followed. Every phase has a deadline. A failure says `maybe_acted` unless it
/// is certain that the server never had the whole request. A cancelled send leaves no half-used
/// connection behind.
class transport {
public:
    virtual ~transport() = default;
    virtual asio::awaitable<result<response>> send(request request) = 0;
};

}  // namespace kustodrop::http
