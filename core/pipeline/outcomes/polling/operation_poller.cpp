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

static std::string table_of(const spool::rest_post& one) { return one.database + "." + one.table; }

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
    return std::max(turns_.begin()->first, troubles_.not_before());
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
    with_.sources.each_parked([&](const spool::source& what) { add(what, now); });
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

std::optional<failure> operation_poller::trouble_of(const spool::source& what) const {
    for (auto& one : what.rest_posts) {
        if (one.operation.empty()) continue;
        if (auto why = troubles_.of({path_of(one), table_of(one)})) return why;
        auto known = operations_.find(path_of(one));
        if (known == operations_.end() || !known->second.hides_some) continue;
        return failure{
            errc::bad_answer,
            remedy::retry,
            "the operation counts blobs that have ended, but does not say that this one has"};
    }
    return std::nullopt;
}

asio::awaitable<bool> operation_poller::poll() {
    auto begun = with_.time.now();
    if (begun < troubles_.not_before()) co_return false;
    troubles_.begin();
    look_at_parked();
    bool brought = false;
    while (!turns_.empty() && turns_.begin()->first <= begun && !troubles_.ends_pass()) {
        auto path = turns_.begin()->second;
        if (drop_unwanted(path) || wait_for_table(path)) continue;
        bool some = co_await ask(std::move(path));
        brought = brought || some;
    }
    forget_tables();
    co_return brought;
}

// Only what is due is asked.
asio::awaitable<bool> operation_poller::ask(std::string path) {
    auto begun = with_.time.now();
    asked what{path, table_of(operations_.at(path).post)};
    failed_ = false;
    auto counters = co_await fetch(what, false);
    auto known = operations_.find(path);
    if (known == operations_.end()) co_return false;
    bool brought = false;
    auto status = kusto::parse_operation_status(counters.value_or(""));
    if (counters && status.has_error()) {
        note_failure(what, status.error());
    } else if (counters && status->has_news()) {
        auto ended = status->succeeded + status->failed + status->canceled;
        bool is_new = ended != known->second.ended;
        std::optional<std::string> details;
        if (is_new) details = co_await fetch(what, true);
        known = operations_.find(path);
        if (known == operations_.end()) co_return false;
        brought = details && apply(known->second, what, *details);
        if (is_new && !failed_) note_ended(known->second, ended);
    }
    if (!failed_) troubles_.answered(what);
    put_off(path, begun);
    co_return brought;
}

// Details may lag behind the counters: they are asked for again until they have named all.
void operation_poller::note_ended(operation& one, std::uint64_t ended) {
    one.hides_some = !one.waiting.empty() && one.named < ended;
    if (!one.hides_some) one.ended = ended;
}

// Nothing: the service does not know the operation, or could not be asked.
asio::awaitable<std::optional<std::string>> operation_poller::fetch(asked what, bool details) {
    auto answer = co_await with_.client->status(what.path, details);
    if (answer.problem && answer.is_known) {
        note_failure(what, *answer.problem, answer.status);
        co_return std::nullopt;
    }
    if (!answer.is_known) co_return std::nullopt;
    co_return std::move(answer.body);
}

void operation_poller::note_failure(const asked& what, failure why, unsigned status) {
    failed_ = true;
    troubles_.failed(what, {status, std::move(why), with_.time.now(), first_pause()});
}

bool operation_poller::apply(operation& one, const asked& what, const std::string& details) {
    std::vector<kusto::posted_blob> posted;
    for (auto& id : one.waiting) {
        posted.push_back({to_lower(id), {}, one.post.database, one.post.table});
    }
    auto found = kusto::parse_operation_details(details, posted);
    if (found.has_error()) {
        note_failure(what, found.error());
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
        ++one.named;
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
    troubles_.forget(path);
    operations_.erase(known);
    return true;
}

// The principal may not ask for operations of some table now.
bool operation_poller::wait_for_table(const std::string& path) {
    auto& one = operations_.at(path);
    auto until = troubles_.not_before(table_of(one.post));
    if (until <= with_.time.now()) return false;
    plan(path, one, until);
    return true;
}

// Another look later. One that takes long delays all others: it is asked seldom.
void operation_poller::put_off(const std::string& path, time_point asked_at) {
    if (drop_unwanted(path)) return;
    auto& one = operations_.at(path);
    auto now = with_.time.now();
    if (!failed_) one.answered_at = asked_at;
    auto failed = troubles_.pause_of(path, first_pause()).value_or(duration::zero());
    auto next = now + std::max({pause_of(one), failed, 4 * (now - asked_at)});
    plan(path, one, std::max(next, troubles_.not_before(table_of(one.post))));
    if (!failed_) ++one.asked;
}

void operation_poller::forget_tables() {
    if (!troubles_.has_tables()) return;
    std::set<std::string> known;
    for (auto& [path, one] : operations_) known.insert(table_of(one.post));
    troubles_.keep_tables(known);
}

}  // namespace kustodrop::pipeline
