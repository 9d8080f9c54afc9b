#pragma once

#include "async/event.hpp"
#include "async/offload.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"
#include "daemon/admin/reload_report.hpp"
#include "daemon/service/connection.hpp"

#include <functional>
#include <string>

namespace kustodrop::daemon {

/// Takes over a new configuration while the daemon runs: it is validated and adopted as a whole, or
/// not at all. One at a time.
class reloader {
public:
    /// `settings` are what the daemon runs with; adopted changes are written to them before
    /// `apply(before, changes)` is called.
    using apply = std::function<void(const config::settings& before, const config::changes&)>;
    reloader(surroundings around, worker_pool& pool, config::settings& settings, apply take);

    /// Where the configuration comes from. Blocking; runs on a worker.
    void load_from(std::function<config::loaded()> load) { load_ = std::move(load); }

    /// The daemon runs: from now on reload() does not wait.
    void allow();

    asio::awaitable<reload_report> reload();

    /// Why the last reload was refused; empty: it was not.
    const std::string& problem() const { return problem_; }

private:
    reload_report adopt(config::loaded loaded);
    void refuse(const config::loaded& loaded);

    surroundings around_;
    worker_pool& pool_;
    config::settings& settings_;
    apply apply_;
    std::function<config::loaded()> load_;
    bool allowed_ = false;
    bool reloading_ = false;
    event changed_;
    std::string problem_;
};

}  // namespace kustodrop::daemon
