// How the poller looks into the queues. What it makes of a word stands in outcome_words.cpp, what
// becomes of a message in outcome_cleaning.cpp.
#include "pipeline/outcomes/outcomes.hpp"

#include "base/defect.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

using azure::queue_message;
using azure::storage_place;
using kusto::notification_kind;

static constexpr unsigned messages_a_request = 32;  // The service's limit (docs/protocol.md §6.2).
static constexpr std::size_t most_foreign = 4096;
static constexpr int longest_ago = 1000;  // Polls.

static patience_options patience_of(const outcomes_options& options) {
    return {options.poll_interval, options.outcome_timeout, options.dig_time};
}

outcomes::outcomes(
    asio::any_io_executor executor, outcomes_parts parts, outcomes_options options, routing& next
)
    : with_(parts),
      options_(options),
      next_(next),
      to_clean_(executor, 2048),
      cleaned_(executor),
      stirred_(executor),
      patience_(patience_of(options), parts.random) {
    with_.measured.describe(
        "kustodrop_notifications_blocked", "Foreign notifications that stand in front of ours."
    );
    with_.measured.describe(
        "kustodrop_notifications_blocked_age_seconds", "The age of the oldest of these."
    );
}

void outcomes::set_options(outcomes_options options) {
    options_ = options;
    patience_.set_options(patience_of(options));
    stirred_.notify_all();
}

asio::awaitable<void> outcomes::run() {
    for (;;) {
        bool parked = with_.sources.parked() > 0;
        if (expected_.empty() && !parked) {
            co_await stirred_.wait();
            continue;
        }
        bool brought = false;
        if (options_.reports != report_level::none) {
            if (options_.method == report_method::table)
                brought = co_await read_rows();
            else
                brought = co_await pass();
        }
        expire();
        if (brought) continue;
        co_await pause();
    }
}

// What is posted meanwhile brings the next poll nearer.
asio::awaitable<void> outcomes::pause() {
    auto begun = with_.time.now();
    auto longest = duration::max();
    if (thwarted_ && !dug_) longest = patience_.before_trying_again();
    for (;;) {
        auto now = with_.time.now();
        auto next = begun + std::min(longest, patience_.before_polling(age_of_youngest(now)));
        if (now >= next) co_return;
        co_await wait_until(stirred_, with_.time, next);
    }
}

// Without any, as if it were very old: a late word on what is unconfirmed is in no hurry.
duration outcomes::age_of_youngest(time_point now) const {
    if (by_age_.empty()) return options_.outcome_timeout + options_.poll_interval * longest_ago;
    return now - by_age_.rbegin()->posted_at();
}

asio::awaitable<bool> outcomes::pass() {
    auto resources = with_.router.current();
    blind_ = !resources;
    if (blind_) co_return false;
    auto begun = with_.time.now();
    auto oldest = oldest_post();
    bool holds = begun < held_until_;
    auto youngest = begun - age_of_youngest(begun);
    may_dig_ = oldest && !holds && patience_.may_dig(*oldest, youngest, begun);
    dug_ = false;
    hindered_ = false;
    thwarted_ = false;
    clear_ = !holds;
    bool brought = false;
    trouble_.reset();
    // There more words are, and so it is told sooner whether others wait for some.
    if (options_.reports == report_level::all) {
        for (auto& queue : resources->successful_queues) {
            bool some = co_await drain_whole(queue, notification_kind::success);
            brought = brought || some;
        }
    }
    for (auto& queue : resources->failed_queues) {
        bool some = co_await drain_whole(queue, notification_kind::failure);
        brought = brought || some;
    }
    auto now = with_.time.now();
    blind_ = trouble_.has_value();
    if (dug_) patience_.dug(now, hindered_);
    if (clear_ && !blind_) patience_.looked(begun);
    co_return brought;
}

std::optional<time_point> outcomes::oldest_post() const {
    if (by_age_.empty()) return std::nullopt;
    return by_age_.begin()->posted_at();
}

// Whether much less was met than of late: others hold the rest for now. What does not come back was
// taken for good, and is forgotten by and by.
bool outcomes::is_hidden(const std::string& queue, std::size_t met) {
    auto& of_late = met_of_late_[queue];
    bool hidden = met < of_late / 2;
    of_late = std::max(met, of_late - of_late / 8);
    return hidden;
}

bool outcomes::head::full() const { return seen >= messages_a_request; }

asio::awaitable<result<outcomes::head>> outcomes::look(
    storage_place queue, notification_kind kind
) {
    auto peeked = co_await with_.queues.peek(queue.location, messages_a_request);
    if (peeked.has_error()) co_return peeked.error();
    head found;
    for (auto& message : *peeked) {
        ++found.seen;
        auto word = kusto::parse_notification(kind, message.text);
        bool ours = false;
        if (word) ours = co_await is_ours(word->source_id);
        if (ours) {
            found.up_to_ours = found.seen;
        } else {
            auto oldest = found.oldest_foreign.value_or(message.inserted_at);
            found.oldest_foreign = std::min(oldest, message.inserted_at);
        }
    }
    co_return found;
}

// A queue that brought something is asked again at once, the others in their turn.
asio::awaitable<bool> outcomes::drain_whole(storage_place queue, notification_kind kind) {
    auto end = with_.time.now() + options_.poll_interval;
    auto may_dig = may_dig_;
    bool more = true;
    while (more && with_.time.now() < end) {
        more = co_await drain(queue, kind);
        if (dug_) may_dig_ = false;
    }
    may_dig_ = may_dig;
    co_return more;
}

asio::awaitable<bool> outcomes::drain(storage_place queue, notification_kind kind) {
    auto found = co_await look(queue, kind);
    if (found.has_error()) {
        trouble_ = found.error();
        result<void> told = found.error();
        with_.router.report(queue, told);
        co_return false;
    }
    if (found->up_to_ours > 0) {
        note_blockage(kind, {});
        bool took = co_await take(queue, kind, found->up_to_ours);
        co_return took;
    }
    bool discard = options_.discard_foreign && found->seen > 0;
    if (!found->full() && !discard) {
        // All that is visible was seen.
        bool hidden = is_hidden(queue.name, found->seen);
        if (hidden) clear_ = false;
        thwarted_ = thwarted_ || (hidden && may_dig_);
        if (clear_) note_blockage(kind, {});
        co_return false;
    }
    if (!may_dig_ && !discard) {
        clear_ = false;
        co_return false;
    }
    if (!discard) note_blockage(kind, {found->seen, found->oldest_foreign});
    bool dug_up = co_await dig(queue, kind);
    co_return dug_up;
}

// What is taken beside ours is hidden for a glance only, and costs no request to give back.
asio::awaitable<bool> outcomes::take(
    storage_place queue, notification_kind kind, std::size_t count
) {
    bool brought = false;
    for (auto wanted = static_cast<unsigned>(count); wanted > 0;) {
        auto got = co_await with_.queues.get(queue.location, wanted, options_.glance);
        if (got.has_error()) {
            trouble_ = got.error();
            break;
        }
        auto parted = co_await sort(std::move(*got), kind);
        // What follows is likely ours too where some of this was.
        wanted = messages_a_request;
        if (options_.discard_foreign || defect("delete_foreign_messages")) {
            co_await clean(queue, std::move(parted.foreign), true);
        }
        if (parted.ours.empty()) break;
        brought = true;
        bool safe = co_await finish(queue, std::move(parted.ours));
        if (!safe) break;
    }
    co_await wait_for_cleaners();
    co_return brought;
}

asio::awaitable<bool> outcomes::dig(storage_place queue, notification_kind kind) {
    dug_ = true;
    auto end = with_.time.now() + options_.dig_time;
    bool brought = false;
    bool emptied = false;
    bool again = false;  // What was given up for hidden is back: the pass was too slow.
    std::size_t taken = 0;
    std::vector<queue_message> foreign;
    std::unordered_set<std::string> met;
    auto lease = patience_.lease();
    auto begun = with_.time.now();
    while (!again && taken < options_.dig_messages && with_.time.now() < end) {
        auto now = with_.time.now();
        if (taken > 0) patience_.dug_for(now - begun);
        begun = now;
        lease = patience_.lease();
        auto got = co_await with_.queues.get(queue.location, messages_a_request, lease);
        if (got.has_error()) {
            trouble_ = got.error();
            break;
        }
        emptied = got->empty();
        if (emptied) break;
        taken += got->size();
        for (auto& message : *got) again = !met.insert(message.id).second || again;
        auto parted = co_await sort(std::move(*got), kind);
        for (auto& message : parted.foreign) foreign.push_back(std::move(message));
        if (parted.ours.empty()) continue;
        brought = true;
        bool safe = co_await finish(queue, std::move(parted.ours));
        if (!safe) break;
    }
    hindered_ = is_hidden(queue.name, taken) || hindered_;
    clear_ = clear_ && emptied && !hindered_;
    co_await give_back(queue, std::move(foreign), lease);
    co_return brought;
}

asio::awaitable<outcomes::sorted> outcomes::sort(
    std::vector<queue_message> messages, notification_kind kind
) {
    sorted out;
    auto kind_name = kind == notification_kind::success ? "success" : "failure";
    for (auto& message : messages) {
        auto word = kusto::parse_notification(kind, message.text);
        bool ours = false;
        if (word) ours = co_await is_ours(word->source_id);
        metric_labels labels{{"kind", kind_name}, {"owner", ours ? "us" : "foreign"}};
        with_.measured.count("kustodrop_notifications_total", labels).add();
        if (ours) {
            take_word(*word);
            out.ours.push_back(std::move(message));
        } else {
            out.foreign.push_back(std::move(message));
        }
    }
    co_return out;
}

// A source that is long retired is ours too: its word may come twice.
asio::awaitable<bool> outcomes::is_ours(std::string source_id) {
    if (with_.sources.find(source_id)) co_return true;
    if (foreign_.contains(source_id)) co_return false;
    spool::journal_query query;
    query.source_id = source_id;
    query.limit = 1;
    auto rows = co_await with_.journal.find(std::move(query));
    bool known = rows && !rows->empty();
    if (rows && !known) remember_foreign(source_id);
    co_return known;
}

void outcomes::remember_foreign(const std::string& source_id) {
    if (foreign_.size() >= most_foreign) foreign_.clear();
    foreign_.insert(source_id);
}

}  // namespace kustodrop::pipeline
