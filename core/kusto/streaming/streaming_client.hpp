#pragma once

#include "http/transport.hpp"
#include "kusto/management.hpp"
#include "kusto/rest/token_refusals.hpp"
#include "kusto/streaming/streaming_answer.hpp"
#include "kusto/streaming/streaming_request.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace kustodrop::kusto {

/// Sends rows to the query endpoint of the cluster.
class streaming_client {
public:
    using token_getter = management_client::token_getter;
    using refusal_handler = management_client::refusal_handler;
    /// Where to send; failure if no token may go there. Asked before each request.
    using endpoint_getter = std::function<result<http::url>()>;

    streaming_client(
        http::transport& transport, endpoint_getter endpoint, std::string client_version
    )
        : transport_(transport),
          endpoint_(std::move(endpoint)),
          client_version_(std::move(client_version)) {}

    /// Where to ask for tokens and where to report that one was refused. To be called first.
    void authenticate_with(token_getter get, refusal_handler refused);

    /// Returns when a request need not wait for a token.
    asio::awaitable<void> wait_for_token();

    /// One request and what its answer means. A 401 gives up the token, and the request is sent
    /// once more if there is another; of a table that refuses every one it says nothing of the
    /// token. `bytes` are the caller's.
    asio::awaitable<streaming_reply> send(streamed_source what, std::string_view bytes);

private:
    http::transport& transport_;
    endpoint_getter endpoint_;
    std::string client_version_;
    token_getter get_token_;
    refusal_handler refused_;
    token_refusals refusals_;
};

}  // namespace kustodrop::kusto
