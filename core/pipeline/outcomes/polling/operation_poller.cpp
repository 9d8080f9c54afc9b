#include "pipeline/outcomes/polling/operation_poller.hpp"

#include "base/text.hpp"
#include "kusto/rest/operation_pauses.hpp"
#include "kusto/rest/operation_status.hpp"
#include "kusto/rest/rest_request.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr duration longest_first_pause = 5s;
static constexpr duration pause_when_unconfirmed = 10min;

static std::string path_of(const spool::rest_post& one) {
    return kusto::operation_path(one.database, one.table, one.operation);
}

void operation_poller::expect(const spool::source& posted) {
    add(posted, with_.time.now() + first_pause());
}

duration operation_poller::first_pause() const {
    return std::min(longest_first_pause, options_.poll_interval);
}

void operation_poller::add(const spool::source& posted, time_point first_look) {
    if (!with_.client) return;
    for (auto& one : posted.rest_posts) {
        if (one.operation.empty()) continue;
        auto path = path_of(one);
        auto [place, is_new] = operations_.try_emplace(path);
        auto& known = place->second;
        if (std::ranges::count(known.waiting, posted.id) == 0) known.waiting.push_back(posted.id);
        if (!is_new) continue;
        known.post = one;
        plan(path, known, first_look);
    }
}

void operation_poller::plan(const std::string& path, operation& one, time_point at) {
    turns_.erase({one.next, path});
    one.next = at;
    turns_.insert({at, path});
}

std::optional<time_point> operation_poller::next() const {
    if (turns_.empty()) return std::nullopt;
    return std::max(turns_.begin()->first, not_before_);
}

const spool::source* operation_poller::find(const std::string& id) const {
    auto* what = with_.sources.find(id);
    return what ? what : with_.absent.find(id);
}

// Those that are settled meanwhile wait for nothing.
bool operation_poller::awaits(const std::string& source_id) const {
    if (with_.expected.contains(source_id)) return true;
    auto* what = find(source_id);
    if (!what) return false;
    auto* record = spool::outcome_of(what->stage);
    return !record || record->outcome == spool::outcome::unconfirmed;
}

// What waits unconfirmed may have ended all the same.
void operation_poller::look_at_parked() {
    if (with_.sources.parked() == 0) return;
    auto now = with_.time.now();
    if (parked_seen_at_ && now < *parked_seen_at_ + pause_when_unconfirmed) return;
    parked_seen_at_ = now;
    with_.sources.each([&](const spool::source& what) {
        if (with_.sources.is_parked(what)) add(what, now);
    });
}

duration operation_poller::pause_of(const operation& one) const {
    bool is_expected =
        std::ranges::any_of(one.waiting, [&](auto& id) { return with_.expected.contains(id); });
    if (!is_expected) return pause_when_unconfirmed;
    return kusto::operation_pause(one.asked, std::nullopt, first_pause());
}

bool operation_poller::is_over(const std::string& source_id, time_point deadline) const {
    auto* what = find(source_id);
    if (!what || with_.time.now() >= deadline + options_.outcome_timeout) return true;
    return std::ranges::all_of(what->rest_posts, [&](const spool::rest_post& one) {
        auto known = one.operation.empty() ? operations_.end() : operations_.find(path_of(one));
        if (known == operations_.end()) return true;
        auto& asked_at = known->second.answered_at;
        return asked_at && *asked_at >= deadline;
    });
}

asio::awaitable<bool> operation_poller::poll() {
    auto begun = with_.time.now();
    if (begun < not_before_) co_return false;
    trouble_.reset();
    look_at_parked();
    bool brought = false;
    while (!turns_.empty() && turns_.begin()->first <= begun && !trouble_) {
        auto path = turns_.begin()->second;
        if (drop_unwanted(path)) continue;
        bool some = co_await ask(std::move(path));
        brought = brought || some;
    }
    if (!trouble_) {
        troubles_ = 0;
        co_return brought;
    }
    auto pause = kusto::operation_pause(troubles_++, trouble_->retry_after, first_pause());
    not_before_ = with_.time.now() + pause;
    co_return brought;
}

// Only what is due is asked, and nothing after it where the service refuses to answer.
asio::awaitable<bool> operation_poller::ask(std::string path) {
    auto begun = with_.time.now();
    auto counters = co_await fetch(path, false);
    auto known = operations_.find(path);
    if (known == operations_.end()) co_return false;
    auto status = counters ? kusto::parse_operation_status(*counters)
                           : result<kusto::operation_status>(failure());
    if (counters && status.has_error()) trouble_ = status.error();
    if (trouble_) {
        put_off(path, false);
        co_return false;
    }
    known->second.answered_at = begun;
    auto ended = counters ? status->succeeded + status->failed + status->canceled : 0;
    if (!counters || !status->has_news() || ended == known->second.ended) {
        put_off(path, true);
        co_return false;
    }
    auto details = co_await fetch(path, true);
    known = operations_.find(path);
    if (known == operations_.end()) co_return false;
    bool brought = false;
    if (details) {
        brought = apply(known->second, *details);
        if (!trouble_ && brought) known->second.ended = ended;
    }
    put_off(path, !trouble_);
    co_return brought;
}

// Nothing: the service does not know the operation, or there is trouble.
asio::awaitable<std::optional<std::string>> operation_poller::fetch(
    std::string path, bool details
) {
    auto answer = co_await with_.client->status(std::move(path), details);
    if (answer.has_error()) {
        trouble_ = answer.error();
        co_return std::nullopt;
    }
    if (!answer->is_known) co_return std::nullopt;
    co_return std::move(answer->body);
}

bool operation_poller::apply(operation& one, const std::string& details) {
    std::vector<kusto::posted_blob> posted;
    for (auto& id : one.waiting) {
        posted.push_back({to_lower(id), {}, one.post.database, one.post.table});
    }
    auto found = kusto::parse_operation_details(details, posted);
    if (found.has_error()) {
        trouble_ = found.error();
        return false;
    }
    bool brought = false;
    for (std::size_t i = 0; i < found->size(); ++i) {
        auto& reported = (*found)[i];
        if (!reported) continue;
        // The same each time it is read, whatever else the service changes.
        reported->operation_id = one.post.operation;
        reported->at = {};
        auto id = std::exchange(one.waiting[i], std::string());
        metric_labels labels{{"kind", reported->success ? "success" : "failure"}, {"owner", "us"}};
        with_.measured.count("kustodrop_notifications_total", labels).add();
        with_.handler.apply(*reported);
        brought = true;
    }
    std::erase(one.waiting, std::string());
    return brought;
}

// An operation all of whose sources have their outcomes needs no question.
bool operation_poller::drop_unwanted(const std::string& path) {
    auto known = operations_.find(path);
    auto& one = known->second;
    std::erase_if(one.waiting, [this](auto& id) { return !awaits(id); });
    if (!one.waiting.empty()) return false;
    turns_.erase({one.next, path});
    operations_.erase(known);
    return true;
}

// Another look later.
void operation_poller::put_off(const std::string& path, bool was_answered) {
    if (drop_unwanted(path)) return;
    auto& one = operations_.at(path);
    plan(path, one, with_.time.now() + pause_of(one));
    if (was_answered) ++one.asked;
}

}  // namespace kustodrop::pipeline
