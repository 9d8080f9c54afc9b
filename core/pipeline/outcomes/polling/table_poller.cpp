#include "pipeline/outcomes/polling/table_poller.hpp"

#include "pipeline/outcomes/polling/queue_book.hpp"
#include "pipeline/shipping/shipment.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

using azure::storage_place;

static constexpr unsigned posts_looked_at = 8;  // The last ones of a source.
static constexpr duration longest_pause = 1min;
static constexpr unsigned most_unread_a_pass = 3;  // Sources: each may cost a whole timeout.
static constexpr duration pause_when_parked = 10min;

table_poller::table_poller(parts with, outcomes_options options)
    : with_(with), options_(options), schedule_(polling_options_of(options), with.random) {}

void table_poller::set_options(const outcomes_options& options) {
    options_ = options;
    schedule_.set_options(polling_options_of(options));
}

bool table_poller::is_over(time_point deadline) const {
    return schedule_.is_over(deadline, with_.time.now(), blind_);
}

std::optional<failure> table_poller::trouble() const {
    if (trouble_) return trouble_;
    auto resources = with_.router.current();
    if (!resources) return std::nullopt;
    return reporting_problem(*resources, options_.reports, report_method::table);
}

duration table_poller::pause_for(time_point posted_at) const {
    auto age = with_.time.now() - posted_at;
    if (age >= options_.outcome_timeout) return duration();
    return std::clamp<duration>(
        age / 4, options_.poll_interval, std::max(options_.poll_interval, longest_pause)
    );
}

std::vector<std::string> table_poller::due() {
    auto now = with_.time.now();
    std::vector<std::string> out;
    std::unordered_map<std::string, time_point> next;
    auto consider = [&](const std::string& id, duration pause) {
        auto known = next_reads_.find(id);
        auto at = known == next_reads_.end() ? now : known->second;
        if (at <= now) {
            out.push_back(id);
            at = now + pause;
        }
        next[id] = at;
    };
    with_.expected.each([&](const expectations::entry& one) {
        if (one.reported.in_table) consider(one.source_id, pause_for(one.posted_at));
        return true;
    });
    if (with_.sources.parked() > 0) {
        with_.sources.each_parked([&](const spool::source& what) {
            bool is_here = what.reported.any() ? what.reported.in_table
                                               : options_.method == report_method::table;
            if (is_here) consider(what.id, pause_when_parked);
        });
    }
    next_reads_ = std::move(next);
    return out;
}

asio::awaitable<bool> table_poller::poll() {
    auto resources = with_.router.current();
    blind_ = !resources;
    if (blind_) co_return false;
    auto begun = with_.time.now();
    auto problem = reporting_problem(*resources, options_.reports, report_method::table);
    blind_ = problem.has_value();
    if (blind_) {
        trouble_ = std::move(problem);
        co_return false;
    }
    bool brought = false;
    unread_ = 0;
    auto ids = due();
    // What could not be read is a trouble until it is asked for again.
    if (!ids.empty() || next_reads_.empty()) trouble_.reset();
    for (auto& id : ids) {
        bool some = co_await read_rows(id, resources->status_tables);
        brought = brought || some;
        if (unread_ >= most_unread_a_pass) break;
    }
    blind_ = trouble_.has_value();
    if (!blind_) schedule_.looked(begun);
    co_return brought;
}

// Success first: it wins over the failure of another post.
asio::awaitable<bool> table_poller::read_rows(
    std::string source_id, std::vector<storage_place> tables
) {
    auto* what = with_.sources.find(source_id);
    if (!what) what = with_.absent.find(source_id);
    if (!what) co_return false;
    auto last = what->posts;
    auto first = last > posts_looked_at ? last - posts_looked_at + 1 : 1;
    std::vector<kusto::notification> found;
    bool is_whole = true;
    for (auto& table : tables) {
        bool answers = true;
        for (auto post = first; post <= last && answers; ++post) {
            auto key = status_row_of(source_id, post);
            auto row = co_await read_row(table, std::move(key));
            answers = !row.has_error();
            if (!answers || !*row || (*row)->source_id != source_id) continue;
            found.push_back(std::move(**row));
        }
        is_whole = is_whole && answers;
    }
    if (!is_whole) {
        ++unread_;
        // A failure is final only where no success can stand in what was not read.
        std::erase_if(found, [](auto& one) { return !one.success; });
    }
    std::ranges::stable_sort(found, std::greater<>(), &kusto::notification::success);
    for (auto& one : found) with_.handler.apply(one);
    co_return !found.empty() && !with_.expected.contains(source_id);
}

asio::awaitable<result<std::optional<kusto::notification>>> table_poller::read_row(
    storage_place table, azure::row_key key
) {
    std::optional<kusto::notification> none;
    auto row = co_await with_.tables.get(table.location, std::move(key));
    if (row.has_error()) {
        trouble_ = row.error();
        result<void> failed = row.error();
        with_.router.report(table, failed);
        co_return row.error();
    }
    if (!*row) co_return none;
    auto found = kusto::parse_status_row(**row);
    if (found.has_error() || !*found) co_return none;
    metric_labels labels{{"kind", (*found)->success ? "success" : "failure"}, {"owner", "us"}};
    with_.measured.count("kustodrop_notifications_total", labels).add();
    co_return std::move(*found);
}

}  // namespace kustodrop::pipeline
