// What the poller does with the queues. What it makes of a word stands in outcome_words.cpp.
#include "pipeline/outcomes.hpp"

#include "base/defect.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

using azure::queue_message;
using azure::storage_place;
using kusto::notification_kind;

static constexpr unsigned messages_a_request = 32;  // The service's limit (protocol.md §6.2).
static constexpr std::size_t most_foreign = 4096;

static patience_options patience_of(const outcomes_options& options) {
    return {options.poll_interval, options.outcome_timeout, options.dig_time};
}

outcomes::outcomes(
    asio::any_io_executor executor,
    outcomes_parts parts,
    outcomes_options options,
    std::function<void(spool::source&)> settled
)
    : with_(parts),
      options_(options),
      settled_(std::move(settled)),
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
            if (options_.in_table)
                brought = co_await read_rows();
            else
                brought = co_await pass();
        }
        expire();
        if (brought) continue;
        // For a late word on what is unconfirmed it is enough to look now and then.
        auto pause = options_.poll_interval * (expected_.empty() ? 6 : 1);
        auto next = with_.time.now() + pause;
        if (expected_.empty()) {
            co_await wait_until(stirred_, with_.time, next);
        } else {
            co_await with_.time.sleep_until(next);
        }
    }
}

asio::awaitable<bool> outcomes::pass() {
    auto resources = with_.router.current();
    blind_ = !resources;
    if (blind_) co_return false;
    auto begun = with_.time.now();
    auto oldest = oldest_post();
    bool holds = begun < held_until_;
    may_dig_ = oldest && !holds && patience_.may_dig(*oldest, begun);
    dug_ = false;
    clear_ = !holds;
    bool brought = false;
    trouble_.reset();
    for (auto& queue : resources->failed_queues) {
        bool some = co_await drain(queue, notification_kind::failure);
        brought = brought || some;
    }
    if (options_.reports == report_level::all) {
        for (auto& queue : resources->successful_queues) {
            bool some = co_await drain(queue, notification_kind::success);
            brought = brought || some;
        }
    }
    auto now = with_.time.now();
    blind_ = trouble_.has_value();
    if (dug_) patience_.dug(now);
    if (clear_ && !blind_) patience_.looked(begun);
    co_return brought;
}

std::optional<time_point> outcomes::oldest_post() const {
    if (by_age_.empty()) return std::nullopt;
    return by_age_.begin()->posted_at;
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
        // What follows is likely ours too where most of this was.
        bool on = parted.ours.size() > parted.foreign.size();
        wanted = on ? messages_a_request : 0;
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
    std::size_t taken = 0;
    std::vector<queue_message> foreign;
    while (taken < options_.dig_messages && with_.time.now() < end) {
        auto got = co_await with_.queues.get(queue.location, messages_a_request, patience_.lease());
        if (got.has_error()) {
            trouble_ = got.error();
            break;
        }
        emptied = got->empty();
        if (emptied) break;
        taken += got->size();
        auto parted = co_await sort(std::move(*got), kind);
        for (auto& message : parted.foreign) foreign.push_back(std::move(message));
        if (parted.ours.empty()) continue;
        brought = true;
        bool safe = co_await finish(queue, std::move(parted.ours));
        if (!safe) break;
    }
    clear_ = clear_ && emptied;
    co_await give_back(queue, std::move(foreign));
    co_return brought;
}

// The outcome is on disk before the notification goes (product.md §2).
asio::awaitable<bool> outcomes::finish(storage_place queue, std::vector<queue_message> ours) {
    auto safe = co_await with_.journal.durable();
    if (safe.has_error()) co_return false;
    co_await clean(queue, std::move(ours), true);
    co_return true;
}

// What is older than our oldest post was there before us, and blocks the head for everybody. Where
// others wait behind it too, its lease is left to lapse, which costs no request, and till then all
// of them see what stands there. Everything else goes back at once.
asio::awaitable<void> outcomes::give_back(storage_place queue, std::vector<queue_message> foreign) {
    auto oldest = oldest_post();
    bool discard = options_.discard_foreign || defect("delete_foreign_messages");
    auto age = oldest ? with_.time.now() - *oldest : duration();
    auto before =
        with_.time.wall_now() - std::chrono::duration_cast<std::chrono::microseconds>(age);
    auto was_there = [before](const queue_message& one) { return one.inserted_at < before; };
    std::size_t held = 0;
    if (oldest && !discard && !std::ranges::all_of(foreign, was_there)) {
        held = std::erase_if(foreign, was_there);
        if (held > 0) held_until_ = with_.time.now() + patience_.lease();
    }
    auto count = foreign.size();
    co_await clean(queue, std::move(foreign), discard);
    co_await wait_for_cleaners();
    with_.log.debug(
        "dug through a queue",
        {{"queue", queue.name},
         {discard ? "deleted" : "given_back", std::to_string(count)},
         {"held", std::to_string(held)}}
    );
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

asio::awaitable<void> outcomes::clean(
    storage_place queue, std::vector<queue_message> messages, bool remove
) {
    for (auto& message : messages) {
        cleaning task;
        task.queue = queue;
        task.message = std::move(message);
        task.remove = remove;
        ++cleaning_;
        bool accepted = co_await to_clean_.push(std::move(task));
        if (!accepted) --cleaning_;
    }
}

asio::awaitable<void> outcomes::wait_for_cleaners() {
    while (cleaning_ > 0) co_await cleaned_.wait();
}

asio::awaitable<void> outcomes::run_cleaner() {
    for (;;) {
        auto task = co_await to_clean_.pop();
        if (!task) co_return;
        result<void> done;
        if (task->remove) {
            done = co_await with_.queues.remove(task->queue.location, task->message);
        } else {
            done = co_await with_.queues.release(task->queue.location, task->message);
        }
        --cleaning_;
        cleaned_.notify_all();
        if (!done.has_error()) continue;
        // The lease ends by itself, and the word is known by its id when it comes again.
        with_.log.debug(
            task->remove ? "a notification was not deleted" : "a message was not given back",
            {{"code", done.error().code}, {"detail", done.error().detail}}
        );
    }
}

}  // namespace kustodrop::pipeline
