#pragma once

#include "daemon/service/connection.hpp"
#include "daemon/terminal/step_printer.hpp"
#include "pipeline/watch/watch_options.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

/// Asks the cluster's query endpoint for the databases, tables and mappings that the watches name.
/// Shipping needs neither that endpoint nor the right to ask it: where it cannot be asked, the
/// targets are skipped with the reason.
class target_check {
public:
    target_check(
        connection& service, const std::vector<pipeline::watch_options>& watches, step_printer& out
    )
        : service_(service), engine_(service.engine()), watches_(watches), out_(out) {}

    asio::awaitable<void> run();

    /// The same for a table that no watch names. `remedy` is said where it or its mapping is
    /// absent.
    asio::awaitable<void> check_table(std::string step, kusto::target where, std::string remedy);

    const http::url& endpoint() const { return engine_.endpoint(); }

private:
    using answer = result<std::vector<std::string>>;

    asio::awaitable<std::string> why_unreachable();
    asio::awaitable<void> check_route(const pipeline::watch_options& watch);
    asio::awaitable<answer> tables_of(std::string database);
    asio::awaitable<answer> mappings_of(kusto::target where);
    asio::awaitable<std::string> similar_database(std::string name);
    void report(std::string_view step, const kusto::target& where, const failure& refused);

    connection& service_;
    kusto::management_client engine_;
    const std::vector<pipeline::watch_options>& watches_;
    step_printer& out_;
    std::map<std::string, answer> tables_;  // Of each database that was asked for.
};

/// `"X" is not a table of …; did you mean Y?` Pure.
std::string absent_name(
    std::string_view name, std::string_view what, const std::vector<std::string>& existing
);

}  // namespace kustodrop::daemon
