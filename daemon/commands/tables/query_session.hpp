#pragma once

#include "async/awaitable.hpp"
#include "async/task_group.hpp"
#include "daemon/service/connection.hpp"

#include <string>

namespace kustodrop::daemon {

/// Questions of a command to the cluster's query endpoint. Signing in is tried once: someone waits
/// for the answer.
class query_session {
public:
    query_session(connection& service, asio::any_io_executor executor);

    asio::awaitable<result<void>> begin();

    /// What begins with a point is a command, anything else a query. begin() comes first.
    asio::awaitable<result<kusto::dataset>> ask(std::string database, std::string question);

    /// To be awaited at the end, also where begin() failed.
    asio::awaitable<void> end();

    const http::url& endpoint() const { return engine_.endpoint(); }

private:
    connection& service_;
    kusto::management_client engine_;
    task_group caches_;
};

}  // namespace kustodrop::daemon
