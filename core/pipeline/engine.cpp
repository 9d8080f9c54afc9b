#include "pipeline/engine.hpp"

#include "async/offload.hpp"
#include "pipeline/making.hpp"
#include "pipeline/renaming.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

static constexpr std::size_t most_names = 20;
static constexpr duration before_packing = 250ms;

engine::engine(engine_parts parts, engine_options options, engine_observer* observer)
    : with_(std::move(parts)),
      options_(std::move(options)),
      observer_(observer),
      events_(options_.inotify ? open_events(with_.executor, with_.log) : nullptr),
      sources_(with_.journal, with_.time, with_.measured),
      absent_(with_.journal),
      ready_(with_.executor, with_.time, options_.ready),
      clusters_(
          {with_.executor,
           sources_,
           absent_,
           ready_,
           contents_,
           watches_,
           with_.journal,
           with_.pool,
           with_.time,
           with_.random,
           with_.log,
           with_.measured,
           *this,
           reads_of(observer)}
      ),
      idle_(with_.executor),
      shipping_(with_.executor),
      serving_(with_.executor) {
    ready_.set_classifier([this](const std::string& id) {
        auto* what = sources_.find(id);
        if (!what) return ready_queue::standing();
        bool large = what->size_bytes() >= options_.shipping.block_bytes;
        return ready_queue::standing{what->watch, large, clusters_.index_of(*what)};
    });
    sources_.set_on_idle([this] { idle_.notify_all(); });
    ready_.set_ranker([this](const std::string& watch) {
        auto* from = watches_.find(watch);
        return from ? from->options.backlog.priority : watch_priority::normal;
    });
    for (auto& one : with_.clusters) clusters_.add(one, options_of_clusters());
}

cluster_sides::options engine::options_of_clusters() const {
    return {options_.shippers, options_.upload_memory_bytes, options_.shipping, options_.outcomes};
}

result<void> engine::read_unretired() {
    auto begins = [this] { absent_.clear(); };
    auto visit = [this](spool::source what) { absent_.add(std::move(what)); };
    return with_.journal.each_unretired(begins, visit);
}

result<void> engine::resume(const std::vector<watch_options>& configured) {
    auto read = read_unretired();
    if (read.has_error()) return read;
    return adopt_renamed(configured, with_.journal, absent_, with_.log);
}

asio::awaitable<result<void>> engine::resume_meanwhile(const std::vector<watch_options>& configured
) {
    auto reading = [this] { return read_unretired(); };
    auto read = co_await offload(with_.pool, reading);
    if (read.has_error()) co_return read;
    co_return adopt_renamed(configured, with_.journal, absent_, with_.log);
}

void engine::expect_absent() {
    absent_.each([this](const spool::source& one) {
        bool is_posted = std::holds_alternative<stage::posted>(one.stage);
        if (is_posted || std::holds_alternative<stage::posting>(one.stage)) clusters_.expect(one);
    });
}

watch& engine::add(watch_options options) {
    auto& watch = watches_.add(std::move(options));
    retirer_parts retiring{
        sources_, with_.journal, with_.pool, with_.time, with_.random, with_.log, *this};
    retirers_[watch.options.name] = std::make_unique<retirer>(with_.executor, watch, retiring);
    return watch;
}

watcher& engine::add_watcher(watch& from) {
    intake_parts parts{
        sources_,
        absent_,
        ready_,
        contents_,
        with_.journal,
        with_.pool,
        with_.time,
        with_.random,
        with_.log,
        with_.measured,
        events_.get()};
    intake_options options;
    options.state_directory = options_.state_directory;
    routing& next = *this;
    auto& place = watchers_[from.options.name];
    place = make_watcher(with_.executor, from, parts, options, next);
    return *place;
}

void engine::expect_watch(watch_options options) { add_watcher(add(std::move(options))); }

asio::awaitable<opening_failures> engine::open_watches(duration patience) {
    std::vector<named_watcher> all;
    for (auto& [name, one] : watchers_) all.push_back({name, one.get()});
    opening_parts parts{with_.executor, with_.time, with_.pool, shipping_};
    auto failures = co_await open_folders(parts, std::move(all), patience);
    co_return failures;
}

void engine::add_watch(watch_options options) {
    auto& from = add(std::move(options));
    auto& taking = add_watcher(from);
    taking.begin();
    serving_.start(retirers_[from.options.name]->run());
    shipping_.start(taking.run());
}

void engine::rename_watch(const std::string& from, const std::string& to) {
    watches_.rename(from, to);
    rename_key(watchers_, from, to);
    rename_key(retirers_, from, to);
    absent_.rename_watch(from, to);
    sources_.rename_watch(from, to);
}

result<named_files*> engine::open_named_files(watch_options options) {
    auto& from = add(std::move(options));
    resuming_parts resuming{sources_, ready_, *this, with_.time, with_.measured};
    named_ = std::make_unique<named_files>(
        from, named_files_parts{resuming, with_.journal, with_.random}
    );
    auto opened = named_->open(absent_.take(from.options.name));
    if (opened.has_error()) return opened.error();
    return named_.get();
}

void engine::start() {
    for (auto& [name, retirer] : retirers_) serving_.start(retirer->run());
    for (auto& [name, one] : watchers_) shipping_.start(one->run());
    clusters_.start(shipping_, serving_, options_.shippers);
    if (events_) serving_.start(read_events());
    if (with_.pool.threads()) serving_.start(watch_threads());
    serving_.start(pack_idle());
    serving_.start(watch_clusters());
}

void engine::set_options(const engine_options& options) {
    options_.shipping = options.shipping;
    options_.outcomes = options.outcomes;
    clusters_.set_options(options_of_clusters());
}

watcher* engine::find_watcher(const std::string& watch) {
    auto found = watchers_.find(watch);
    return found == watchers_.end() ? nullptr : found->second.get();
}

retirer* engine::find_retirer(const std::string& watch) {
    auto found = retirers_.find(watch);
    return found == retirers_.end() ? nullptr : found->second.get();
}

retry_parts engine::for_retry() {
    auto trouble = [this](const std::string& watch) { return folder_trouble(watch); };
    return {
        sources_,
        ready_,
        watches_,
        with_.journal,
        with_.pool,
        with_.time,
        with_.random,
        with_.log,
        with_.measured,
        trouble};
}

std::optional<failure> engine::delivery_trouble(std::size_t cluster) {
    auto could_go_on = [this](const std::string& watch) {
        return sources_.counts(watch).unshipped() > 0 && !folder_trouble(watch);
    };
    return clusters_.trouble(cluster, could_go_on);
}

// Routing.

void engine::posted(spool::source& what) {
    clusters_.expect(what);
    if (observer_) observer_->moved(what);
    auto* from = watches_.find(what.watch);
    bool early = from && from->options.act_after == act_time::posted;
    if (!early) return;
    if (auto* moving = find_retirer(what.watch)) moving->submit(what);
}

void engine::unanswered(spool::source& what) {
    if (!what.reported.only_in_answer()) clusters_.expect(what);
    if (observer_) observer_->moved(what);
}

void engine::settled(spool::source& what) {
    if (observer_) observer_->moved(what);
    if (auto* moving = find_retirer(what.watch)) moving->submit(what);
}

void engine::changed(spool::source& what) {
    if (auto* from = find_watcher(what.watch)) return from->look_again(what);
    if (named_) named_->changed(what);
}

// A burst of files wakes us once in a while, not once for each: nothing is taken sooner than
// stable_for after its event, and the kernel keeps thousands.
asio::awaitable<void> engine::read_events() {
    static constexpr duration gathering = 5ms;
    for (;;) {
        auto events = co_await events_->read();
        for (auto& event : events) {
            if (event.meaning == spool::event_meaning::overflow) {
                with_.measured.count("kustodrop_inotify_overflows_total").add();
                for (auto& [name, one] : watchers_) one->lost_events();
                continue;
            }
            for (auto& [name, one] : watchers_) {
                if (one->owns(event.watch)) one->hint(event);
            }
        }
        co_await with_.time.sleep_until(with_.time.now() + gathering);
    }
}

// What waits for its outcome waits for minutes, or for days where the service is away.
asio::awaitable<void> engine::pack_idle() {
    for (;;) {
        if (!sources_.has_idle()) co_await idle_.wait();
        co_await with_.time.sleep_until(with_.time.now() + before_packing);
        sources_.pack_idle(with_.time.now() - before_packing);
    }
}

// What blocks for ever, as on a mount that hangs, must not keep threads and shippers from others.
asio::awaitable<void> engine::watch_threads() {
    for (;;) {
        with_.pool.relieve();
        for (auto& [name, one] : watchers_) hung_.note(name, one->is_stuck(), with_.log);
        co_await with_.time.sleep_until(with_.time.now() + 1s);
    }
}

asio::awaitable<void> engine::watch_clusters() {
    for (;;) {
        clusters_.look_at_reads();
        clusters_.look_at_clusters();
        co_await with_.time.sleep_until(with_.time.now() + 1s);
    }
}

std::optional<failure> engine::folder_trouble(const std::string& watch) {
    auto* from = find_watcher(watch);
    // One that was absent may hang by now.
    if ((from && from->is_stuck()) || clusters_.reads_hang(watch)) return folder_hangs();
    return from ? from->absence() : std::nullopt;
}

std::optional<failure> engine::trouble_of(const std::string& watch) {
    if (auto trouble = folder_trouble(watch)) return trouble;
    if (clusters_.empty()) return std::nullopt;
    auto hold = clusters_.hold_of(watch);
    if (hold && sources_.counts(watch).unshipped() > 0) return hold;
    // What fails for all is said once, of the cluster.
    auto cluster = clusters_.names().of(watches_.find(watch));
    if (delivery_trouble(cluster)) return std::nullopt;
    return clusters_.post_trouble(watch);
}

// The end.

bool engine::has_shipped_all() {
    auto ended = [](auto& one) { return one.second->has_ended(); };
    if (!std::ranges::all_of(watchers_, ended)) return false;
    bool all = true;
    sources_.each([&](const spool::source& what) { all = all && !spool::is_unposted(what.stage); });
    return all;
}

void engine::stop_intake(bool whole_folders) {
    for (auto& [name, one] : watchers_) whole_folders ? one->finish() : one->close();
    if (!whole_folders) ready_.close();
}

asio::awaitable<bool> engine::join_shipping(time_point deadline) {
    if (has_shipped_all()) ready_.close();
    bool ended = co_await shipping_.join_until(with_.time, deadline);
    co_return ended;
}

void engine::close() {
    for (auto& [name, one] : watchers_) one->close();
    ready_.close();
}

unshipped_files engine::unshipped() {
    unshipped_files out;
    sources_.each([&](const spool::source& what) {
        if (!spool::is_unposted(what.stage) || what.slices.empty()) return;
        if (++out.claimed > most_names) return;
        out.names += (out.names.empty() ? "" : ", ") + what.slices.front().name;
    });
    for (auto& [name, one] : watchers_) {
        if (!one->has_ended()) out.in_folders += one->waiting_in_folder();
    }
    return out;
}

std::size_t engine::cancel() {
    auto cut_short = shipping_.running();
    shipping_.cancel();
    serving_.cancel();
    return cut_short;
}

asio::awaitable<void> engine::join(time_point deadline) {
    co_await shipping_.join_until(with_.time, deadline);
    co_await serving_.join_until(with_.time, deadline);
}

}  // namespace kustodrop::pipeline
