#include "daemon/fleet/fleet_lane.hpp"

#include "async/timed_wait.hpp"
#include "base/text.hpp"
#include "daemon/fleet/fleet_mark.hpp"
#include "daemon/fleet/fleet_problem.hpp"
#include "daemon/service/target_questions.hpp"
#include "kusto/cloud.hpp"
#include "kusto/reporting.hpp"
#include "kusto/rest/rest_request.hpp"
#include "pipeline/shipping/guarded.hpp"

#include <iterator>
#include <utility>

namespace kustodrop::daemon {

// Of one report; what is more is counted in it.
static constexpr std::size_t most_rows = 2000;
static constexpr std::size_t most_read = 2 * most_rows;  // Of each outcome.
// How often a table that was there is looked for again.
static constexpr duration between_looks = 1h;
static constexpr auto usable_metric = "kustodrop_fleet_table_usable";

fleet_lane::fleet_lane(surroundings around, fleet_parts with)
    : around_(around), with_(std::move(with)), changed_(around.executor) {
    auto help = "0 while the fleet table gets no rows until a person acts.";
    around_.measured.declare(metric_kind::gauge, usable_metric, help);
}

void fleet_lane::change() {
    if (pace_) pace_->change(around_.time.now(), with_.settings.fleet.interval);
    looked_.reset();
    changed_.notify_all();
}

std::string fleet_lane::trouble() const {
    bool is_known = is_on() && trouble_ && troubled_ == place();
    return is_known ? troubled_ + ": " + to_string(*trouble_) : std::string();
}

void fleet_lane::measure() {
    if (!is_on() && troubled_.empty()) return;
    around_.measured.value(usable_metric).set(trouble().empty() ? 1 : 0);
}

asio::awaitable<void> fleet_lane::run() {
    for (;;) {
        if (!is_on()) {
            co_await changed_.wait();
            continue;
        }
        if (!reported_) co_await remember();
        if (!pace_) {
            pace_.emplace(around_.time.now(), with_.settings.fleet.interval, around_.random);
        }
        if (around_.time.now() < pace_->due()) {
            co_await wait_until(changed_, around_.time, pace_->due());
            continue;
        }
        co_await send_one();
    }
}

asio::awaitable<void> fleet_lane::remember() {
    auto work = [path = mark_path()] { return read_fleet_mark(path); };
    auto known = co_await offload(with_.pool, work);
    // Without one, what the journal has from before is not reported.
    reported_ = known ? *known : around_.time.wall_now();
}

// No notification would say it. Where the table may not be looked at, rows may be taken all the
// same.
asio::awaitable<result<void>> fleet_lane::look() {
    auto now = around_.time.now();
    if (looked_ && now - *looked_ < between_looks) co_return result<void>();
    auto& service = with_.service;
    auto engine = service.engine();
    auto& place = engine.endpoint();
    auto trusted = kusto::check_endpoint(place, service.trusted_hosts());
    bool is_trusted = place == service.endpoint() || trusted.has_value() ||
                      trusted.error().code == errc::engine_endpoint;
    auto fleet = with_.settings.fleet;
    looked_ = now;
    if (!is_trusted || fleet.database.empty()) co_return result<void>();
    auto command = mappings_command(fleet.table);
    auto listed = co_await engine.execute_in(fleet.database, std::move(command));
    auto wrong = fleet_table_problem(fleet, listed);
    if (!wrong) co_return result<void>();
    looked_.reset();
    co_return *wrong;
}

asio::awaitable<void> fleet_lane::send_one() {
    auto sending = send();
    auto sent = co_await pipeline::guarded(std::move(sending));
    settle(sent);
    if (sent.has_error()) co_return;
    auto work = [path = mark_path(), reported = *sent] { return write_fleet_mark(path, reported); };
    co_await offload(with_.pool, work);
}

asio::awaitable<result<wall_time>> fleet_lane::send() {
    auto found = co_await look();
    if (found.has_error()) co_return found.error();
    auto& service = with_.service;
    auto container = co_await service.router.container();
    auto made = co_await make();
    auto where = with_.settings.fleet;
    if (where.database.empty()) co_return made.until;  // Turned off meanwhile.

    kusto::ingestion_request request;
    request.id = make_guid(around_.random);
    request.blob = container.location.with_path_suffix(request.id + ".json");
    request.raw_bytes = made.text.size();
    request.database = where.database;
    request.table = where.table;
    request.format = "json";
    request.mapping_reference = fleet_mapping;
    request.report_level = static_cast<int>(kusto::report_level::none);
    request.created_at = around_.time.wall_now();
    request.client_version = version();
    auto stored = co_await service.blobs.put_blob(request.blob, made.text);
    service.router.report(container, stored);
    if (stored.has_error()) co_return stored.error();
    auto posted = co_await post(std::move(request));
    if (posted.has_error()) co_return posted.error();
    co_return made.until;
}

// As with files: what REST refuses goes as a queue message, where posts may go either way.
asio::awaitable<result<void>> fleet_lane::post(kusto::ingestion_request request) {
    auto& service = with_.service;
    auto way = co_await service.transports.chosen();
    if (way == kusto::transport::queued) {
        auto queued = co_await post_in_queue(std::move(request));
        co_return queued;
    }
    auto path = kusto::rest_path(request.database, request.table);
    auto body = kusto::rest_body({request});
    kusto::rest_client::gate always_open;
    auto begun = co_await service.rest.post(std::move(path), std::move(body), always_open);
    using step = kusto::post_step;
    if (begun.step == step::accepted) co_return result<void>();
    bool is_refused = begun.step == step::no_rights || begun.step == step::no_endpoint ||
                      begun.step == step::refused;
    if (!is_refused || !service.transports.may_choose()) co_return begun.why;
    auto queued = co_await post_in_queue(std::move(request));
    co_return queued;
}

asio::awaitable<result<void>> fleet_lane::post_in_queue(kusto::ingestion_request request) {
    auto& service = with_.service;
    auto token = co_await service.identity_token.get();
    auto text = kusto::ingestion_message(request, *token);
    if (text.has_error()) co_return text.error();
    auto queue = co_await service.router.queue();
    auto sent = co_await service.queues.put_message(queue.location, std::move(*text));
    service.router.report(queue, sent);
    co_return sent;
}

asio::awaitable<fleet_lane::report> fleet_lane::make() {
    auto& fleet = with_.settings.fleet;
    auto span = next_span(*reported_, around_.time.wall_now());
    auto now = with_.status();
    now.host = fleet_host_name(now.host, with_.settings.state_directory);
    now.fleet_trouble.clear();  // A row that arrives shows that it is over.
    auto sources = co_await read_sources(now.host, span);
    report out;
    out.until = sources ? span.until : *reported_;
    heartbeat_facts facts{configuration_hash(with_.settings), fleet.interval};
    if (sources) facts.left_out = sources->left_out;
    out.text = heartbeat_row(now, facts) + "\n";
    if (!sources) co_return out;
    for (auto& row : sources->rows) out.text += row + "\n";
    co_return out;
}

// An outcome that is not on disk yet has the chance to be read by the next report only if it is
// later than this one's span: so all of them are written first.
asio::awaitable<result<file_rows>> fleet_lane::read_sources(std::string host, outcome_span span) {
    auto written = co_await with_.journal.durable();
    if (written.has_error()) co_return written.error();
    std::vector<spool::journal_row> found;
    for (auto outcome : reported_outcomes(with_.settings.fleet.sources)) {
        spool::journal_query query;
        query.since = span.after;
        query.outcome = outcome;
        query.limit = most_read;
        auto rows = co_await with_.journal.find(std::move(query));
        if (rows.has_error()) co_return rows.error();
        std::move(rows->begin(), rows->end(), std::back_inserter(found));
    }
    co_return rows_of_sources(host, found, span, most_rows);
}

void fleet_lane::settle(const result<wall_time>& sent) {
    auto now = around_.time.now();
    auto& fleet = with_.settings.fleet;
    auto where = place();
    if (sent.has_value()) {
        trouble_.reset();
        reported_ = *sent;
        pace_->sent(now, fleet.interval);
        for (auto& ended : failures_.worked(where, now)) {
            around_.log.info(
                "the fleet table is reported to again",
                {{"target", where},
                 {"code", ended.kind},
                 {"attempts_failed", std::to_string(ended.times)},
                 {"lasted", human_duration(ended.lasted)}}
            );
        }
        return;
    }
    auto problem = sent.error();
    if (problem.next == remedy::reconfigure) {
        trouble_ = problem;
        troubled_ = where;
    }
    pace_->failed(now, fleet.interval, problem.retry_after, around_.random);
    auto said = failures_.failed(where, problem.code.text(), now);
    if (!said) return;
    around_.log.warning(
        "cannot report to the fleet table; it is tried again",
        {{"target", where},
         {"code", problem.code.text()},
         {"detail", problem.message()},
         {"attempts", std::to_string(said->times)}}
    );
}

}  // namespace kustodrop::daemon
