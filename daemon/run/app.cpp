#include "daemon/run/app.hpp"

#include "async/timed_wait.hpp"
#include "base/defect.hpp"
#include "base/text.hpp"
#include "daemon/admin/measures.hpp"
#include "daemon/run/sd_notify.hpp"
#include "daemon/run/translate.hpp"
#include "daemon/run/watchdog.hpp"

#include <sys/stat.h>

namespace kustodrop::daemon {

static constexpr unsigned cleaners = 8;
static constexpr unsigned most_threads = 32;
static constexpr duration full_disk_pause = 10s;

// A thread for each watch, so that a mount that hangs holds up its own watch only, and those for
// reading and compressing.
unsigned app::threads_for(const config::settings& settings) const {
    if (!around_.threads) return 0;
    auto watches = static_cast<unsigned>(std::min<std::size_t>(settings.watches.size(), 8));
    auto readers = std::max(2u, settings.upload.shipper.threads());
    return std::min(readers + watches, most_threads);
}

app::app(surroundings around, config::settings settings, config::environment environment)
    : around_(around),
      settings_(std::move(settings)),
      pool_(threads_for(settings_)),
      journal_pool_(around.threads ? 1 : 0),
      service_(around, settings_, std::move(environment)),
      ready_(around.executor, around.time, ready_options_of(settings_)),
      memory_(around.executor, settings_.upload.memory_bytes),
      shipping_(around.executor),
      serving_(around.executor),
      stopping_(around.executor),
      reloaded_(around.executor),
      started_at_(around.time.wall_now()) {
    declare_metrics(around_.measured);
}

app::~app() {
    pool_.join();
    journal_pool_.join();
}

asio::awaitable<result<void>> app::open() {
    auto locked = co_await lock_state();
    if (locked.has_error()) co_return locked;
    // Before the journal exists: whoever asks from now on asks us, and waits until we answer.
    start_admin();
    auto begun = co_await open_journal();
    if (begun.has_error()) co_return begun;
    sources_ = std::make_unique<pipeline::roster>(*journal_, around_.time, around_.measured);
    ready_.tell_by([this](const std::string& id) {
        auto* what = sources_->find(id);
        if (!what) return pipeline::ready_queue::standing();
        bool large = what->size_bytes() >= settings_.upload.shipper.block_bytes;
        return pipeline::ready_queue::standing{what->watch, large};
    });
    auto events = spool::inotify::open(around_.executor);
    if (events) {
        events_ = std::move(*events);
    } else {
        around_.log.warning(
            "no inotify: folders are polled",
            {{"code", events.error().code.text()}, {"detail", events.error().message()}}
        );
    }
    auto unretired = journal_->unretired();
    if (unretired.has_error()) co_return unretired.error();
    auto opened = co_await open_watches(std::move(*unretired));
    co_return opened;
}

// A full disk is waited for, as at any other time, until it has room or nobody wants it any more.
asio::awaitable<result<void>> app::wait_for_room(failure problem) {
    if (!waits_for_room_) {
        around_.log.error(
            "cannot begin: the disk is full; it is tried again", {{"detail", problem.message()}}
        );
    }
    waits_for_room_ = true;
    sd_notify("STATUS=cannot begin: the disk is full\nEXTEND_TIMEOUT_USEC=60000000");
    auto wake = around_.time.now() + full_disk_pause;
    while (stops_ == 0 && around_.time.now() < wake) {
        co_await wait_until(stopping_, around_.time, wake);
    }
    if (stops_ == 0) co_return result<void>();
    co_return failure{errc::stopped, remedy::give_up, problem.detail};
}

asio::awaitable<result<void>> app::lock_state() {
    for (;;) {
        // Only the last folder: a path that is mistyped must not appear on the disk.
        bool full = ::mkdir(settings_.state_directory.c_str(), 0750) != 0 && errno == ENOSPC;
        auto locked = spool::lock_state_directory(settings_.state_directory);
        if (!locked.has_error()) {
            lock_ = std::move(*locked);
            co_return result<void>();
        }
        auto problem = locked.error();
        if (!full && problem.code != errc::disk_full) co_return problem;
        auto waited = co_await wait_for_room(std::move(problem));
        if (waited.has_error()) co_return waited;
    }
}

asio::awaitable<result<void>> app::open_journal() {
    spool::journal_options options;
    options.path = settings_.state_directory + "/journal.db";
    options.synced = around_.threads;
    for (;;) {
        auto journal = spool::journal::open(
            around_.executor, options, around_.time, journal_pool_, around_.log, around_.measured
        );
        if (!journal.has_error()) {
            journal_ = std::move(*journal);
            co_return result<void>();
        }
        auto problem = journal.error();
        if (problem.code != errc::disk_full) co_return problem;
        auto waited = co_await wait_for_room(std::move(problem));
        if (waited.has_error()) co_return waited;
    }
}

void app::build_pipeline() {
    pipeline::shipper_parts shipping{
        *sources_,
        ready_,
        contents_,
        watches_,
        *journal_,
        service_.router,
        service_.identity_token,
        service_.blobs,
        service_.queues,
        service_.tables,
        memory_,
        pool_,
        around_.time,
        around_.random,
        around_.log,
        around_.measured};
    pipeline::shipped_to shipped{
        [this](spool::source& what) { on_posted(what); },
        [this](spool::source& what) { outcomes_->expect(what); },
        [this](spool::source& what) { on_settled(what); },
        [this](spool::source& what) { on_changed(what); }};
    shipper_ = std::make_unique<pipeline::shipper>(
        shipping, shipper_options_of(settings_), std::move(shipped)
    );
    pipeline::outcomes_parts polling{
        *sources_,
        ready_,
        watches_,
        *journal_,
        service_.router,
        service_.identity_token,
        service_.queues,
        service_.tables,
        around_.time,
        around_.random,
        around_.log,
        around_.measured};
    outcomes_ = std::make_unique<pipeline::outcomes>(
        around_.executor,
        polling,
        settings_.notifications,
        [this](spool::source& what) { on_settled(what); }
    );
}

void app::build_watch(const pipeline::watch_options& from) {
    begin_measuring_watch(around_.measured, from.name);
    auto& watch = watches_.add(watch_options_of(from, settings_.retention));
    pipeline::retirer_parts retiring{
        *sources_, ready_, *journal_, pool_, around_.time, around_.random, around_.log};
    retirers_[from.name] = std::make_unique<pipeline::retirer>(around_.executor, watch, retiring);
    pipeline::intake_parts taking{
        *sources_,
        ready_,
        contents_,
        *journal_,
        pool_,
        around_.time,
        around_.random,
        around_.log,
        around_.measured,
        events_.get()};
    pipeline::intake_options options;
    options.state_directory = settings_.state_directory;
    pipeline::resumed_to resumed{
        [this](spool::source& what) { on_posted(what); },
        [this](spool::source& what) { outcomes_->expect(what); },
        [this](spool::source& what) { on_settled(what); }};
    intakes_[from.name] = std::make_unique<pipeline::intake>(
        around_.executor, watch, taking, options, std::move(resumed)
    );
}

asio::awaitable<result<void>> app::open_watches(std::vector<spool::source> unretired) {
    build_pipeline();
    std::map<std::string, std::vector<spool::source>> by_watch;
    for (auto& what : unretired) by_watch[what.watch].push_back(std::move(what));
    for (auto& from : settings_.watches) {
        build_watch(from);
        auto& intake = *intakes_[from.name];
        auto opened = co_await intake.open(std::move(by_watch[from.name]));
        by_watch.erase(from.name);
        // An absent folder may come; one that another daemon has is a mistake to be told of.
        if (opened.has_error() && opened.error().code == errc::folder_locked) co_return opened;
    }
    unclaimed_ = std::move(by_watch);
    for (auto& [name, left] : unclaimed_) {
        around_.log.warning(
            "the journal has sources of a watch that is not configured: they wait for it",
            {{"watch", name}, {"sources", std::to_string(left.size())}}
        );
    }
    co_return result<void>();
}

void app::on_posted(spool::source& what) {
    outcomes_->expect(what);
    auto* from = watches_.find(what.watch);
    bool early = from && from->options.act_after == pipeline::act_time::posted;
    if (early || defect("archive_before_the_outcome")) {
        retirers_[what.watch]->submit(what);
    }
}

void app::on_settled(spool::source& what) { retirers_[what.watch]->submit(what); }

void app::on_changed(spool::source& what) { intakes_[what.watch]->look_again(what); }

void app::start_tasks() {
    service_.start(serving_);
    serving_.start(journal_->run());
    serving_.start(journal_->examine());
    serving_.start(outcomes_->run());
    for (unsigned i = 0; i < cleaners; ++i) serving_.start(outcomes_->run_cleaner());
    for (auto& [name, retirer] : retirers_) serving_.start(retirer->run());
    for (auto& [name, intake] : intakes_) shipping_.start(intake->run());
    for (std::uint64_t i = 0; i < settings_.upload.concurrency; ++i) {
        shipping_.start(shipper_->run());
    }
    if (events_) serving_.start(read_events());
    if (auto patience = watchdog_patience()) serving_.start(feed_watchdog(*patience));
    serving_.start(report_status());
    serving_.start(keep_retention());
    if (admin_) admin_->start(serving_);
}

asio::awaitable<void> app::run() {
    start_tasks();
    sd_notify("READY=1");
    around_.log.info(
        "started",
        {{"version", std::string(version())},
         {"endpoint", service_.endpoint().redacted()},
         {"watches", std::to_string(settings_.watches.size())},
         {"state_directory", settings_.state_directory}}
    );
    running_ = true;
    reloaded_.notify_all();
    while (stops_ == 0) co_await stopping_.wait();

    sd_notify("STOPPING=1");
    co_await drain();
    auto cut = shipping_.running();
    shipping_.cancel();
    serving_.cancel();
    auto end = around_.time.now() + 5s;
    co_await shipping_.join_until(around_.time, end);
    co_await serving_.join_until(around_.time, end);
    around_.log.info("stopped", {{"cut_short", std::to_string(cut)}});
}

void app::stop() {
    ++stops_;
    stopping_.notify_all();
}

result<void> app::flush() {
    if (!journal_) return {};
    auto flushed = journal_->flush();
    journal_->close();
    return flushed;
}

// A burst of files wakes us once in a while, not once for each: nothing is taken sooner than
// stable_for after its event, and the kernel keeps thousands.
asio::awaitable<void> app::read_events() {
    static constexpr duration gathering = 5ms;
    for (;;) {
        auto events = co_await events_->read();
        for (auto& event : events) {
            if (event.meaning == spool::event_meaning::overflow) {
                around_.measured.count("kustodrop_inotify_overflows_total").add();
                if (defect("ignore_overflow")) continue;
                for (auto& [name, intake] : intakes_) intake->lost_events();
                continue;
            }
            for (auto& [name, intake] : intakes_) {
                if (intake->owns(event.watch)) intake->hint(event);
            }
        }
        co_await around_.time.sleep_until(around_.time.now() + gathering);
    }
}

void app::start_admin() {
    admin_sources asked;
    asked.status = [this] { return status(); };
    asked.history = [this](wall_time after) { return history_.to_json(after); };
    asked.journal = [this] { return journal_.get(); };
    asked.reload = [this] { return reload(); };
    asked.retry = [this] {
        return pipeline::retry_parts{
            *sources_,
            ready_,
            watches_,
            *journal_,
            pool_,
            around_.time,
            around_.log,
            around_.measured};
    };
    admin_ = std::make_unique<admin>(around_, settings_.admin, std::move(asked));
    around_.measured.before_exposition([this] {
        service_.measure();
        sources_->measure_ages();
        measure(around_.measured, status());
        measure_process(around_.measured);
    });
}

}  // namespace kustodrop::daemon
