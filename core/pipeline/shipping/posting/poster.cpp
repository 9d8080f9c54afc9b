#include "pipeline/shipping/posting/poster.hpp"

#include "kusto/notifications.hpp"
#include "pipeline/shipping/guarded.hpp"
#include "pipeline/shipping/shipment.hpp"

namespace kustodrop::pipeline {

namespace stage = spool::stage;

static constexpr int report_in_table = 1;  // docs/protocol.md §7.2

// What a route has decided stays recorded as it is.
static std::string recorded_as(const spool::source& what, const watch& from, const target& where) {
    return is_destination(what.target) ? what.target : from.name_of(where);
}

poster::poster(const poster_parts& parts)
    : with_(parts),
      marks_({parts.sources, parts.time, parts.log, parts.measured, parts.next, parts.cluster}),
      rest_(
          {parts.sources,
           parts.ready,
           parts.journal,
           parts.rest,
           parts.time,
           parts.log,
           parts.attempts,
           marks_,
           parts.targets,
           parts.cluster.line}
      ) {}

asio::awaitable<result<post_end>> poster::post(
    std::string source_id, watch& from, post_options options
) {
    auto chosen = kusto::transport::queued;
    if (with_.rest) chosen = co_await with_.rest.transports->chosen();
    bool by_rest = chosen == kusto::transport::rest && !leaves_to_queue(source_id, from);
    if (by_rest) {
        auto sent = co_await post_by_rest(std::move(source_id), from);
        co_return sent;
    }
    auto sent = co_await post_in_queue(std::move(source_id), from, std::move(options));
    co_return sent;
}

bool poster::leaves_to_queue(const std::string& source_id, const watch& from) {
    auto* what = with_.sources.find(source_id);
    auto* blob = what ? spool::blob_of(what->stage) : nullptr;
    auto where = blob ? from.target_for(*what) : std::nullopt;
    if (!where) return false;
    kusto::ingestion_request request;
    request.id = source_id;
    request.raw_bytes = blob->raw_bytes;
    request.database = where->database;
    request.table = where->table;
    return rest_.answers().leaves_to_queue(request);
}

// Nothing where its container was removed or its SAS ends soon: the service could not read the blob
// for long enough, so the source is uploaded again.
std::optional<http::url> poster::blob_place(spool::source& what) {
    auto& blob = *spool::blob_of(what.stage);
    auto container = with_.router.find_container(blob.account, blob.container);
    if (container) return container->location.with_path_suffix(blob.name);
    with_.sources.advance(what, stage::claimed{});
    return std::nullopt;
}

static bool is_to_be_posted(const spool::source* what) {
    return what && spool::blob_of(what->stage) &&
           !std::holds_alternative<stage::posted>(what->stage);
}

asio::awaitable<result<post_end>> poster::post_by_rest(std::string source_id, watch& from) {
    auto* what = with_.sources.find(source_id);
    if (!is_to_be_posted(what)) co_return post_end::nothing;
    auto place = blob_place(*what);
    if (!place) co_return post_end::nothing;
    auto where = from.target_for(*what);
    if (!where) co_return post_end::nothing;
    auto request = message_for(*what, *where, *place, {});
    if (co_await rest_.hand_over(request)) co_return post_end::on_its_way;
    auto sent = co_await rest_.post(std::move(request));
    if (sent.has_error()) co_return sent.error();
    co_return *sent ? post_end::posted : post_end::nothing;
}

asio::awaitable<result<post_end>> poster::post_in_queue(
    std::string source_id, watch& from, post_options options
) {
    auto* before = with_.sources.find(source_id);
    // It was on its way here already when that was reported.
    if (before && before->token_refused) with_.identity_token.refuse(before->token_number);
    auto token = co_await with_.identity_token.get();
    auto token_number = with_.identity_token.number();
    auto queue = co_await with_.router.queue();
    storage_router::visit visiting(with_.router, queue.account, storage_router::errand::post);
    auto* what = with_.sources.find(source_id);
    if (!is_to_be_posted(what)) co_return post_end::nothing;
    auto place = blob_place(*what);
    if (!place) co_return post_end::nothing;
    auto where = from.target_for(*what);
    if (!where) co_return post_end::nothing;
    auto target = recorded_as(*what, from, *where);  // A new configuration may come while we wait.
    auto request = message_for(*what, *where, *place, options.reports);
    request.client_version = options.client_version;
    bool in_table = request.report_method == report_in_table;
    if (in_table) {
        auto added = co_await add_status_row(request, what->posts + 1);
        if (added.has_error()) co_return added.error();
        what = with_.sources.find(source_id);
        if (!is_to_be_posted(what)) co_return post_end::nothing;
    }
    auto text = kusto::ingestion_message(request, *token);
    if (text.has_error()) co_return text.error();
    begun_post begun{std::move(target), token_number, in_table};
    marks_.begin(*what, std::move(begun));
    auto safe = co_await with_.journal.durable();
    if (safe.has_error()) {
        marks_.take_back(source_id);
        co_return safe.error();
    }
    auto putting = with_.queues.put_message(queue.location, std::move(*text));
    auto sent = co_await guarded(std::move(putting));
    // From here to the record nothing may wait: a cancellation would skip it (docs/traps.md §3).
    after_post(source_id, sent);
    with_.router.report(queue, sent);
    with_.attempts.request_ended(source_id, queue.account, "post", sent);
    if (sent.has_error()) co_return sent.error();
    co_return post_end::posted;
}

// Before the post: the service writes the outcome there and makes no row of its own.
asio::awaitable<result<void>> poster::add_status_row(
    kusto::ingestion_request& request, unsigned post
) {
    auto resources = with_.router.current();
    if (!resources || resources->status_tables.empty()) {
        co_return failure{
            errc::no_status_table,
            remedy::reconfigure,
            "the cluster lends no status table: set notifications.report_method to queue"};
    }
    auto place = resources->status_tables.front();
    auto key = status_row_of(request.id, post);
    request.status = kusto::status_row{place.location, key.partition, key.row};
    auto row = kusto::pending_row(request);
    auto added = co_await with_.tables.insert(place.location, std::move(row));
    with_.router.report(place, added);
    with_.attempts.request_ended(request.id, place.account, "status row", added);
    co_return added;
}

void poster::after_post(const std::string& source_id, const result<void>& sent) {
    if (!sent.has_error()) {
        rest_.answers().forget(source_id);
        if (marks_.accepted(source_id)) marks_.hand_on(source_id);
    } else if (sent.error().maybe_acted) {
        marks_.unanswered(source_id);
    } else {
        marks_.take_back(source_id);
    }
}

}  // namespace kustodrop::pipeline
