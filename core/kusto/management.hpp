#pragma once

#include "async/awaitable.hpp"
#include "azure/identity/token_source.hpp"
#include "base/random.hpp"
#include "http/transport.hpp"
#include "kusto/dataset.hpp"

#include <functional>
#include <memory>
#include <string>

namespace kustodrop::kusto {

struct management_options {
    http::url endpoint;
    std::string application = "kustodrop";
    std::string client_version = {};  // "0.1.0"
    std::string user = {};            // "[none]" if unknown.
};

/// "Kusto.Kustodrop:{0.1.0}": what the service sees of us, made safe for a header
/// (docs/protocol.md §3.1).
std::string version_for_tracing(std::string_view client_version);

/// The headers of every request to the cluster that carries a token (docs/protocol.md §3.1).
void add_client_headers(
    http::headers& out,
    const management_options& options,
    const azure::access_token& token,
    random_generator& random
);

/// Management commands to the data management endpoint (docs/protocol.md §3).
class management_client {
public:
    using token = std::shared_ptr<const azure::access_token>;
    using token_getter = std::function<asio::awaitable<token>()>;
    using refusal_handler = std::function<void(const token&)>;  // refreshed::renew

    management_client(
        http::transport& transport, random_generator& random, management_options options
    );

    /// Where to ask for tokens and where to report that one was refused. To be called first.
    void authenticate_with(token_getter get, refusal_handler refused);

    /// One command, one answer. A 401 gives up the token and is tried once more with the next.
    asio::awaitable<result<dataset>> execute(std::string command);

    /// The same in the context of a database; what begins with no point is a query.
    asio::awaitable<result<dataset>> execute_in(std::string database, std::string command);

    const http::url& endpoint() const { return options_.endpoint; }

private:
    struct posted {
        std::string database;
        std::string command;
    };
    http::request prepared(const posted& what, const azure::access_token& token);
    asio::awaitable<result<http::response>> attempt(posted what, token token);

    http::transport& transport_;
    random_generator& random_;
    management_options options_;
    token_getter get_token_;
    refusal_handler refused_;
};

}  // namespace kustodrop::kusto
