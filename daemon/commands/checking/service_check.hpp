#pragma once

#include "async/clock.hpp"
#include "config/settings.hpp"
#include "daemon/service/connection.hpp"
#include "daemon/terminal/step_printer.hpp"

#include <map>
#include <string>

namespace kustodrop::daemon {

/// Tries every step from the name service to the last queue and prints each with what failed and
/// the remedy. Steps that need a failed one are not tried.
class service_check {
public:
    service_check(
        connection& service, const config::settings& settings, clock& time, step_printer& out
    )
        : service_(service), settings_(settings), time_(time), out_(out) {}

    asio::awaitable<void> run();

    /// Everything that a firewall must let through, as far as it is known: "host" or "host:port",
    /// and what for.
    const std::map<std::string, std::string>& hosts() const { return hosts_; }
    bool knows_storage() const { return knows_storage_; }

private:
    asio::awaitable<bool> probe(http::url place);
    asio::awaitable<bool> sign_in();
    asio::awaitable<void> check_resources();
    asio::awaitable<void> check_targets();
    asio::awaitable<void> check_storage(kusto::resource_set resources);
    asio::awaitable<void> check_container(azure::storage_place container);
    asio::awaitable<void> check_notifications(std::string kind, azure::storage_place queue);
    asio::awaitable<void> check_table(azure::storage_place table);
    void check_clock(const kusto::cloud& cloud);
    void note(const kusto::resource_set& resources);

    connection& service_;
    const config::settings& settings_;
    clock& time_;
    step_printer& out_;
    std::map<std::string, std::string> hosts_;
    bool knows_storage_ = false;
    std::map<std::string, bool> probed_;  // Origins, and whether they were reached.
};

}  // namespace kustodrop::daemon
