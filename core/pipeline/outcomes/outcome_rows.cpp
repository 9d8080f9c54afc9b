// The service's words in the status table: one row for each post (docs/protocol.md §8.3).
#include "pipeline/outcomes/outcomes.hpp"
#include "pipeline/shipping/shipment.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

using azure::storage_place;

static constexpr unsigned posts_looked_at = 8;  // The last ones of a source.
static constexpr duration longest_row_pause = 1min;
static constexpr duration late_row_pause = 10min;

// A young row is read often, an old one seldom; what is past its deadline at every chance.
std::vector<std::string> outcomes::rows_due() {
    auto now = with_.time.now();
    std::vector<std::string> due;
    std::unordered_map<std::string, time_point> next;
    auto consider = [&](const std::string& id, duration pause) {
        auto known = next_row_reads_.find(id);
        auto at = known == next_row_reads_.end() ? now : known->second;
        if (at <= now) {
            due.push_back(id);
            at = now + pause;
        }
        next[id] = at;
    };
    for (auto& [id, waits] : expected_) {
        auto pause = std::clamp<duration>(
            (now - waits.posted_at) / 4,
            options_.poll_interval,
            std::max(options_.poll_interval, longest_row_pause)
        );
        consider(id, now >= waits.posted_at + options_.outcome_timeout ? duration() : pause);
    }
    if (with_.sources.parked() > 0) {
        with_.sources.each([&](const spool::source& what) {
            if (with_.sources.is_parked(what)) consider(what.id, late_row_pause);
        });
    }
    next_row_reads_ = std::move(next);
    return due;
}

asio::awaitable<bool> outcomes::read_rows() {
    auto resources = with_.router.current();
    blind_ = !resources;
    if (blind_) co_return false;
    auto begun = with_.time.now();
    trouble_.reset();
    bool brought = false;
    auto due = rows_due();
    for (auto& id : due) {
        bool some = co_await read_rows_of(id, resources->status_tables);
        brought = brought || some;
        if (trouble_) break;
    }
    blind_ = trouble_.has_value();
    if (!blind_) patience_.looked(begun);
    co_return brought;
}

// Success first: it wins over the failure of another post.
asio::awaitable<bool> outcomes::read_rows_of(
    std::string source_id, std::vector<storage_place> tables
) {
    auto* what = with_.sources.find(source_id);
    if (!what) co_return false;
    auto last = what->posts;
    auto first = last > posts_looked_at ? last - posts_looked_at + 1 : 1;
    std::vector<kusto::notification> words;
    for (auto& table : tables) {
        for (auto post = first; post <= last; ++post) {
            auto key = status_row_of(source_id, post);
            auto word = co_await read_row(table, std::move(key));
            if (trouble_) co_return false;
            if (word && word->source_id == source_id) words.push_back(std::move(*word));
        }
    }
    std::ranges::stable_sort(words, std::greater<>(), &kusto::notification::success);
    for (auto& word : words) take_word(word);
    co_return !expected_.contains(source_id) && !words.empty();
}

asio::awaitable<std::optional<kusto::notification>> outcomes::read_row(
    storage_place table, azure::row_key key
) {
    auto row = co_await with_.tables.get(table.location, std::move(key));
    if (row.has_error()) {
        trouble_ = row.error();
        result<void> told = row.error();
        with_.router.report(table, told);
        co_return std::nullopt;
    }
    if (!*row) co_return std::nullopt;
    auto word = kusto::parse_status_row(**row);
    if (word.has_error() || !*word) co_return std::nullopt;
    metric_labels labels{{"kind", (*word)->success ? "success" : "failure"}, {"owner", "us"}};
    with_.measured.count("kustodrop_notifications_total", labels).add();
    co_return std::move(*word);
}

}  // namespace kustodrop::pipeline
