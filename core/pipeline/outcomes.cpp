// What the poller does with the queues. What it makes of a word stands in outcome_words.cpp.
#include "pipeline/outcomes.hpp"

#include "base/defect.hpp"

namespace kustodrop::pipeline {

using azure::queue_message;
using azure::storage_place;
using kusto::notification_kind;

static constexpr unsigned messages_a_request = 32;  // The service's limit (protocol.md §6.2).
static constexpr std::size_t most_foreign = 4096;

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
      stirred_(executor) {}

asio::awaitable<void> outcomes::run() {
    for (;;) {
        bool parked = with_.sources.parked() > 0;
        if (expected_.empty() && !parked) {
            co_await stirred_.wait();
            continue;
        }
        bool brought = false;
        if (options_.reports != report_level::none) brought = co_await pass();
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
    if (!resources) co_return false;
    bool brought = false;
    trouble_.reset();
    for (auto& queue : resources->failed_queues) {
        bool some = co_await drain(queue, notification_kind::failure);
        brought = brought || some;
    }
    if (options_.reports != report_level::all) co_return brought;
    for (auto& queue : resources->successful_queues) {
        bool some = co_await drain(queue, notification_kind::success);
        brought = brought || some;
    }
    co_return brought;
}

duration outcomes::patience() const { return std::min<duration>(1min, options_.poll_interval * 6); }

// Whether something has been outstanding for so long that it may stand behind others' messages.
bool outcomes::is_overdue() const {
    if (with_.time.now() < next_dig_) return false;
    return !by_age_.empty() && with_.time.now() - by_age_.begin()->posted_at >= patience();
}

asio::awaitable<bool> outcomes::worth_taking(storage_place queue, notification_kind kind) {
    auto seen = co_await with_.queues.peek(queue.location, messages_a_request);
    if (seen.has_error()) {
        trouble_ = seen.error();
        result<void> told = seen.error();
        with_.router.report(queue, told);
        co_return false;
    }
    if (seen->empty()) co_return false;
    if (options_.discard_foreign || is_overdue()) co_return true;
    for (auto& message : *seen) {
        auto word = kusto::parse_notification(kind, message.text);
        if (word.has_error()) continue;
        bool ours = co_await is_ours(word->source_id);
        if (ours) co_return true;
    }
    co_return false;
}

asio::awaitable<bool> outcomes::drain(storage_place queue, notification_kind kind) {
    bool worth = co_await worth_taking(queue, kind);
    if (!worth) co_return false;
    auto end = with_.time.now() + options_.dig_time;
    bool digging = is_overdue();
    bool brought = false;
    std::size_t taken = 0;
    std::vector<queue_message> foreign;
    while (taken < options_.dig_messages && with_.time.now() < end) {
        auto got = co_await with_.queues.get(queue.location, messages_a_request, options_.lease);
        if (got.has_error()) {
            trouble_ = got.error();
            break;
        }
        if (got->empty()) break;
        taken += got->size();
        auto parted = co_await sort(std::move(*got), kind);
        for (auto& message : parted.foreign) foreign.push_back(std::move(message));
        if (parted.ours.empty()) {
            if (digging) continue;
            break;
        }
        brought = true;
        // The outcome is on disk before the notification goes (product.md §2).
        auto safe = co_await with_.journal.durable();
        if (safe.has_error()) break;
        co_await clean(queue, std::move(parted.ours), true);
    }
    if (digging && !brought) {
        // Clients that dig at the same time hide each other's messages: not all at once again.
        auto wait = patience();
        auto spread = next_wait(1, {wait, wait}, std::nullopt, with_.random);
        next_dig_ = with_.time.now() + wait / 2 + spread;
    }
    bool discard = options_.discard_foreign || defect("delete_foreign_messages");
    co_await clean(queue, std::move(foreign), discard);
    co_await wait_for_cleaners();
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
