#include "pipeline/outcomes/outcomes.hpp"

#include "async/timed_wait.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

// Of a queue that is read together with others, and of one that is read apart.
static constexpr duration quick_answer = 10s;
static constexpr duration patient_answer = 1min;

outcomes::outcomes(
    asio::any_io_executor executor,
    const outcomes_parts& with,
    const outcomes_options& options,
    routing& next
)
    : sources_(with.sources),
      absent_(with.absent),
      time_(with.time),
      log_(with.log),
      options_(options),
      changed_(executor),
      owners_(with.sources, with.absent, with.journal),
      blocked_(with.time, with.log, with.measured),
      clients_{with.queues.within(quick_answer), with.queues.within(patient_answer)},
      cleaner_(executor, {clients_.quick, patience_, with.time, with.log}),
      cleaner_apart_(
          executor, {clients_.patient, patience_, with.time, with.log, queue_lane::apart}
      ),
      handler_(
          {with.sources,
           with.absent,
           with.ready,
           with.watches,
           expected_,
           with.identity_token,
           with.time,
           with.random,
           with.log,
           with.measured},
          options,
          next
      ),
      queues_(parts_for(queue_lane::main, with), options),
      queues_apart_(parts_for(queue_lane::apart, with), options),
      asked_(executor),
      table_(
          {with.sources,
           with.absent,
           expected_,
           handler_,
           with.router,
           with.tables,
           with.time,
           with.random,
           with.measured},
          options
      ),
      operations_(
          {with.sources,
           with.absent,
           expected_,
           handler_,
           with.rest.client,
           with.time,
           with.measured},
          options
      ) {}

queue_poller::parts outcomes::parts_for(queue_lane lane, const outcomes_parts& with) {
    bool is_main = lane == queue_lane::main;
    return {
        expected_,
        owners_,
        handler_,
        is_main ? cleaner_ : cleaner_apart_,
        patience_,
        blocked_,
        with.journal,
        with.router,
        is_main ? clients_.quick : clients_.patient,
        with.time,
        with.random,
        with.log,
        with.measured,
        lane};
}

void outcomes::set_options(const outcomes_options& options) {
    options_ = options;
    handler_.set_options(options);
    queues_.set_options(options);
    queues_apart_.set_options(options);
    table_.set_options(options);
    operations_.set_options(options);
    changed_.notify_all();
}

void outcomes::expect(const spool::source& posted) {
    // A resumed source has waited before; a clock that was set back must not make it wait longer.
    bool is_known = posted.last_post_at != wall_time{};
    auto waited = std::chrono::microseconds(0);
    if (is_known) waited = time_.wall_now() - posted.last_post_at;
    waited = std::max(waited, std::chrono::microseconds(0));
    auto posted_at = time_.now() - std::min<duration>(waited, options_.outcome_timeout);
    expected_.add(posted.id, posted_at, places_of(posted));
    bool is_lost = spool::is_unposted(posted.stage) && posted.ambiguous_posts > 0;
    is_lost ? lost_.lost(posted, time_.now()) : lost_.forget(posted.id);
    operations_.expect(posted);
    changed_.notify_all();
}

std::size_t outcomes::outstanding() const {
    auto out = expected_.size();
    lost_.each([&](const std::string& source_id) {
        auto* what = expected_.contains(source_id) ? sources_.find(source_id) : nullptr;
        if (what && spool::is_unposted(what->stage)) --out;
    });
    return out;
}

std::optional<failure> outcomes::trouble() const {
    if (awaits_none()) return std::nullopt;
    if (read_.in_operation) {
        if (auto problem = operations_.troubles().summary()) return problem;
    }
    return notification_trouble();
}

std::optional<failure> outcomes::notification_trouble() const {
    if (read_.in_table && table_.trouble()) return table_.trouble();
    if (!read_.in_queue) return std::nullopt;
    if (auto slow = patience_.trouble()) return slow;
    if (auto problem = queues_.trouble()) return problem;
    return patience_.has_slow_ones() ? queues_apart_.trouble() : std::nullopt;
}

asio::awaitable<void> outcomes::run() {
    for (;;) {
        if (awaits_none()) {
            co_await changed_.wait();
            continue;
        }
        bool brought = false;
        brought = co_await poll();
        end_waiting();
        end_repeating();
        if (!brought) co_await pause();
    }
}

// Paced by the passes over the other queues.
asio::awaitable<void> outcomes::run_apart() {
    for (;;) {
        co_await asked_.wait();
        co_await queues_apart_.poll();
    }
}

// Where an earlier release had it reported is not known: it is taken for where it would be now.
spool::report_places outcomes::places_of(const spool::source& what) const {
    if (what.reported.any()) return what.reported;
    bool in_table = options_.method == report_method::table;
    return {!in_table, in_table, false};
}

// Both places after report_method was changed, until no source needs the former one.
spool::report_places outcomes::places_to_read() {
    auto out = expected_.reported();
    auto include = [&](const spool::report_places& places) {
        out.in_queue = out.in_queue || places.in_queue;
        out.in_table = out.in_table || places.in_table;
        out.in_operation = out.in_operation || places.in_operation;
    };
    include(absent_.reported());
    if (absent_.any_unsaid()) include(places_of(spool::source()));
    if (sources_.parked() == 0) return out;
    sources_.each_parked([&](const spool::source& what) { include(places_of(what)); });
    return out;
}

asio::awaitable<bool> outcomes::poll() {
    read_ = places_to_read();
    if (options_.reports == report_level::none) read_ = {false, false, read_.in_operation};
    bool brought = co_await operations_.poll();
    if (read_.in_queue) {
        if (patience_.has_slow_ones()) asked_.notify_all();
        bool some = co_await queues_.poll();
        brought = brought || some;
    }
    if (read_.in_table) {
        bool some = co_await table_.poll();
        brought = brought || some;
    }
    say_trouble();
    co_return brought;
}

std::optional<failure> outcomes::reading_trouble() const {
    auto problem = notification_trouble();
    // Those of others in front of ours are reported apart, and ours are found in time.
    if (problem && problem->code == errc::notifications_blocked) return std::nullopt;
    return problem;
}

// What keeps the outcome of this source from being read.
std::string outcomes::unread_because(const spool::source& what) const {
    auto places = places_of(what);
    std::optional<failure> problem;
    if (places.in_operation) problem = operations_.trouble_of(what);
    if (!problem && (places.in_queue || places.in_table)) problem = reading_trouble();
    return problem ? problem->message() : std::string();
}

void outcomes::say_trouble() {
    std::map<std::string, failure> fails;  // By table; empty: of none in particular.
    if (read_.in_operation) {
        for (auto& one : operations_.troubles().all()) fails.emplace(one.table, one.why);
    }
    if (auto problem = reading_trouble()) fails.emplace("", *problem);
    for (auto& place : std::exchange(said_.failing, {})) {
        if (!fails.contains(place)) say_end(place);
    }
    for (auto& [place, why] : fails) {
        said_.failing.insert(place);
        say_begin(place, why);
    }
}

void outcomes::say_begin(const std::string& table, const failure& why) {
    auto news = said_.reports.failed(table, why.code.text(), time_.now());
    if (!news || news->what != recurring::turn::begins) return;
    if (table.empty()) {
        log_.warning(
            "notifications cannot be read; sources wait for their outcomes",
            {{"code", why.code.text()}, {"detail", why.message()}}
        );
        return;
    }
    log_.warning(
        "outcomes of a table cannot be read; its sources wait, others do not",
        {{"target", table}, {"code", why.code.text()}, {"detail", why.message()}}
    );
}

void outcomes::say_end(const std::string& table) {
    for (auto& ended : said_.reports.worked(table, time_.now())) {
        if (table.empty()) {
            log_.info("notifications can be read again", {{"code", ended.kind}});
        } else {
            log_.info(
                "outcomes of a table can be read again", {{"target", table}, {"code", ended.kind}}
            );
        }
    }
}

// What is posted meanwhile brings the next poll nearer.
asio::awaitable<void> outcomes::pause() {
    auto timing = polling_options_of(options_);
    auto begun = time_.now();
    auto longest = duration::max();
    if (read_.in_queue) longest = queues_.wait_when_hidden().value_or(longest);
    for (;;) {
        auto now = time_.now();
        std::optional<duration> youngest;
        if (auto posted = expected_.youngest()) youngest = now - *posted;
        auto next = begun + std::min(longest, wait_before_poll(timing, youngest));
        if (auto turn = operations_.next()) next = std::min(next, *turn);
        if (now >= next) co_return;
        co_await wait_until(changed_, time_, next);
    }
}

bool outcomes::is_over(time_point deadline) const {
    if (!queues_.is_over(deadline)) return false;
    return !patience_.has_slow_ones() || queues_apart_.is_over(deadline);
}

// The sources that the service will not report on any more.
std::vector<std::string> outcomes::overdue() const {
    std::vector<std::string> ids;
    bool is_silent = options_.reports == report_level::none;
    auto now = time_.now();
    expected_.each([&](const expectations::entry& one) {
        auto deadline = one.posted_at + options_.outcome_timeout;
        bool is_due = deadline <= now;
        if (!is_silent && !is_due) return false;
        bool over = is_silent || ((!one.reported.in_queue || is_over(deadline)) &&
                                  (!one.reported.in_table || table_.is_over(deadline)));
        if (one.reported.in_operation) {
            over = over && is_due && operations_.is_over(one.source_id, deadline);
        }
        if (over) ids.push_back(one.source_id);
        return true;
    });
    return ids;
}

// A post without an answer that is held for longer than its outcome is awaited waits for nothing
// else. One that was repeated meanwhile is awaited for as long again.
bool outcomes::is_held_past_timeout(const spool::source& what) const {
    bool is_held = spool::is_unposted(what.stage) && what.ambiguous_posts > 0;
    return is_held && options_.repost_after > options_.outcome_timeout;
}

void outcomes::end_waiting() {
    for (auto& id : overdue()) {
        expected_.remove(id);
        auto* what = sources_.find(id);
        if (!what) continue;
        bool is_held = is_held_past_timeout(*what);
        duration waited = time_.wall_now() - what->last_post_at;
        if (is_held && waited < options_.outcome_timeout) {
            expect(*what);
        } else if (is_held || std::holds_alternative<stage::posted>(what->stage)) {
            handler_.handle_timeout(*what, unread_because(*what));
        }
    }
}

// Each post without an answer may add its rows once more: not without end.
void outcomes::end_repeating() {
    for (auto& id : lost_.since(time_.now() - options_.outcome_timeout)) {
        auto* what = sources_.find(id);
        if (!what || !spool::is_unposted(what->stage)) {
            lost_.forget(id);
        } else if (lost_.is_repeated(*what)) {
            handler_.handle_timeout(*what, unread_because(*what));
        }
    }
}

}  // namespace kustodrop::pipeline
