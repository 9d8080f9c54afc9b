#include "pipeline/outcomes/polling/queue_poller.hpp"

#include "azure/storage/sas_rights.hpp"
#include "azure/storage/storage_error.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace kustodrop::pipeline {

using azure::queue_message;
using azure::storage_place;
using kusto::notification_kind;

static constexpr unsigned messages_a_request = 32;  // The service's limit (docs/protocol.md §6.2).
static constexpr duration brief_lease = 1s;         // It lapses about as soon as it is given back.

queue_poller::queue_poller(parts with, outcomes_options options)
    : with_(with), options_(options), schedule_(polling_options_of(options), with.random) {}

void queue_poller::set_options(const outcomes_options& options) {
    options_ = options;
    schedule_.set_options(polling_options_of(options));
}

std::optional<duration> queue_poller::wait_when_hidden() {
    if (!pass_.search_hidden || pass_.has_searched) return std::nullopt;
    return schedule_.wait_when_hidden();
}

bool queue_poller::is_over(time_point deadline) const {
    return schedule_.is_over(deadline, with_.time.now(), blind_);
}

std::optional<failure> queue_poller::trouble() const {
    if (trouble_) return trouble_;
    auto resources = with_.router.current();
    auto problem = resources ? reporting_problem(*resources, options_.reports, report_method::queue)
                             : std::nullopt;
    return problem ? problem : with_.blocked.trouble();
}

// Queues come and go with the resources, and what they lack is known before any request.
void queue_poller::prepare(const kusto::resource_set& resources) {
    auto listed = resources.successful_queues;
    listed.insert(listed.end(), resources.failed_queues.begin(), resources.failed_queues.end());
    book_.keep_only(listed);
    with_.blocked.keep_only(listed);
    with_.patience.keep_only(listed);
    trouble_ = reporting_problem(resources, options_.reports, report_method::queue);
}

asio::awaitable<bool> queue_poller::poll() {
    auto resources = with_.router.current();
    blind_ = !resources;
    if (blind_) co_return false;
    auto begun = with_.time.now();
    auto oldest = with_.expected.oldest();
    auto youngest = with_.expected.youngest();
    pass_ = {};
    pass_.holds = begun < held_until_;
    pass_.may_search = oldest && !pass_.holds && schedule_.may_search(*oldest, *youngest, begun);
    pass_.is_clear = !pass_.holds;
    bool brought = false;
    prepare(*resources);
    // Most notifications are here, so it shows sooner whether other daemons wait for theirs.
    if (options_.reports == report_level::all) {
        brought = co_await drain_all(resources->successful_queues, notification_kind::success);
    }
    bool some = co_await drain_all(resources->failed_queues, notification_kind::failure);
    brought = brought || some;
    blind_ = trouble_.has_value();
    if (pass_.has_searched) schedule_.searched(with_.time.now(), pass_.hindered);
    if (pass_.is_clear && !blind_) schedule_.looked(begun);
    co_return brought;
}

asio::awaitable<bool> queue_poller::drain_all(
    std::vector<storage_place> queues, notification_kind kind
) {
    bool brought = false;
    for (auto& queue : queues) {
        if (with_.patience.must_wait(queue, with_.lane, with_.time.now())) pass_.is_clear = false;
        if (!may_ask(queue)) continue;
        bool some = co_await drain(queue, kind);
        brought = brought || some;
    }
    co_return brought;
}

// A queue that brought something is asked again at once, the others in their turn. One pass
// searches a queue once.
asio::awaitable<bool> queue_poller::drain(storage_place queue, notification_kind kind) {
    auto end = with_.time.now() + options_.poll_interval;
    auto may_search = pass_.may_search;
    bool more = true;
    while (more && with_.time.now() < end && may_ask(queue)) {
        more = co_await look_once(queue, kind);
        if (pass_.has_searched) pass_.may_search = false;
    }
    pass_.may_search = may_search;
    co_return more;
}

asio::awaitable<bool> queue_poller::look_once(storage_place queue, notification_kind kind) {
    if (!book_.may_peek(queue)) {
        bool took = co_await look_by_taking(queue, kind);
        co_return took;
    }
    auto found = co_await peek(queue, kind);
    if (found.has_error() && azure::lacks_right(found.error())) {
        book_.refused_peek(queue);
        bool took = co_await look_by_taking(queue, kind);
        co_return took;
    }
    if (found.has_error()) {
        trouble_ = found.error();
        result<void> failed = found.error();
        with_.router.report(queue, failed);
        co_return false;
    }
    if (found->up_to_ours > 0) {
        with_.blocked.note(kind, queue, {});
        auto took = co_await take(queue, kind, found->up_to_ours);
        co_return took.brought;
    }
    bool brought = co_await look_behind(queue, kind, *found);
    co_return brought;
}

// Others do not see what is taken so, but only for a glance.
asio::awaitable<bool> queue_poller::look_by_taking(storage_place queue, notification_kind kind) {
    if (!azure::allows(queue, 'p')) co_return false;
    auto got = co_await take(queue, kind, messages_a_request);
    if (got.failed) co_return got.brought;
    // Those of others are deleted already, as far as they were taken.
    if (options_.discard_foreign && !got.last.is_full()) co_return got.brought;
    bool found = co_await look_behind(queue, kind, got.last);
    co_return got.brought || found;
}

// Nothing of ours is among what was seen.
asio::awaitable<bool> queue_poller::look_behind(
    storage_place queue, notification_kind kind, head seen
) {
    bool discard = options_.discard_foreign && seen.seen > 0;
    if (!seen.is_full() && !discard) {
        // All that is visible was seen.
        bool hidden = book_.is_hidden(queue, seen.seen);
        if (hidden) pass_.is_clear = false;
        pass_.search_hidden = pass_.search_hidden || (hidden && pass_.may_search);
        if (!hidden && !pass_.holds) with_.blocked.note(kind, queue, {});
        co_return false;
    }
    if (!pass_.may_search && !discard) {
        pass_.is_clear = false;
        co_return false;
    }
    if (!discard) with_.blocked.note(kind, queue, {seen.seen, seen.oldest_foreign});
    bool brought = co_await search(queue, kind);
    co_return brought;
}

bool queue_poller::head::is_full() const { return seen >= messages_a_request; }

void queue_poller::head::add_foreign(const queue_message& message) {
    auto oldest = oldest_foreign.value_or(message.inserted_at);
    oldest_foreign = std::min(oldest, message.inserted_at);
}

asio::awaitable<result<queue_poller::head>> queue_poller::peek(
    storage_place queue, notification_kind kind
) {
    auto request = with_.queues.peek(queue.location, messages_a_request);
    auto peeked = co_await timed_answer(with_.patience, with_.time, queue, std::move(request));
    if (peeked.has_error()) co_return peeked.error();
    bool can_take = azure::allows(queue, 'p');
    head found;
    for (auto& message : *peeked) {
        ++found.seen;
        auto notification = kusto::parse_notification(kind, message.text);
        auto whose = owner::foreign;
        if (notification) whose = co_await with_.owners.owner_of(notification->source_id);
        if (whose != owner::us) {
            found.add_foreign(message);
        } else if (can_take) {
            found.up_to_ours = found.seen;
        } else {
            // It cannot be deleted, and is ignored when it is seen again.
            with_.handler.apply(*notification);
        }
    }
    co_return found;
}

// What is taken beside ours is hidden for a glance only, and costs no request to give back.
asio::awaitable<queue_poller::taken> queue_poller::take(
    storage_place queue, notification_kind kind, std::size_t count
) {
    taken out;
    for (auto wanted = static_cast<unsigned>(count); wanted > 0;) {
        auto request = with_.queues.get(queue.location, wanted, options_.glance);
        auto got = co_await timed_answer(with_.patience, with_.time, queue, std::move(request));
        if (got.has_error()) {
            trouble_ = got.error();
            out.failed = true;
            break;
        }
        out.last = {};
        out.last.seen = got->size();
        auto parted = co_await sort(std::move(*got), kind);
        for (auto& message : parted.foreign) out.last.add_foreign(message);
        // What follows is likely ours too where some of this was.
        wanted = messages_a_request;
        if (options_.discard_foreign) {
            co_await with_.cleaning.remove(queue, std::move(parted.foreign));
        }
        if (parted.ours.empty()) break;
        if (!may_ask(queue)) wanted = 0;
        out.brought = true;
        bool safe = co_await confirm(queue, std::move(parted.ours));
        out.failed = !safe;
        if (!safe) break;
    }
    co_await with_.cleaning.finish();
    co_return out;
}

// Takes one part of the queue after the other, so that what stands behind shows.
asio::awaitable<bool> queue_poller::search(storage_place queue, notification_kind kind) {
    pass_.has_searched = true;
    auto end = with_.time.now() + options_.search_time;
    bool brought = false;
    bool emptied = false;
    bool returned = false;  // What was hidden is back: the search was too slow.
    std::size_t taken = 0;
    std::vector<queue_message> foreign;
    std::unordered_set<std::string> met;
    auto lease = schedule_.lease();
    auto begun = with_.time.now();
    while (!returned && taken < options_.search_messages && may_ask(queue)) {
        auto now = with_.time.now();
        if (now >= end) break;
        if (taken > 0) schedule_.searched_part(now - begun);
        begun = now;
        lease = schedule_.lease();
        auto request = with_.queues.get(queue.location, messages_a_request, lease);
        auto got = co_await timed_answer(with_.patience, with_.time, queue, std::move(request));
        if (got.has_error()) {
            trouble_ = got.error();
            break;
        }
        emptied = got->empty();
        if (emptied) break;
        taken += got->size();
        for (auto& message : *got) returned = !met.insert(message.id).second || returned;
        auto parted = co_await sort(std::move(*got), kind);
        for (auto& message : parted.foreign) foreign.push_back(std::move(message));
        if (parted.ours.empty()) continue;
        brought = true;
        bool safe = co_await confirm(queue, std::move(parted.ours));
        if (!safe) break;
    }
    pass_.hindered = book_.is_hidden(queue, taken) || pass_.hindered;
    pass_.is_clear = pass_.is_clear && emptied && !pass_.hindered;
    co_await give_back(queue, std::move(foreign), lease);
    co_return brought;
}

asio::awaitable<queue_poller::sorted> queue_poller::sort(
    std::vector<queue_message> messages, notification_kind kind
) {
    sorted out;
    auto kind_name = std::string(kusto::to_string(kind));
    for (auto& message : messages) {
        auto notification = kusto::parse_notification(kind, message.text);
        auto whose = owner::foreign;
        if (notification) whose = co_await with_.owners.owner_of(notification->source_id);
        // Its lease lapses by itself. Deleted, the outcome would be lost to the source.
        if (whose == owner::us_later) continue;
        bool ours = whose == owner::us;
        metric_labels labels{{"kind", kind_name}, {"owner", ours ? "us" : "foreign"}};
        with_.measured.count("kustodrop_notifications_total", labels).add();
        if (ours) {
            with_.handler.apply(*notification);
            out.ours.push_back(std::move(message));
        } else {
            out.foreign.push_back(std::move(message));
        }
    }
    co_return out;
}

// The outcome is on disk before the notification is deleted (docs/architecture.md §2).
asio::awaitable<bool> queue_poller::confirm(storage_place queue, std::vector<queue_message> ours) {
    auto safe = co_await with_.journal.durable();
    if (safe.has_error()) co_return false;
    co_await with_.cleaning.remove(queue, std::move(ours));
    co_return true;
}

// Others wait too where messages came in after our oldest post and are not ours.
bool queue_poller::others_wait(const std::vector<queue_message>& foreign) const {
    auto oldest = with_.expected.oldest();
    if (!oldest) return false;
    auto age = std::chrono::duration_cast<std::chrono::microseconds>(with_.time.now() - *oldest);
    auto posted_at = with_.time.wall_now() - age;
    return std::ranges::any_of(foreign, [posted_at](const queue_message& one) {
        return one.inserted_at >= posted_at;
    });
}

// Where others wait for notifications as well, the leases are left to lapse: giving each message
// back would cost every daemon as many requests as there are messages, and until then all of them
// see what stands behind. Elsewhere all are given back at once, unless the leases end as soon.
asio::awaitable<void> queue_poller::give_back(
    storage_place queue, std::vector<queue_message> foreign, duration lease
) {
    auto now = with_.time.now();
    bool discard = options_.discard_foreign;
    if (others_wait(foreign)) others_wait_until_ = now + options_.outcome_timeout;
    std::size_t held = 0;
    bool lapses =
        now < others_wait_until_ || lease <= brief_lease || !with_.cleaning.may_give_back(queue);
    if (!discard && lapses) {
        held = std::exchange(foreign, {}).size();
        if (held > 0) held_until_ = now + lease;
    }
    auto count = foreign.size();
    if (discard) {
        co_await with_.cleaning.remove(queue, std::move(foreign));
    } else {
        co_await with_.cleaning.give_back(queue, std::move(foreign));
    }
    co_await with_.cleaning.finish();
    with_.log.debug(
        "searched a queue",
        {{"queue", azure::key_of(queue)},
         {discard ? "deleted" : "given_back", std::to_string(count)},
         {"held", std::to_string(held)},
         {"lease_ms", std::to_string(lease / 1ms)}}
    );
}

}  // namespace kustodrop::pipeline
