#include "pipeline/shipping/posting/rest_answers.hpp"

#include "base/text.hpp"

#include <chrono>
#include <functional>
#include <utility>

namespace kustodrop::pipeline {

static std::string table_in(const kusto::ingestion_request& request) {
    return request.database + "." + request.table;
}

std::optional<failure> rest_answers::closed(const kusto::ingestion_request& request) const {
    return ways_.closed(table_in(request), with_.time.now());
}

bool rest_answers::leaves_to_queue(const kusto::ingestion_request& request) {
    auto& transports = *with_.rest.transports;
    if (!transports.may_choose()) return false;
    if (ways_.queued(table_in(request), with_.time.now())) return true;
    auto most = transports.limits().raw_bytes;
    if (request.raw_bytes <= most) return false;
    if (said_limit_ != most) {
        said_limit_ = most;
        with_.log.info(
            "the service takes no more than maxDataSize in a request by REST: larger files are "
            "posted as queue messages",
            {{"max_data_size", std::to_string(most)},
             {"bytes", std::to_string(request.raw_bytes)},
             {"source", request.id}}
        );
    }
    return true;
}

bool rest_answers::waits(const std::string& source_id) const {
    auto* what = with_.sources.find(source_id);
    return what && spool::is_unposted(what->stage);
}

std::optional<failure> rest_answers::trouble(const std::string& watch) const {
    return troubles_.trouble(watch, with_.time.now(), std::bind_front(&rest_answers::waits, this));
}

std::optional<notice> rest_answers::oversized(const std::string& watch) const {
    auto found = troubles_.oversized(watch, std::bind_front(&rest_answers::waits, this));
    auto* first = with_.sources.find(found.first);
    if (found.sources == 0 || !first) return std::nullopt;
    auto& name = first->slices.front().name;
    return notice{"too_large_to_post", found.sources, name, found.why.message()};
}

// What an answer says of the way of posts to come. True: its sources need no attempt that fails:
// they are held, or go another way.
bool rest_answers::is_dealt_with(
    const source_ids& ids, const std::string& table, const kusto::post_reply& reply
) {
    auto& transports = *with_.rest.transports;
    switch (reply.step) {
    case kusto::post_step::no_rights:
        return is_held(reply.step) || queue_for_rights(ids, table, reply.why);
    case kusto::post_step::no_target:
        return true;
    case kusto::post_step::no_endpoint:
        withdraw(reply.why);
        return is_held(reply.step) || transports.current().chosen == kusto::transport::queued;
    case kusto::post_step::unreadable:
        withdraw(reply.why);
        return false;
    case kusto::post_step::throttled:
        ways_.throttled(table, reply.why, with_.time.now());
        return false;
    case kusto::post_step::refused:
        // Another way may be open.
        transports.ask_soon();
        return false;
    default:
        return false;
    }
}

void rest_answers::withdraw(const failure& why) {
    bool begins = with_.rest.transports->withdraw(why);
    if (begins && with_.rest.transports->may_choose()) with_.attempts.way_opened();
}

bool rest_answers::queue_for_rights(
    const source_ids& ids, const std::string& table, const failure& why
) {
    rest_ways::refused_table what{table, {}};
    for (auto& id : ids) {
        auto* one = with_.sources.find(id);
        if (one) what.watches.insert(one->watch);
    }
    auto now = with_.time.now();
    if (ways_.refused_rights(what, why, now)) {
        with_.log.warning(
            "files for a table are posted as queue messages: by REST they are refused; that is "
            "tried again now and then",
            {{"target", table},
             {"code", why.code.text()},
             {"detail", why.message()},
             {"request_id", why.request_id}}
        );
        with_.attempts.way_opened();
    }
    return ways_.queued(table, now).has_value();
}

bool rest_answers::is_held(kusto::post_step step) const {
    if (step == kusto::post_step::no_target) return true;
    bool has_no_way = step == kusto::post_step::no_rights || step == kusto::post_step::no_endpoint;
    return has_no_way && !with_.rest.transports->may_choose();
}

// It is certain that the service has nothing of them.
void rest_answers::take_back(const source_ids& ids, const kusto::post_reply& reply, bool is_held) {
    bool may_be_one = reply.step == kusto::post_step::refused && ids.size() > 1;
    for (auto& id : ids) {
        // One of them may be to blame.
        if (may_be_one) alone_.insert(id);
        with_.marks.take_back(id, true);
        auto* what = with_.sources.find(id);
        if (is_held && what) with_.targets.refused(*what, reply.why);
    }
}

// Something that says yes to everything makes each post one more that may be a copy: one file at a
// time shows whether it still does.
void rest_answers::mark_lost(const source_ids& ids, const kusto::post_reply& reply) {
    bool is_held =
        reply.step == kusto::post_step::unreadable && !with_.rest.transports->may_choose();
    for (auto& id : ids) {
        with_.marks.unanswered(id);
        auto* what = with_.sources.find(id);
        if (is_held && what) with_.targets.refused(*what, reply.why);
    }
}

void rest_answers::note_trouble(
    const source_ids& ids, const std::string& table, const kusto::post_reply& reply
) {
    auto why = reply.why;
    if (why.retry_after) {
        auto wait = std::chrono::duration_cast<wall_time::duration>(*why.retry_after);
        why.detail +=
            "; the next try is at " + to_iso8601(with_.time.wall_now() + wait).substr(0, 19) + "Z";
    }
    bool is_for_itself = reply.step == kusto::post_step::refused ||
                         reply.step == kusto::post_step::unanswered ||
                         reply.step == kusto::post_step::unreadable;
    // Of several in a request each shows alone which of them is meant.
    bool is_of_size = reply.is_of_size && ids.size() == 1;
    for (auto& id : ids) {
        auto* what = with_.sources.find(id);
        if (!what) continue;
        post_troubles::failed_post failed{id, what->watch, table, is_for_itself, is_of_size};
        troubles_.failed(failed, why, with_.time.now());
    }
}

void rest_answers::note_accepted(
    const source_ids& ids, const std::string& table, const std::string& operation
) {
    with_.rest.transports->accepted();
    if (ways_.accepted(table)) {
        with_.log.info("files for a table are posted by REST again", {{"target", table}});
    }
    for (auto& id : ids) {
        with_.marks.accepted(id, operation);
        alone_.erase(id);
        troubles_.accepted(id, table);
        auto* what = with_.sources.find(id);
        if (what) with_.targets.posted(*what);
    }
    with_.log.debug(
        "operation",
        {{"operation", operation}, {"sources", std::to_string(ids.size())}, {"first", ids.front()}}
    );
}

// What the service wishes of one request counts for several, but a larger file cannot be divided.
// That it is larger may be why it is refused; only the answer says whether it is.
static void name_limit(kusto::post_reply& reply, std::uint64_t bytes, std::uint64_t most) {
    if (!reply.is_of_size && bytes <= most) return;
    auto& why = reply.why;
    why.hint = "set cluster.transport to auto or queued, so that it goes as a queue message";
    if (bytes <= most) return;
    why.detail += "; the file holds " + std::to_string(bytes) +
                  " bytes uncompressed, and the service wishes " + std::to_string(most) +
                  " at most in a request by REST (maxDataSize)";
}

result<void> rest_answers::learn(
    const source_ids& ids, const kusto::ingestion_request& first, kusto::post_reply reply
) {
    auto table = table_in(first);
    if (reply.step == kusto::post_step::refused && ids.size() == 1) {
        name_limit(reply, first.raw_bytes, with_.rest.transports->limits().raw_bytes);
    }
    bool is_lost = reply.why.maybe_acted;
    bool is_accepted = reply.step == kusto::post_step::accepted;
    bool is_settled = is_accepted || is_dealt_with(ids, table, reply);
    if (is_accepted) {
        note_accepted(ids, table, reply.operation);
    } else if (is_lost) {
        mark_lost(ids, reply);
    } else {
        take_back(ids, reply, is_held(reply.step));
    }
    if (!is_settled) note_trouble(ids, table, reply);
    result<void> outcome;
    if (!is_settled) outcome = reply.why;
    for (auto& id : ids) {
        if (is_settled) troubles_.forget(id);
        // The size of one file says nothing of what else is sent.
        if (reply.is_of_size) continue;
        with_.attempts.request_ended(id, with_.rest.client->host(), "post", outcome);
    }
    return outcome;
}

}  // namespace kustodrop::pipeline
