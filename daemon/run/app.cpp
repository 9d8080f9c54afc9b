#include "daemon/run/app.hpp"

#include "daemon/admin/log_measures.hpp"
#include "daemon/admin/measures.hpp"
#include "daemon/run/drain.hpp"
#include "daemon/run/freed_memory.hpp"
#include "daemon/run/translate.hpp"
#include "daemon/supervision/sd_notify.hpp"
#include "daemon/supervision/watchdog.hpp"

#include <algorithm>

namespace kustodrop::daemon {

static constexpr unsigned most_threads = 32;
static constexpr unsigned most_watch_threads = 8;
static constexpr duration longest_join = 5s;

// Nothing is shipped from any folder before: those that hang must not keep the others for long.
static constexpr duration patience_at_start = 1s;

// A thread for each watch, and those for reading and compressing. One that a mount holds which
// hangs is replaced by the pool, so that other watches notice nothing.
static unsigned threads_for(const surroundings& around, const config::settings& settings) {
    if (!around.threads) return 0;
    auto watches = std::min<std::size_t>(settings.watches.size(), most_watch_threads);
    auto readers = std::max(2u, settings.upload.shipper.threads());
    return std::min(readers + static_cast<unsigned>(watches), most_threads);
}

app::app(surroundings around, config::settings settings, const config::environment& environment)
    : around_(around),
      settings_(std::move(settings)),
      pool_(threads_for(around_, settings_)),
      services_(around, settings_, environment),
      stops_(around.executor),
      state_(around, settings_.state_directory, stops_, [this] { serve_admin(); }),
      reloader_(
          around,
          pool_,
          settings_,
          [this](const config::settings& before, const config::changes& found) {
              apply(before, found);
          }
      ),
      serving_(around.executor) {
    declare_metrics(around_.measured);
}

app::~app() { pool_.join(); }

static void begin_measuring(metrics& measured, const pipeline::watch_options& from) {
    begin_measuring_watch(measured, from.name);
    if (from.kind == pipeline::watch_kind::follow) begin_measuring_logs(measured, from.name);
}

asio::awaitable<result<void>> app::open() {
    auto locked = co_await state_.lock();
    if (locked.has_error()) co_return locked;
    // Before the journal exists: a command that is run from now on reaches this daemon, and waits
    // until it answers.
    if (!admin_) start_admin();
    auto begun = co_await state_.open_journal();
    if (begun.has_error()) co_return begun;
    build_engine();
    // A large backlog takes its time to read: meanwhile the service manager is answered.
    sd_notify("READY=1\nSTATUS=reading what an earlier run left");
    if (auto patience = watchdog_patience()) serving_.start(reporter_->feed_watchdog(*patience));
    serving_.start(serve_admin_soon());
    auto resumed = co_await engine_->resume_meanwhile(settings_.watches);
    if (resumed.has_error()) co_return resumed;
    // All that is known is known: from now on the answers are true. A folder may hang for long.
    for (auto& from : settings_.watches) {
        begin_measuring(around_.measured, from);
        engine_->expect_watch(watch_options_of(from, settings_.retention));
    }
    is_known_ = true;
    auto opened = co_await open_watches();
    co_return opened;
}

void app::build_engine() {
    pipeline::engine_parts parts{
        around_.executor,
        *state_.journal(),
        services_.parts(),
        pool_,
        around_.time,
        around_.random,
        around_.log,
        around_.measured};
    engine_ = std::make_unique<pipeline::engine>(std::move(parts), engine_options_of(settings_));
    retention_parts keeping{
        settings_,
        engine_->watches(),
        engine_->sources(),
        *state_.journal(),
        pool_,
        [this] { return services_[0].transport.service_time(); },
        [this](const std::string& watch) { return engine_->find_retirer(watch); },
        [this](const std::string& watch) {
            auto* moving = engine_->find_retirer(watch);
            return !state_.journal()->healthy() || (moving && moving->meets_full_disk());
        }};
    retention_ = std::make_unique<retention>(around_, std::move(keeping));
    reporter_parts reporting{
        services_,
        *engine_,
        *state_.journal(),
        settings_.state_directory,
        [this] { return reloader_.problem(); },
        [this] { return stops_.any(); },
        [this] { return fleet_ ? fleet_->trouble() : std::string(); }};
    reporter_ = std::make_unique<reporter>(around_, std::move(reporting));
    auto& of_fleet = services_.find(settings_.fleet.cluster);
    fleet_parts fleet{settings_, of_fleet, *state_.journal(), pool_, [this] { return status(); }};
    fleet_ = std::make_unique<fleet_lane>(around_, std::move(fleet));
}

asio::awaitable<result<void>> app::open_watches() {
    // One that cannot be opened, or that another daemon holds, is tried again.
    co_await engine_->open_watches(patience_at_start);
    for (auto& [watch, sources] : engine_->unclaimed()) {
        if (engine_->find_watcher(watch)) continue;  // Its folder is absent, which is logged.
        around_.log.warning(
            "the journal has sources of a watch that is not configured: outcomes are recorded, "
            "files wait for a watch of their folder",
            {{"watch", watch}, {"sources", std::to_string(sources)}}
        );
    }
    engine_->expect_absent();
    co_return result<void>();
}

void app::start_tasks() {
    keep_freed_blocks();
    services_.start(serving_);
    serving_.start(state_.journal()->run());
    serving_.start(state_.journal()->examine());
    engine_->start();
    serving_.start(reporter_->run());
    serving_.start(retention_->run());
    serving_.start(fleet_->run());
    serve_admin();
}

asio::awaitable<void> app::run() {
    start_tasks();
    around_.log.info(
        "started",
        {{"version", std::string(version())},
         {"endpoint", services_.endpoints()},
         {"watches", std::to_string(settings_.watches.size())},
         {"state_directory", settings_.state_directory}}
    );
    reloader_.allow();
    while (!stops_.any()) co_await stops_.added().wait();

    sd_notify("STOPPING=1");
    co_await drain(around_, *engine_, settings_.drain, stops_);
    auto cut_short = engine_->cancel();
    serving_.cancel();
    auto end = around_.time.now() + longest_join;
    co_await engine_->join(end);
    co_await serving_.join_until(around_.time, end);
    around_.log.info("stopped", {{"cut_short", std::to_string(cut_short)}});
}

// While it waits for space it answers already, with the reason.
void app::serve_admin() {
    if (!admin_) start_admin();
    if (!std::exchange(serves_admin_, true)) admin_->start(serving_);
}

// A start takes less, as a rule, and commands wait for it. A probe must not wait for a long one.
asio::awaitable<void> app::serve_admin_soon() {
    co_await around_.time.sleep_until(around_.time.now() + 5s);
    serve_admin();
}

std::string app::not_started() const {
    if (is_known_) return {};
    return state_.trouble().empty() ? "it is starting" : state_.trouble();
}

void app::start_admin() {
    admin_sources asked;
    asked.status = [this] { return status(); };
    asked.history = [this](wall_time after) { return reporter_->samples().to_json(after); };
    asked.journal = [this] { return state_.journal(); };
    asked.journal_copy = settings_.state_directory + "/journal.copy.db";
    asked.reload = [this] { return reload(); };
    asked.look = [this](std::string watch, std::string file) {
        return look(std::move(watch), std::move(file));
    };
    asked.met_targets = [this](const std::string& watch) {
        auto* from = engine_ ? engine_->watches().find(watch) : nullptr;
        return from ? from->routes.met() : std::vector<std::string>();
    };
    asked.retry = [this] { return engine_->for_retry(); };
    asked.not_started = [this] { return not_started(); };
    admin_ = std::make_unique<admin>(around_, settings_.admin, std::move(asked));
    around_.measured.before_exposition([this] {
        reporter_->measure();
        fleet_->measure();
    });
}

asio::awaitable<spool_look> app::look(std::string watch, std::string file) {
    auto* from = engine_ ? engine_->watches().find(watch) : nullptr;
    auto folder = from ? from->folder : nullptr;  // Held: the watch may lose it meanwhile.
    if (!folder) {
        co_return failure{errc::folder_absent, remedy::retry, "the watch has no folder now"};
    }
    auto work = [folder, file] { return folder->look(file); };
    auto seen = co_await offload(pool_, work);
    co_return seen;
}

void app::reload_from(std::function<config::loaded()> load) {
    reloader_.load_from(std::move(load));
}

asio::awaitable<reload_report> app::reload() {
    auto done = co_await reloader_.reload();
    sd_notify("STATUS=" + status().one_line());
    co_return done;
}

void app::apply(const config::settings& before, const config::changes& found) {
    around_.log.set_threshold(settings_.log.level);
    pool_.grow_to(threads_for(around_, settings_));
    services_.change(settings_);
    fleet_->change();
    engine_->set_options(engine_options_of(settings_));
    bool all = before.retention != settings_.retention;  // It says how much must be free.
    auto touched = [&](const std::string& name) {
        auto in = [&](auto& list) { return std::ranges::find(list, name) != list.end(); };
        return all || in(found.adjusted) || in(found.moved) || in(found.added);
    };
    auto taken_over = engine_->take_over_folders(settings_.watches);
    if (taken_over.has_error()) {
        around_.log.warning(
            "kept files of watches with another folder are not known; they may be shipped again",
            {{"code", taken_over.error().code.text()}, {"detail", taken_over.error().message()}}
        );
    }
    for (auto& from : settings_.watches) {
        adopt_renamed(from);
        auto* watcher = engine_->find_watcher(from.name);
        if (!watcher) {
            add_watch(from);
        } else if (touched(from.name)) {
            watcher->change(watch_options_of(from, settings_.retention));
        }
    }
    for (auto& name : found.removed) {
        if (auto* watcher = engine_->find_watcher(name)) watcher->leave();
    }
}

// A folder that is watched under another name from now on is the same watch: its files, its lock
// and what it keeps stay with it.
void app::adopt_renamed(const pipeline::watch_options& wanted) {
    if (engine_->find_watcher(wanted.name)) return;
    for (auto& former : engine_->watches().names()) {
        auto is_former = [&](auto& one) { return one.name == former; };
        if (engine_->watches().find(former)->options.path != wanted.path) continue;
        if (std::ranges::any_of(settings_.watches, is_former)) continue;
        around_.log.info(
            "the watch has another name now", {{"watch", wanted.name}, {"former", former}}
        );
        begin_measuring(around_.measured, wanted);
        engine_->rename_watch(former, wanted.name);
        return;
    }
}

void app::add_watch(const pipeline::watch_options& from) {
    begin_measuring(around_.measured, from);
    engine_->add_watch(watch_options_of(from, settings_.retention));
}

}  // namespace kustodrop::daemon
