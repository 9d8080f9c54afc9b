#include "spool/journal/journal.hpp"

#include "async/event.hpp"
#include "spool/journal/files/journal_files.hpp"
#include "spool/journal/files/journal_notes.hpp"
#include "spool/journal/files/journal_place.hpp"
#include "spool/journal/journal_queue.hpp"
#include "spool/journal/journal_store.hpp"

#include <algorithm>
#include <mutex>
#include <type_traits>

namespace kustodrop::spool {

static constexpr duration shortest_pause = 250ms;
static constexpr duration longest_pause = 10s;

struct journal::state {
    state(asio::any_io_executor executor, clock& clock, worker_pool& pool, logger& log)
        : time(clock), pool(pool), log(log), recorded(executor), ended(std::move(executor)) {}

    result<void> open();
    result<void> be_ready();
    void record(journal_change change) {
        queue.add(std::move(change));
        recorded.notify_all();
    }
    result<void> start_over();
    result<void> write(const journal_group& group) {
        auto written = store->write(group);
        for (auto& one : store->take_refused()) notes.refused.push_back(std::move(one));
        return written;
    }
    result<void> commit(std::uint64_t ticket, const journal_group& group);
    void learn(const result<void>& committed);
    void report();

    template <class Read>
    std::invoke_result_t<Read, journal_store&> read_or_start_over(Read read) {
        std::lock_guard lock(mutex);
        if (auto ready = be_ready(); !ready) return ready.error();
        auto said = read(*store);
        if (said || said.error().code != errc::journal_corrupt) return said;
        if (auto begun = start_over(); !begun) return begun.error();
        return read(*store);
    }

    // Owned by the daemon's thread.
    clock& time;
    worker_pool& pool;
    logger& log;
    metrics* measured = nullptr;
    journal_options options;
    journal_queue queue;
    event recorded;                  // Something is to be committed.
    std::optional<batch_pace> pace;  // Of commits.
    event ended;  // A commit, well or not: many wait for it, and for nothing else.
    bool healthy = true;
    bool is_new = false;
    std::uint64_t failed_commits = 0;
    failure last_failure;
    std::optional<time_point> commit_since;
    std::uint64_t tickets = 0;  // One for each group that was sent to be committed.

    // Shared with the workers.
    std::mutex mutex;
    std::unique_ptr<journal_store> store;
    std::uint64_t newest_ticket = 0;
    reserve_file reserve;
    journal_notes notes;
};

static store_access access_of(const journal_options& options) {
    return options.synced ? store_access::exclusive : store_access::unsynced;
}

// With the mutex held, as all that uses the store.
result<void> journal::state::be_ready() {
    return store ? keep_in_place(store, options.path, access_of(options), notes) : open();
}

result<void> journal::state::open() {
    auto opened = journal_store::open(options.path, access_of(options));
    if (!opened) return opened.error();
    store = std::move(*opened);
    is_new = is_new || store->is_new();
    return {};
}

// With the mutex held, or before anyone else knows the state.
result<void> journal::state::start_over() {
    store.reset();
    auto aside = set_aside(options.path, time.wall_now());
    if (!aside) return aside.error();
    notes.set_aside.push_back(*aside);
    return open();
}

result<void> journal::state::commit(std::uint64_t ticket, const journal_group& group) {
    std::lock_guard lock(mutex);
    // flush() overtook this group and wrote it with what is newer: writing it now would go back.
    if (ticket < newest_ticket) return {};
    newest_ticket = ticket;
    if (auto ready = be_ready(); !ready) return ready;
    auto said = write(group);
    if (said) return said;
    if (said.error().code == errc::disk_full && reserve.release()) {
        ++notes.reserves_used;
        return write(group);
    }
    if (said.error().code != errc::journal_corrupt) return said;
    // Every record is a source's whole state, so the new journal fills up again as they move on;
    // what it misses is found in the work folders after a restart.
    if (auto begun = start_over(); !begun) return begun;
    return write(group);
}

void journal::state::learn(const result<void>& committed) {
    report();
    pace->served();
    if (committed) {
        if (!healthy) log.info("journal is written again");
        healthy = true;
        queue.group_is_safe();
    } else {
        auto& f = last_failure = committed.error();
        ++failed_commits;
        if (healthy)
            log.error(
                "journal cannot be written", {{"code", f.code.text()}, {"detail", f.message()}}
            );
        healthy = false;
        queue.group_is_not_safe();
    }
    ended.notify_all();
}

void journal::state::report() {
    journal_notes news;
    {
        std::lock_guard lock(mutex);
        std::swap(news, notes);
    }
    spool::report(news, log, *measured);
}

journal::journal(std::unique_ptr<state> state) : state_(std::move(state)) {}
journal::~journal() = default;

result<std::unique_ptr<journal>> journal::open(
    asio::any_io_executor executor,
    journal_options options,
    clock& clock,
    worker_pool& pool,
    logger& log,
    metrics& measured
) {
    auto fresh = std::make_unique<state>(executor, clock, pool, log);
    fresh->options = std::move(options);
    fresh->pace.emplace(std::move(executor), clock, fresh->options.pace);
    fresh->measured = &measured;
    auto opened = fresh->open();
    if (!opened && opened.error().code == errc::journal_corrupt) opened = fresh->start_over();
    if (!opened) return opened.error();
    if (fresh->options.synced) {
        fresh->reserve = reserve_file(fresh->options.path + ".reserve");
        fresh->reserve.fill();
    }
    fresh->report();
    return std::unique_ptr<journal>(new journal(std::move(fresh)));
}

void journal::record(const source& what) {
    state_->record(source_change{what, state_->time.wall_now()});
    if (is_urgent(what)) state_->pace->arrive();
}

void journal::record_together(const std::vector<const source*>& all) {
    regrouped_change change;
    for (auto* what : all) change.sources.push_back({*what, state_->time.wall_now()});
    state_->record(std::move(change));
}

void journal::record_kept(const kept_file& what) { state_->record(kept_change{what}); }

void journal::forget_kept(std::string watch, std::string name) {
    state_->record(forgotten_change{std::move(watch), std::move(name)});
}

void journal::rename_watch(std::string from, std::string to) {
    state_->record(renamed_change{std::move(from), std::move(to)});
}

void journal::record_folder(folder_record where) {
    state_->record(folder_change{std::move(where)});
}

void journal::record_cut(const source& what, std::vector<log_record> logs) {
    state_->record(cut_change{{what, state_->time.wall_now()}, std::move(logs)});
}

void journal::record_logs(
    std::string watch, std::vector<log_record> written, std::vector<std::uint64_t> forgotten
) {
    state_->record(logs_change{std::move(watch), std::move(written), std::move(forgotten)});
}

asio::awaitable<result<void>> journal::durable() {
    auto& s = *state_;
    auto awaited = s.queue.last_number();
    auto failures = s.failed_commits;
    while (s.queue.safe_number() < awaited) {
        if (s.failed_commits != failures) co_return s.last_failure;
        s.pace->arrive();
        co_await s.ended.wait();
    }
    co_return result<void>();
}

asio::awaitable<void> journal::run() {
    auto& s = *state_;
    auto& seconds = s.measured->distribution("kustodrop_journal_commit_seconds");
    duration pause = shortest_pause;
    s.report();
    for (;;) {
        while (s.queue.empty()) co_await s.recorded.wait();
        co_await s.pace->next();
        auto group = s.queue.take_group(s.options.group_records);
        auto work = [&s, ticket = ++s.tickets, group = std::move(group)] {
            return s.commit(ticket, group);
        };
        s.commit_since = s.time.now();
        auto committed = co_await offload(s.pool, std::move(work));
        auto took = s.time.now() - *std::exchange(s.commit_since, std::nullopt);
        s.learn(committed);
        if (committed) {
            seconds.observe(std::chrono::duration<double>(took).count());
            pause = shortest_pause;
            continue;
        }
        auto wait = std::exchange(pause, std::min(pause * 2, longest_pause));
        co_await s.time.sleep_until(s.time.now() + wait);
    }
}

asio::awaitable<void> journal::examine() {
    auto& s = *state_;
    for (std::size_t part = 0;; ++part) {
        auto work = [&s, part]() -> result<bool> {
            std::lock_guard lock(s.mutex);
            if (!s.store || part >= s.store->parts_to_check()) return false;
            auto said = s.store->check_part(part);
            if (said || said.error().code != errc::journal_corrupt) return true;
            if (auto begun = s.start_over(); !begun) return begun.error();
            return false;
        };
        auto more = co_await offload(s.pool, std::move(work));
        s.report();
        if (more.has_error() || !*more) co_return;
    }
}

void journal::close() {
    std::lock_guard lock(state_->mutex);
    state_->store.reset();
}

result<void> journal::flush() {
    auto& s = *state_;
    // A group that a cancelled run() left is written again: records are whole states.
    s.queue.group_is_not_safe();
    auto begun = s.read_or_start_over([](journal_store&) { return result<void>(); });
    if (!begun) return begun;
    while (!s.queue.empty()) {
        auto committed = s.commit(++s.tickets, s.queue.take_group(s.options.group_records));
        s.learn(committed);
        if (!committed) return committed;
    }
    return {};
}

bool journal::is_new() const { return state_->is_new; }
std::optional<time_point> journal::commit_since() const { return state_->commit_since; }
bool journal::healthy() const { return state_->healthy; }

result<void> journal::each_unretired(const std::function<void()>& begins, const visitor& visit) {
    return state_->read_or_start_over([&](journal_store& store) {
        begins();
        return store.each_unretired(visit);
    });
}

result<std::vector<kept_file>> journal::kept(std::string watch) {
    return state_->read_or_start_over([&](journal_store& store) { return store.kept(watch); });
}

result<std::vector<folder_record>> journal::folders() {
    return state_->read_or_start_over([](journal_store& store) { return store.folders(); });
}

result<std::vector<log_record>> journal::logs(std::string watch) {
    return state_->read_or_start_over([&](journal_store& store) { return store.logs(watch); });
}

asio::awaitable<result<std::vector<journal_row>>> journal::find(journal_query query) {
    auto& s = *state_;
    std::vector<journal_row> rows;
    std::optional<journal_cursor> from = query.after;
    std::size_t files = 0;
    // Page by page, so that commits do not wait for a long search.
    while (from && files < query.limit) {
        auto left = query.limit - files;
        auto work = [&s, &query, left, cursor = *from] {
            auto read = [&](journal_store& store) { return store.page(query, cursor, left); };
            return s.read_or_start_over(read);
        };
        auto page = co_await offload(s.pool, std::move(work));
        if (!page) co_return page.error();
        for (auto& row : page->rows) files += std::max<std::size_t>(1, row.source.slices.size());
        std::move(page->rows.begin(), page->rows.end(), std::back_inserter(rows));
        from = page->next;
    }
    co_return rows;
}

asio::awaitable<result<std::size_t>> journal::forget_retired(wall_time limit) {
    auto& s = *state_;
    auto work = [&s, limit] {
        auto forget = [&](journal_store& store) { return store.forget_retired(limit); };
        auto forgotten = s.read_or_start_over(forget);
        if (forgotten) s.reserve.fill();
        return forgotten;
    };
    auto forgotten = co_await offload(s.pool, std::move(work));
    s.report();
    co_return forgotten;
}

asio::awaitable<result<bool>> copy_part(journal& from, std::string path, bool begins) {
    auto& s = *from.state_;
    auto work = [&s, &path, begins] {
        auto copy = [&](journal_store& store) { return store.copy_part(path, begins); };
        return s.read_or_start_over(copy);
    };
    auto more = co_await offload(s.pool, std::move(work));
    co_return more;
}

}  // namespace kustodrop::spool
