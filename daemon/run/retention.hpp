#pragma once

#include "async/recurring.hpp"
#include "config/settings.hpp"
#include "daemon/service/connection.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/folder/retention.hpp"
#include "spool/journal/journal.hpp"

#include <memory>
#include <string>

namespace kustodrop::daemon {

struct retention_parts {
    const config::settings& settings;  // As they are at the time: a reload changes them.
    pipeline::watch_table& watches;
    spool::journal& journal;
    worker_pool& pool;
};

/// Deletes archived files and journal records that are older, or more, than `retention` allows.
class retention {
public:
    retention(surroundings around, retention_parts with);

    /// Works until cancelled. Spawn once.
    asio::awaitable<void> run();

private:
    asio::awaitable<void> clear_archive(std::string watch);
    void report(const std::string& watch, const result<spool::retention_report>& cleared);

    surroundings around_;
    retention_parts with_;
    recurring failures_{{1h, 256}};
};

}  // namespace kustodrop::daemon
