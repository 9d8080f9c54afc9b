#pragma once

#include "async/awaitable.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "http/transport.hpp"
#include "kusto/management.hpp"
#include "kusto/rest/post_answer.hpp"
#include "kusto/rest/token_refusals.hpp"
#include "kusto/rest/transport_choice.hpp"

#include <functional>
#include <optional>
#include <string>

namespace kustodrop::kusto {

/// What a cluster answered when it was asked for its ingestion configuration, and why it is of no
/// use, if so.
struct settings_reply {
    settings_answer answer = {};
    std::optional<failure> problem = {};
};

/// What a cluster answered when it was asked for an operation.
struct operation_answer {
    unsigned status = 0;                  // 0: it did not answer.
    bool is_known = true;                 // False: not the operation, or not any more.
    std::string body = {};                // Of a good answer.
    std::optional<failure> problem = {};  // What it said instead.
};

/// Ingestion by REST at the data management endpoint (docs/protocol.md §3.4). Every request carries
/// the token; one that is refused is reported, and the request is sent once more if there is
/// another. A table that refuses that one too is not believed again while others accept it.
class rest_client {
public:
    rest_client(http::transport& transport, random_generator& random, management_options options);

    /// Where to ask for tokens and where to report that one was refused. To be called first.
    void authenticate_with(
        management_client::token_getter get, management_client::refusal_handler refused
    );

    asio::awaitable<settings_reply> settings();

    /// Why nothing may be sent now, if so.
    using gate = std::function<std::optional<failure>()>;

    /// One request to ingest. `path` is that of rest_path(). `closed` is asked whenever a token was
    /// waited for: what another request was answered meanwhile may be for this one too. Its failure
    /// is the result then, `not_sent`.
    asio::awaitable<post_reply> post(std::string path, std::string body, gate closed);

    /// What the service says of an operation. `path` is that of operation_path().
    asio::awaitable<operation_answer> status(std::string path, bool details);

    const std::string& host() const { return options_.endpoint.host(); }

private:
    http::request prepared(http::verb method, http::url target, std::string operation) const;
    /// `place` is what a 401 may be about, beside the token.
    struct errand {
        std::string place;
        gate closed = {};
    };
    asio::awaitable<result<http::response>> send(http::request request, errand what);

    http::transport& transport_;
    random_generator& random_;
    management_options options_;
    management_client::token_getter get_token_;
    management_client::refusal_handler refused_;
    token_refusals refusals_;
};

}  // namespace kustodrop::kusto
