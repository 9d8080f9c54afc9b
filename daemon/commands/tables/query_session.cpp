#include "daemon/commands/tables/query_session.hpp"

#include <utility>

namespace kustodrop::daemon {

query_session::query_session(connection& service, asio::any_io_executor executor)
    : service_(service), engine_(service.engine()), caches_(std::move(executor)) {}

asio::awaitable<result<void>> query_session::begin() {
    auto token = co_await service_.fetch_token();
    if (token.has_error()) co_return token.error();
    caches_.start(service_.token.run());
    co_return result<void>();
}

asio::awaitable<result<kusto::dataset>> query_session::ask(
    std::string database, std::string question
) {
    return engine_.execute_in(std::move(database), std::move(question));
}

asio::awaitable<void> query_session::end() {
    caches_.cancel();
    co_await caches_.join();
}

}  // namespace kustodrop::daemon
