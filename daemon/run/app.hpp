#pragma once

#include "async/budget.hpp"
#include "async/offload.hpp"
#include "async/recurring.hpp"
#include "config/settings.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/admin/history.hpp"
#include "daemon/run/connection.hpp"
#include "daemon/run/reloading.hpp"
#include "daemon/run/task_group.hpp"
#include "pipeline/intake/intake.hpp"
#include "pipeline/outcomes/outcomes.hpp"
#include "pipeline/retiring/retirer.hpp"
#include "pipeline/shipping/shipper.hpp"
#include "spool/folder/lock_file.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

/// The composition root of `kustodrop run`: owns every part in the order in which they need each
/// other, starts and joins every task in one place.
class app {
public:
    app(surroundings around, config::settings settings, config::environment environment);
    ~app();

    /// Locks, opens the journal and the folders, resumes. A failure names what stands in the way;
    /// its remedy says whether it is the configuration. Its code is `stopped` when stop() came
    /// while a full disk was waited for.
    asio::awaitable<result<void>> open();

    /// Works until stop(), then drains for at most `drain.timeout` and ends everything.
    asio::awaitable<void> run();

    /// Where the configuration comes from when it is to be read anew. Blocking; runs on a worker.
    void reload_from(std::function<config::loaded()> load) { load_ = std::move(load); }

    /// Reads the configuration anew: takes it whole, or keeps the old one whole. Connections,
    /// requests and sources in hand are not touched.
    asio::awaitable<reload_report> reload();

    /// Begins to stop; the second call skips the wait.
    void stop();

    /// The last act: what is still queued for the journal goes to disk. Blocking.
    result<void> flush();

    status_report status();

private:
    asio::awaitable<result<void>> lock_state();
    asio::awaitable<result<void>> open_journal();
    asio::awaitable<result<void>> wait_for_room(failure problem);
    void start_tasks();
    void build_pipeline();
    void build_watch(const pipeline::watch_options& from);
    asio::awaitable<result<void>> open_watches(std::vector<spool::source> unretired);
    asio::awaitable<void> drain();
    bool has_shipped_all();
    void tell_undelivered();
    asio::awaitable<void> feed_watchdog(duration patience);
    unsigned threads_for(const config::settings& settings) const;
    reload_report take(config::loaded loaded);
    void apply(const config::settings& before, const config::changes& found);
    void add_watch(const pipeline::watch_options& from);
    asio::awaitable<void> read_events();
    asio::awaitable<void> report_status();
    asio::awaitable<void> keep_retention();
    asio::awaitable<void> tidy_archive(std::string watch);
    void on_posted(spool::source& what);
    void on_settled(spool::source& what);
    void on_changed(spool::source& what);
    void start_admin();
    void count_since_start(watch_status& watch) const;

    surroundings around_;
    config::settings settings_;
    worker_pool pool_;
    worker_pool journal_pool_;
    connection service_;
    spool::lock_file lock_;
    std::unique_ptr<spool::journal> journal_;
    std::unique_ptr<spool::inotify> events_;
    std::unique_ptr<pipeline::roster> sources_;
    pipeline::watch_table watches_;
    pipeline::ready_queue ready_;
    pipeline::small_contents contents_;
    budget memory_;
    std::unique_ptr<pipeline::shipper> shipper_;
    std::unique_ptr<pipeline::outcomes> outcomes_;
    std::map<std::string, std::unique_ptr<pipeline::intake>> intakes_;
    std::map<std::string, std::unique_ptr<pipeline::retirer>> retirers_;
    std::unique_ptr<admin> admin_;
    history history_;
    task_group shipping_;
    task_group serving_;
    event stopping_;
    std::function<config::loaded()> load_;
    bool waits_for_room_ = false;
    bool running_ = false;
    bool reloading_ = false;
    event reloaded_;
    recurring archive_troubles_{{1h, 256}};
    std::string config_problem_;  // Why the last reload was refused.
    // What the journal has of watches that are not configured.
    std::map<std::string, std::vector<spool::source>> unclaimed_;
    unsigned stops_ = 0;
    wall_time started_at_;
};

}  // namespace kustodrop::daemon
