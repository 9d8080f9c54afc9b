#pragma once

#include "config/settings.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/fleet/fleet_lane.hpp"
#include "daemon/run/reloader.hpp"
#include "daemon/run/reporter.hpp"
#include "daemon/run/retention.hpp"
#include "daemon/run/state_directory.hpp"
#include "daemon/run/stop_requests.hpp"
#include "daemon/service/connections.hpp"
#include "pipeline/engine.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace kustodrop::daemon {

/// The composition root of `kustodrop run`: owns the engine and the daemon's services, starts and
/// joins every task in one place.
class app {
public:
    app(surroundings around, config::settings settings, const config::environment& environment);
    ~app();

    /// Locks, opens the journal and the folders, resumes. The remedy of a failure says whether the
    /// configuration is to blame; its code is `stopped` when stop() was
    /// called while a full disk was waited for.
    asio::awaitable<result<void>> open();

    /// Works until stop(), then drains for at most `drain.timeout` and ends everything.
    asio::awaitable<void> run();

    /// Where the configuration comes from when it is reloaded. Blocking; runs on a worker.
    void reload_from(std::function<config::loaded()> load);

    /// Reads the configuration again and adopts all of it or none of it. Connections, requests and
    /// sources in hand are not touched.
    asio::awaitable<reload_report> reload();

    /// Begins to stop; the second call ends the wait.
    void stop() { stops_.add(); }

    /// Writes what is still queued for the journal: the last call. Blocking.
    result<void> flush() { return state_.flush(); }

    status_report status() { return reporter_->status(); }

private:
    void start_admin();
    void serve_admin();
    asio::awaitable<void> serve_admin_soon();
    std::string not_started() const;
    asio::awaitable<spool_look> look(std::string watch, std::string file);
    void build_engine();
    asio::awaitable<result<void>> open_watches();
    void start_tasks();
    void adopt_renamed(const pipeline::watch_options& wanted);
    void add_watch(const pipeline::watch_options& from);
    void apply(const config::settings& before, const config::changes& found);

    surroundings around_;
    config::settings settings_;
    worker_pool pool_;
    connections services_;
    stop_requests stops_;
    state_directory state_;
    std::unique_ptr<pipeline::engine> engine_;
    std::unique_ptr<reporter> reporter_;
    std::unique_ptr<retention> retention_;
    std::unique_ptr<fleet_lane> fleet_;
    std::unique_ptr<admin> admin_;
    bool serves_admin_ = false;
    bool is_known_ = false;  // What the journal and the configuration hold.
    reloader reloader_;
    task_group serving_;
};

}  // namespace kustodrop::daemon
